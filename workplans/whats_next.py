"""The baton of a version of a workplan: who has it, until when, what comes then, and what if nobody acts."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission as P
from accounts.permissions import can
from centres.calendars import centre_calendar, has_passed, working_days_left
from requests_offers.whats_next import Baton, Words

from .lifecycle import VersionStatus as V

Line = tuple[P | None, Words, Words, Words]

VERSION: dict[V, Line] = {
    V.DRAFT: (
        P.WORKPLAN_EDIT,
        _("The centre writes the plan"),
        _("The head opens the consultation: the plan is frozen and the offices of the Parties concerned are asked."),
        _("Nothing is lost: the draft stays here; only the centre and the coordinator see it."),
    ),
    V.CONSULTATION: (
        P.WORKPLAN_COMMENT,
        _("The offices comment, support or object"),
        _("The centre answers each comment; then the head finalizes the plan."),
        _("Offices are reminded. Silence is shown to the centre and the coordinator; it is not consent."),
    ),
    V.ADDRESSING: (
        P.WORKPLAN_EDIT,
        _("The centre answers the comments"),
        _("The plan is revised, or the head finalizes it once each comment has an answer."),
        _("It cannot be finalized while a comment has no answer."),
    ),
    V.FINALIZED: (
        P.WORKPLAN_EDIT,
        _("Finalized: the work and its funding"),
        _("Progress is reported each year; donors pledge for what is sought."),
        _("It stays public until the next version replaces it."),
    ),
    V.SUPERSEDED: (None, _("A later version has replaced this one"), _("It stays to be read and compared."), ""),
}
CLOSED: Line = (None, _("The workplan is closed"), _("The final report says what came of it."), "")


def of_version(version, user, now) -> Baton:
    """The baton of a version, for this reader at this moment."""
    right, heading, then, otherwise = CLOSED if version.workplan.is_closed else VERSION[V(version.status)]
    centre = version.workplan.centre
    who = centre.name if centre else _("The coordination entity")
    if version.status == V.CONSULTATION:
        who = _("The offices of the Parties concerned")
    elif right is None:
        who = _("Nobody has to act")
    kind, left = "", None
    if version.due_on:
        calendar = centre_calendar(centre)
        left = working_days_left(calendar, version.due_on, now)
        kind = "late" if has_passed(calendar, version.due_on, now) else ""
    mine = right is not None and version.status != V.FINALIZED and _may(user, right, version)
    return Baton(heading, who, version.due_on, then, otherwise, kind or ("yours" if mine else ""), left,
                 otherwise_label=_("Until then") if version.status in {V.DRAFT, V.FINALIZED} else "")  # fmt: skip


def _may(user, right, version) -> bool:
    if right is P.WORKPLAN_COMMENT:
        invited = version.invitations.unanswered()
        return any(can(user, right, invitation) for invitation in invited.visible_to(user).select_related("party"))
    return can(user, right, version)
