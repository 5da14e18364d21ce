"""What changes whenever the compendium or the opportunities do: the warm indexes beside requests look at it first."""

from typing import Any

from django.db.models import CharField, Count, Max, Value

from knowledge.models import Opportunity, Source

State = tuple[Any, ...]  # how many, the latest change, the newest
NOTHING: State = (0, None, None)


def states() -> dict[type, State]:
    """The state of the published sources and of the opportunities that are open, in one query."""
    rows = {Source: Source.objects.filter(status="published"), Opportunity: Opportunity.objects.open()}
    parts = [
        found.order_by()
        .annotate(_kind=Value(model.__name__, output_field=CharField()))
        .values_list("_kind")
        .annotate(_number=Count("pk"), _latest=Max("updated_at"), _newest=Max("pk"))
        for model, found in rows.items()
    ]
    found = {kind: state for kind, *state in parts[0].union(*parts[1:], all=True)}
    return {model: tuple(found.get(model.__name__, NOTHING)) for model in rows}
