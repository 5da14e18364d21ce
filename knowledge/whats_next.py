"""Who has a record, until when, and what comes then: the sentences above the buttons of every page with steps."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centres.calendars import has_passed, working_days_left

from .actions import practices, sources
from .actions.projects import DECIDED_IN, is_submitter
from .lifecycle import OpportunityStatus as O
from .lifecycle import PracticeStatus, SourceStatus
from .lifecycle import ProjectStatus as J
from .models import Opportunity, Practice, Project, Review, Source

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


# The compendium -------------------------------------------------------------------------------------------------------


def _baton(heading: Any, who: Any, then: Any, *, mine: bool = False, until: Any = None, late: bool = False) -> dict:
    kind = "late" if late else "yours" if mine else ""
    return {"heading": heading, "who": who, "until": until, "then": then, "otherwise": "", "kind": kind}


def of_source(source: Source, user: Any) -> dict[str, Any] | None:
    """Nothing for a source that simply stands in the compendium."""
    mine = bool(sources.open_steps(source, user))
    curators = _("Centres and the coordinator")
    if source.status == SourceStatus.SUGGESTED:
        then = _("It is published, or refused with a reason; whoever suggested it is told.")
        return _baton(_("Suggested: somebody who knows the field looks at it"), curators, then, mine=mine)
    if source.status == SourceStatus.REFUSED:
        return _baton(_("Not in the compendium: %(reason)s") % {"reason": source.reason}, _("Nobody has to act"), "")
    if source.status == SourceStatus.UNREACHABLE:
        then = _("It is shown as before as soon as the address answers, or has been changed.")
        return _baton(_("Its address does not answer at the moment"), curators, then, mine=mine)
    return None


def of_practice(practice: Practice, user: Any) -> dict[str, Any] | None:
    """Nothing for a practice that is published."""
    mine = bool(practices.open_steps(practice, user))
    if practice.status == PracticeStatus.DRAFT:
        heading = _("The review asks for changes") if practice.review_note else _("A draft")
        then = _("A centre reviews it before anybody else reads it.")
        return _baton(heading, _("Those who write it"), then, mine=mine)
    if practice.status == PracticeStatus.IN_REVIEW:
        who = practice.centre.name if practice.centre else _("Centres and the coordinator")
        return _baton(_("Waits for review"), who, _("It is published, or returned with what to change."), mine=mine)
    return None


def of_review(review: Review, user: Any) -> dict[str, Any]:
    """An assignment of an advisor."""
    mine = review.advisor_id == user.pk and not review.verdict and review.round.is_open
    late = mine and review.round.due_on < timezone.now().date()
    heading = _("You have answered") if review.verdict else _("Say what you think of this source")
    then = _("The coordinator applies or rejects each change that you propose.")
    return _baton(heading, _("The advisor who was asked"), then, mine=mine, until=review.round.due_on, late=late)


# The registry ---------------------------------------------------------------------------------------------------------


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
