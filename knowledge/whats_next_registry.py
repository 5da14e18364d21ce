"""Who has a project or an opportunity, until when, and what comes then: the baton of their pages."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centres.calendars import has_passed, working_days_left

from .actions.projects import DECIDED_IN, is_submitter
from .lifecycle import OpportunityStatus as O
from .lifecycle import ProjectStatus as J
from .models import Opportunity, Project

OFFICE, SUBMITTER, NOBODY = "office", "submitter", ""
# state: (who acts, heading, then, otherwise)
PROJECT: dict[str, tuple[str, Any, Any, Any]] = {
    J.SUBMITTED: (
        OFFICE,
        _("The office of the country decides"),
        _("It publishes the project, asks for a change, or refuses it with a reason."),
        _("The office is reminded; past the date the coordinator is told as well."),
    ),
    J.CHANGE_REQUESTED: (
        SUBMITTER,
        _("Whoever submitted it changes it"),
        _("The office looks at it again."),
        _("Nothing new is published."),
    ),
    J.PUBLISHED: (
        NOBODY,
        _("Published"),
        _("A year after the last confirmation we ask whether all of it is still right."),
        "",
    ),
    J.STALE: (
        SUBMITTER,
        _("Nobody has confirmed this for more than a year"),
        _("One click of whoever submitted it, or of the office, brings it up to date."),
        _("It stays in the registry with this mark."),
    ),
    J.REFUSED: (NOBODY, _("Not published"), _("It can be submitted anew."), ""),
}


def of_project(project: Project, user: Any) -> dict[str, Any]:
    """The baton of a project for this reader."""
    holder, heading, then, otherwise = PROJECT[project.status]
    asked = project.status == J.PUBLISHED and project.asked_at is not None
    if asked:
        holder, heading = SUBMITTER, _("Is all of it still right?")
        otherwise = _("Without an answer it is marked as not updated.")
    due, party, now = project.due_on, project.party, timezone.now()
    late = due is not None and project.status == J.SUBMITTED and has_passed(party, due, now)
    yours = (holder == OFFICE and project.may_be_moderated_by(user)) or (
        holder == SUBMITTER and is_submitter(project, user)
    )
    return {
        "heading": heading,
        "who": _who(project, holder),
        "until": due,
        "then": then,
        "otherwise": otherwise,
        "kind": "late" if late else "yours" if yours else "",
        "days_left": working_days_left(party, due, now) if due else None,
        "days_total": DECIDED_IN if due and project.status == J.SUBMITTED else None,
    }


def _who(project: Project, holder: str) -> Any:
    if holder == OFFICE:
        return _("The office of %(party)s") % {"party": project.party.name}
    return _("Whoever submitted it") if holder == SUBMITTER else _("Nobody has to act")


def of_opportunity(opportunity: Opportunity, user: Any) -> dict[str, Any]:
    """The baton of an opportunity: who decides, or until when one can apply."""
    texts = {
        O.SUGGESTED: (_("A centre or the coordinator looks at it"), _("It is published or taken out.")),
        O.PUBLISHED: (_("Apply at whoever offers it"), _("After the deadline it is no longer listed.")),
        O.EXPIRED: (_("The deadline has passed"), _("Its page stays, so that links to it work.")),
        O.REFUSED: (_("Not shown"), _("Those who suggested it know why.")),
    }
    heading, then = texts[O(opportunity.shown_status)]
    shown = opportunity.shown_status in {O.PUBLISHED, O.EXPIRED} and opportunity.has_deadline
    return {"heading": heading, "who": "", "until": opportunity.closes_on if shown else None, "then": then, "kind": ""}
