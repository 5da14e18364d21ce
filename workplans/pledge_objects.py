"""What pledges are for: found by its reference, named as people know it, and how its money stands."""

from collections.abc import Iterable
from typing import Any

from requests_offers.models import CooperationRequest

from .models import Activity, ActivityIdentity, BudgetLine, Gap, LineIdentity, Pledge, Workplan
from .models.budget import DOLLAR

PARTS = (
    "donor", "centre", "workplan__centre", "workplan__period", "workplan__current_version",
    "activity__workplan__centre", "activity__workplan__period", "activity__workplan__current_version",
    "line__workplan__centre", "line__workplan__period", "line__workplan__current_version",
    "request__party", "request__centre",
)  # fmt: skip
Object = LineIdentity | ActivityIdentity | Workplan | CooperationRequest


def find_object(user: Any, reference: str) -> Object | None:
    """What a reference names, if it is there for a donor to see: BL-…, ACT-…, WP-… or REQ-…."""
    plans = "workplan__current_version"
    if reference.startswith("BL-"):
        rows = BudgetLine.objects.public().by_reference(reference)
        return LineIdentity.objects.select_related(plans).filter(pk__in=rows.values("identity")).first()
    if reference.startswith("ACT-"):
        acts = Activity.objects.public().by_reference(reference)
        return ActivityIdentity.objects.select_related(plans).filter(pk__in=acts.values("identity")).first()
    if reference.startswith("WP-"):
        return Workplan.objects.published().by_reference(reference).select_related("current_version").first()
    return CooperationRequest.objects.visible_to(user).unmet().by_reference(reference).first()


def title_of(pledge: Pledge) -> str:
    """What a pledge is for, as people know it."""
    return titles_of([pledge])[pledge.pk]


def titles_of(pledges: Iterable[Pledge]) -> dict[int, str]:
    """What each of these pledges is for, as people know it, in two queries for all."""
    rows = list(pledges)
    versions = {plan.current_version_id for row in rows if (plan := row.plan) is not None} - {None}
    named = Activity.objects.filter(version__in=versions, identity__in={row.activity_id for row in rows} - {None})
    lined = BudgetLine.objects.filter(
        activity__version__in=versions, identity__in={row.line_id for row in rows} - {None}
    )
    activities = dict(named.values_list("identity", "title"))
    lines = dict(lined.values_list("identity", "activity__title"))
    return {row.pk: _title(row, lines, activities) for row in rows}


def _title(row: Pledge, lines: dict[int, str], activities: dict[int, str]) -> str:
    if row.request:
        return row.request.title
    plan = row.plan
    if row.line_id or row.activity_id:
        return lines.get(row.line_id or 0) or activities.get(row.activity_id or 0) or plan.reference
    return plan.current_version.title if plan.current_version else plan.reference


def gap_row(pledge: Pledge) -> Gap | None:
    """How the money of what it is for stands, in its currency or in dollars; None for a request."""
    if pledge.plan is None:
        return None
    place = {"line": pledge.line_id} if pledge.line_id else {"line": None, "activity": pledge.activity_id}
    found = {row.currency: row for row in Gap.objects.filter(workplan=pledge.plan, **place).order_by("currency")}
    return found.get(pledge.currency) or found.get(DOLLAR) or next(iter(found.values()), None)
