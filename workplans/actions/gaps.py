"""Keeping the sums of what is asked, promised and firm beside the rows they come from."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from ..funding import NOTHING, Asked, Given, sums
from ..funding import Sums as FundingSums
from ..lifecycle import FIRM
from ..models import BudgetLine, Funding, Gap, LineIdentity, Pledge, Receipt, Workplan
from .steps import lock_plan

FIELDS = ("asked", "received", "committed", "pledged", "firm_gap", "indicative_gap")


@transaction.atomic
def refresh_gaps(workplan: Workplan) -> None:
    """Count anew what the public version of a plan asks for and what donors gave.

    Inside the act that changed either.
    """
    lock_plan(workplan)
    found = plan_sums(workplan)
    Gap.objects.filter(workplan=workplan).delete()
    now = timezone.now()
    Gap.objects.bulk_create(
        Gap(workplan=workplan, activity_id=activity, line_id=line, currency=currency, at=now, **_values(here))
        for ((activity, line), currency), here in found.items()
    )


def _values(here: FundingSums) -> dict[str, Decimal]:
    return {name: getattr(here, name) for name in FIELDS}


def plan_sums(workplan: Workplan) -> dict[Any, FundingSums]:
    """The sums of a plan by place and currency, read from its public version and its pledges; nothing without one."""
    if workplan.current_version_id is None:
        return {}
    return sums(_asked(workplan), _given(workplan))


def _asked(workplan: Workplan) -> list[Asked]:
    rows = BudgetLine.objects.filter(activity__version=workplan.current_version_id, funding=Funding.SOUGHT)
    fields = ("activity__identity", "identity", "amount", "currency", "rate_to_usd")
    return [Asked(*values) for values in rows.order_by("pk").values_list(*fields)]


def _given(workplan: Workplan) -> list[Given]:
    """Pledges that count. One on a line that the public version no longer has counts for its activity, or the plan."""
    rows = list(Pledge.objects.about_plan(workplan).counted().order_by("pk"))
    received = _received(rows)
    asked = {line.line: line.activity for line in _asked(workplan)}
    activities = set(
        BudgetLine.objects.filter(activity__version=workplan.current_version_id).values_list(
            "activity__identity", flat=True
        )
    )
    of_line = asked | last_activities({row.line_id for row in rows if row.line_id} - set(asked))
    found = []
    for row in rows:
        line = row.line_id if row.line_id in asked else None
        activity = row.activity_id or (of_line.get(row.line_id) if row.line_id else None)
        found.append(
            Given(
                activity=activity if activity in activities or line else None,
                line=line,
                amount=row.amount or NOTHING,
                currency=row.currency,
                rate=row.rate_to_usd,
                received=received[row.pk],
                is_firm=row.status in FIRM,
            )
        )
    return found


def _received(pledges: list[Pledge]) -> dict[int, Decimal]:
    """What has arrived of each of these pledges, in its own currency."""
    rows = Receipt.objects.filter(pledge__in=[row.pk for row in pledges]).values("pledge").order_by()
    found: dict[int, Decimal] = defaultdict(lambda: NOTHING)
    found.update({row["pledge"]: row["total"] for row in rows.annotate(total=Sum("amount"))})
    return found


def last_activities(lines: set[int]) -> dict[int, int]:
    """The activity that a line belonged to when a version had it last."""
    rows = BudgetLine.objects.filter(identity__in=lines).order_by("activity__version__number", "pk")
    return dict(rows.values_list("identity", "activity__identity"))


def gap_of(pledge: Pledge) -> tuple[str, FundingSums] | None:
    """How the money of a pledge's object stands, counted now, in the pledge's currency or else in dollars.

    None for a request, whose cost nobody has estimated. Call it under the plan's lock.
    """
    plan = pledge.plan
    if plan is None:
        return None
    place = _place(pledge)
    found = plan_sums(plan)
    for currency in (pledge.currency, "USD"):
        if (place, currency) in found:
            return currency, found[place, currency]
    return pledge.currency, FundingSums()


def _place(pledge: Pledge) -> tuple[int | None, int | None]:
    if pledge.line_id:
        return last_activities({pledge.line_id}).get(pledge.line_id), pledge.line_id
    return pledge.activity_id, None


def line_of(identity: LineIdentity | None) -> BudgetLine | None:
    """The public row of a budget line; None where the public version has none."""
    if identity is None:
        return None
    rows = BudgetLine.objects.filter(identity=identity, activity__version=identity.workplan.current_version_id)
    return rows.select_related("activity").first()
