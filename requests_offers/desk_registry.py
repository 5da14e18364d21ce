"""What waits with projects and opportunities: for the office, for whoever submitted one, for those who decide."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission as P
from accounts.permissions import reach
from knowledge.lifecycle import OpportunityStatus, ProjectStatus
from knowledge.models import Opportunity, Project

MOST = 100
MODERATE = (_("Project to decide on"), _("Publish, ask for a change, or refuse"))
CHANGE = (_("Change asked of you"), _("Change the project"))
CONFIRM = (_("Project to confirm"), _("Say whether it is still right"))
LOOK_AT = (_("Suggested opportunity"), _("Publish it or take it out"))


def sources(desk: Any) -> tuple:
    """The sources of items, for a desk that knows the person, the moment and how an item is made."""
    decides = reach(desk.user, P.PROJECT_MODERATE) or reach(desk.user, P.PROJECT_STAND_IN)
    keeps = reach(desk.user, P.OPPORTUNITY_EDIT)
    return (
        *((lambda: _to_moderate(desk),) if decides else ()),
        lambda: _own(desk),
        *((lambda: _suggested(desk),) if keeps else ()),
    )


def _to_moderate(desk: Any) -> Iterator[Any]:
    rows = Project.objects.moderated_by(desk.user).filter(status=ProjectStatus.SUBMITTED).select_related("party")
    for row in rows.order_by("due_on", "pk")[:MOST]:
        yield _item(desk, row, MODERATE)


def _own(desk: Any) -> Iterator[Any]:
    """One's own projects of which something is asked."""
    asked = Q(status=ProjectStatus.PUBLISHED, asked_at__isnull=False) | Q(status=ProjectStatus.STALE)
    mine = Project.objects.filter(submitter=desk.user).filter(asked | Q(status=ProjectStatus.CHANGE_REQUESTED))
    for row in mine.select_related("party").order_by("due_on", "pk")[:MOST]:
        yield _item(desk, row, CHANGE if row.status == ProjectStatus.CHANGE_REQUESTED else CONFIRM)


def _suggested(desk: Any) -> Iterator[Any]:
    rows = Opportunity.objects.moderated_by(desk.user).filter(status=OpportunityStatus.SUGGESTED)
    for row in rows.order_by("closes_at", "pk")[:MOST]:
        facts = {"url": row.get_absolute_url(), "title": row.title, "reference": row.reference, "of": row.organizer}
        yield desk.item(row, LOOK_AT, **facts)


def _item(desk: Any, row: Project, words: tuple[Any, Any]) -> Any:
    facts = {"url": row.get_absolute_url(), "title": row.title, "reference": row.reference}
    return desk.item(row, words, due=row.due_on, calendar=row.party, **facts)
