"""The baton of a pledge: who has it, until when, what comes then, and what if nobody acts."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission as P
from accounts.permissions import can
from centres.calendars import centre_calendar, has_passed, working_days_left
from requests_offers.whats_next import Baton, Words

from .lifecycle import PledgeStatus as S

DONOR, CENTRE, NOBODY = "donor", "centre", ""
LAPSES = _("After 180 days without a step the pledge lapses; both sides are warned before.")

# state: (who acts, heading, then, otherwise)
PLEDGE: dict[S, tuple[str, Words, Words, Words]] = {
    S.INTEREST: (
        CENTRE,
        _("The centre answers the donor"),
        _("The two talk about it; then the donor pledges an amount."),
        LAPSES,
    ),
    S.DISCUSSION: (
        DONOR,
        _("The donor pledges an amount, or asks on"),
        _("The pledge counts in the indicative gap; the signed commitment follows."),
        LAPSES,
    ),
    S.PLEDGED: (
        DONOR,
        _("The donor sends the signed commitment"),
        _("The head of the centre confirms it; from then on the money counts as firm."),
        LAPSES,
    ),
    S.COMMITMENT_CLAIMED: (
        CENTRE,
        _("The head of the centre confirms the commitment"),
        _("From then on the money counts as firm."),
        LAPSES,
    ),
    S.COMMITTED: (
        CENTRE,
        _("Committed: the centre records what arrives"),
        _("With the last of it the pledge is received."),
        _("It stays committed; it does not lapse."),
    ),
    S.PART_RECEIVED: (
        CENTRE,
        _("Received in part: the centre records what arrives"),
        _("With the last of it the pledge is received."),
        _("It stays committed; it does not lapse."),
    ),
    S.RECEIVED: (NOBODY, _("All of it has arrived"), _("The final report of the workplan says what came of it."), ""),
    S.WITHDRAWN: (NOBODY, _("Withdrawn by the donor"), _("A new pledge can be begun at any time."), ""),
    S.REFUSED: (NOBODY, _("Refused by the centre"), _("A new pledge can be begun at any time."), ""),
    S.LAPSED: (NOBODY, _("Lapsed: nothing happened for 180 days"), _("A new pledge can be begun at any time."), ""),
}


def of_pledge(pledge, user, now, calendar=None) -> Baton:
    """The baton of a pledge, for this reader at this moment. `calendar`: the centre's, if in hand."""
    holder, heading, then, otherwise = PLEDGE[S(pledge.status)]
    if pledge.status == S.DISCUSSION and pledge.due_on:
        holder, heading = CENTRE, _("The centre answers the donor")
    right = {DONOR: P.PLEDGE_MAKE, CENTRE: P.PLEDGE_TALK}.get(holder)
    if pledge.status in {S.COMMITMENT_CLAIMED, S.COMMITTED, S.PART_RECEIVED}:
        right = P.PLEDGE_CONFIRM
    kind, left = "", None
    if pledge.due_on:
        calendar = calendar or centre_calendar(pledge.centre)
        left = working_days_left(calendar, pledge.due_on, now)
        kind = "late" if has_passed(calendar, pledge.due_on, now) else ""
    if not kind and right is not None and can(user, right, pledge):
        kind = "yours"
    return Baton(heading, _who(pledge, holder), pledge.due_on, then, otherwise, kind, left)


def _who(pledge, holder):
    if holder == DONOR:
        return pledge.donor.name
    if holder == CENTRE:
        return pledge.centre.name if pledge.centre else _("The coordinator’s helpdesk")
    return _("Nobody has to act")
