"""Who has a source, a practice or an assignment now, and what comes then: the sentences above the buttons."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from .actions import practices, sources
from .lifecycle import PracticeStatus, SourceStatus
from .models import Practice, Review, Source


def _baton(heading: str, who: str, then: str, *, mine: bool = False, until: Any = None, late: bool = False) -> dict:
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
