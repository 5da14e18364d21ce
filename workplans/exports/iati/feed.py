"""The files: which plans they hold, how fresh they are, and their text piece by piece."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from ...models import Pledge, Progress, Receipt, Workplan
from . import codes
from .activities import moment, of_facts
from .facts import load, regions_of_centres
from .xml import DECLARATION, start

PLANS_AT_ONCE = 4
PIECE = 64 * 1024


def is_on() -> bool:
    """Whether an organization is configured in whose name the portal reports."""
    return bool(settings.IATI_REPORTING_ORG)


def published() -> QuerySet[Workplan]:
    """The plans that files hold: the finalized ones, examples only where the whole portal is one."""
    rows = Workplan.objects.published()
    return rows if settings.DEMO else rows.filter(is_example=False)


def holds(workplan: Workplan) -> bool:
    """Whether there is a file of this plan."""
    return is_on() and workplan.current_version_id is not None and (settings.DEMO or not workplan.is_example)


def freshness(plans: QuerySet[Workplan]) -> tuple[str, datetime] | None:
    """A digest of the state of these plans and the moment of the last change; None without a plan.

    The day is part of the digest: statuses follow the calendar, and names of organizations have no moment.
    """
    # Ids apart from the aggregates: a condition on a nullable join would count plans twice.
    ids = list(plans.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return None
    here = Q(workplan__in=ids) | Q(activity__workplan__in=ids) | Q(line__workplan__in=ids)
    pledges = Pledge.objects.filter(here, pledged_at__isnull=False)
    progress = Progress.objects.filter(indicator__workplan__in=ids).counted()
    sums = [
        Workplan.objects.filter(pk__in=ids).aggregate(
            Max("current_version__finalized_at"), Max("closed_at"), Max("current_version"), Max("period__starts")
        ),
        pledges.aggregate(Max("updated_at"), Count("pk")),
        Receipt.objects.filter(pledge__in=pledges).aggregate(Max("at"), Count("pk")),
        progress.aggregate(Max("approved_at"), Max("locked_at"), Count("pk")),
    ]
    values = [value for row in sums for value in row.values()]
    today = timezone.now().date()
    moments = [value for value in values if isinstance(value, datetime)]
    starts = {plan.period.starts for plan in Workplan.objects.filter(pk__in=ids).select_related("period")}
    moments += [_begin(year) for year in starts if date(year, 1, 1) <= today]
    said = repr([settings.IATI_REPORTING_ORG, settings.IATI_REPORTING_NAME, settings.SITE_ADDRESS, ids, values, today])
    return hashlib.sha256(said.encode()).hexdigest()[:32], max(moments).replace(microsecond=0)


def _begin(year: int) -> datetime:
    return datetime.combine(date(year, 1, 1), time(), UTC)


def stream(plans: QuerySet[Workplan]) -> Iterator[str]:
    """The file of these plans in pieces; it holds a few plans at a time, however many there are."""
    yield (
        DECLARATION + start("iati-activities", version=codes.VERSION, generated_datetime=moment(timezone.now())) + "\n"
    )
    ids = list(plans.order_by("pk").values_list("pk", flat=True))
    regions = regions_of_centres()
    kept: list[str] = []
    size = 0
    for first in range(0, len(ids), PLANS_AT_ONCE):
        for plan in load(ids[first : first + PLANS_AT_ONCE], regions):
            for element in of_facts(plan):
                kept.append(element)
                size += len(element)
                if size > PIECE:
                    yield "".join(kept)
                    kept, size = [], 0
    yield "".join(kept) + "</iati-activities>\n"
