"""The baton: who has a record, until when, what comes then, and what if nobody acts. In words, for every state."""

from dataclasses import dataclass, replace
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.people import away_until
from accounts.permissions import Permission as P
from accounts.permissions import can

from .clocks import centre_calendar, has_passed, working_days_left
from .days import day
from .lifecycle import MatchStatus, OfferStatus, RequestStatus

Words = str | Promise


@dataclass(frozen=True)
class Baton:
    """What a record's page shows first. `kind` is "yours" at the reader's turn, "late" past the date, else empty."""

    heading: Words
    who: Words
    until: date | None
    then: Words
    otherwise: Words
    kind: str = ""
    days_left: int | None = None
    otherwise_label: Words = ""


R, M = RequestStatus, MatchStatus
OFFICE, CENTRE, NOBODY, BOTH = "office", "centre", "", "both"

# state: (who acts, heading, then, otherwise)
REQUEST = {
    R.DRAFT: (
        OFFICE,
        _("Finish the draft and submit it"),
        _("The centre that serves the Party decides whether to take it on."),
        _("Nothing is lost: the draft stays here until the office submits or deletes it."),
    ),
    R.SUBMITTED: (
        CENTRE,
        _("The centre decides whether to take it on"),
        _("It accepts, asks a question, answers directly, hands it to another centre or refuses with a reason."),
        _("The delay goes to the head of the centre, then to the coordinator."),
    ),
    R.CLARIFICATION: (
        OFFICE,
        _("The office answers a question of the centre"),
        _("The centre decides; its time starts again with the answer."),
        _("After 60 days the request becomes dormant; an answer revives it."),
    ),
    R.DORMANT: (
        OFFICE,
        _("An answer revives this request"),
        _("The centre goes on where it stopped."),
        _("It stays dormant; nothing is lost."),
    ),
    R.REFUSED: (
        OFFICE,
        _("Refused: the office may appeal once"),
        _("Another centre looks at it, or the coordinator."),
        _("The request stays closed; a new one can be filed."),
    ),
    R.ANSWERED: (
        OFFICE,
        _("The office says whether the answer helps"),
        _("If it helps, the request is completed; if not, the centre goes on."),
        _("The centre asks again."),
    ),
    R.MATCHING: (
        CENTRE,
        _("Offers are being compared with each need"),
        _("The centre offers the fitting ones to both sides."),
        _("After 90 days without a match the need is declared unmet: it stays in the search and donors see it."),
    ),
    R.PARTLY_MATCHED: (
        CENTRE,
        _("Some needs have a partner, others are still open"),
        _("The centre goes on looking for the open needs."),
        _("Open needs stay in the search."),
    ),
    R.MATCHED: (
        BOTH,
        _("Every need has a partner: the work goes on"),
        _("When each engagement is concluded, office and centre complete the request together."),
        _("Both sides are asked what came of it."),
    ),
    R.UNMET: (
        CENTRE,
        _("Nobody could help yet"),
        _("Each new offer is compared with it; an agreed match brings it back."),
        _("It stays on the needs board, where donors find it."),
    ),
    R.COMPLETED: (NOBODY, _("Completed"), _("Both sides tell what came of it after 6 and 12 months."), ""),
    R.PAUSED: (
        OFFICE,
        _("Paused by the office"),
        _("It goes on from the same place."),
        _("It stays paused; reserved places are free for others."),
    ),
    R.WITHDRAWN: (
        NOBODY,
        _("Withdrawn by the office"),
        _("Nothing more happens. A new request can be filed at any time."),
        "",
    ),
}
# There is one appeal, not two.
REFUSED_FINALLY = (NOBODY, _("Refused after an appeal"), _("A new request can be filed at any time."), "")
OFFER: dict[OfferStatus, tuple[str, Words, Words, Words]] = {
    OfferStatus.DRAFT: (
        "provider",
        _("Finish the draft and submit it"),
        _("It is verified by the centre, else by the coordinator."),
        _("Nothing is lost: the draft stays here."),
    ),
    OfferStatus.IN_VERIFICATION: (
        "verifier",
        _("The offer is being verified"),
        _("It is published, or comes back with a reason."),
        _("The delay goes to the head of the centre, then to the coordinator."),
    ),
    OfferStatus.PUBLISHED: (
        NOBODY,
        _("Published: compared with every open need"),
        _("When a centre offers a match, the provider is asked and given a day to answer by."),
        _("It leaves the search on its last day; one click renews it."),
    ),
    OfferStatus.PAUSED: (
        "provider",
        _("Paused by the provider"),
        _("Resume it at any time."),
        _("It is not compared with requests."),
    ),
    OfferStatus.EXPIRED: (
        "provider",
        _("Expired: renew it with one click"),
        _("It is published again at once."),
        _("It is not compared with requests."),
    ),
    OfferStatus.REFUSED: (NOBODY, _("Refused"), _("A new offer can be written at any time."), ""),
    OfferStatus.WITHDRAWN: (NOBODY, _("Withdrawn by the provider"), _("Nothing more happens."), ""),
}


IF_NOT = {  # where "If nobody answers" would not be the question
    R.DRAFT: _("Until then"),
    R.MATCHING: _("If nothing fits"),
    R.PARTLY_MATCHED: _("If nothing fits"),
    R.UNMET: _("If nothing fits"),
    R.MATCHED: _("Afterwards"),
    R.PAUSED: _("Until then"),
    R.REFUSED: _("Without an appeal"),
    OfferStatus.PUBLISHED: _("In the end"),
    OfferStatus.PAUSED: _("Until then"),
    OfferStatus.EXPIRED: _("Until then"),
}


def holder_of_request(request) -> str:
    """Whose turn it is: "office", "centre", "both", or "" when nobody has to act."""
    return REQUEST[R(request.status)][0]


def of_request(request, user, now, calendar=None) -> Baton:
    """The baton of a request, for this reader at this moment. `calendar`: the centre's, if in hand."""
    final = request.status == R.REFUSED and request.appealed_at is not None
    holder, heading, then, otherwise = REFUSED_FINALLY if final else REQUEST[R(request.status)]
    who: Words
    if holder == OFFICE:
        right = P.REQUEST_DRAFT if request.status == R.DRAFT else P.REQUEST_SUBMIT
        who, calendar = _("The focal-point office: %(party)s") % {"party": request.party.name}, request.party
    elif holder == CENTRE:
        right, who = P.REQUEST_TRIAGE, _centre_name(request.centre)
        calendar = calendar or centre_calendar(request.centre)
    else:
        right, calendar = None, request.party
        who = _("Office, centre and providers") if holder == BOTH else _("Nobody has to act")
    mine = right is not None and can(user, right, request)
    made = _baton(heading, who, request.due_on, then, otherwise, mine=mine, calendar=calendar, now=now)
    return replace(made, otherwise_label="" if final else IF_NOT.get(R(request.status), ""))


def with_absence(baton: Baton, request, user) -> Baton:
    """The baton with the day until which everybody who would act first is away, for those who see the request in full.

    One query: for a page of one record, not for lists.
    """
    holder = holder_of_request(request)
    if holder not in {OFFICE, CENTRE} or not can(user, P.REQUEST_VIEW, request):
        return baton
    if holder == OFFICE:
        until = away_until("office", party=request.party)
        sentence = _("%(who)s. The focal point is absent until %(day)s.")
    else:
        until = away_until("centre", centre=request.centre) if request.centre else None
        sentence = _("%(who)s. Everybody there is absent until %(day)s.")
    return replace(baton, who=sentence % {"who": baton.who, "day": day(until, "long")}) if until else baton


def _baton(heading, who, due, then, otherwise, *, mine: bool, calendar, now) -> Baton:
    kind, left = _kind(mine, due, calendar, now), working_days_left(calendar, due, now)
    return Baton(heading, who, due, then, otherwise, kind, left)


def _centre_name(centre) -> str:
    return centre.name if centre else str(_("The coordinator’s helpdesk"))


def _kind(mine: bool, due: date | None, calendar, now) -> str:
    if due and has_passed(calendar, due, now):
        return "late"
    return "yours" if mine else ""


def of_offer(offer, user, now, calendar=None) -> Baton:
    """The baton of an offer, for this reader at this moment. `calendar`: the centre's, if in hand."""
    holder, heading, then, otherwise = OFFER[OfferStatus(offer.status)]
    if holder == "verifier":
        verifier, mine = _centre_name(offer.verifying_centre), can(user, P.OFFER_VERIFY, offer)
        calendar = calendar or centre_calendar(offer.verifying_centre)
        return _baton(heading, verifier, offer.due_on, then, otherwise, mine=mine, calendar=calendar, now=now)
    due = offer.expires_on if offer.status in {OfferStatus.PUBLISHED, OfferStatus.PAUSED} else offer.due_on
    who: Words = offer.organization.name if holder == "provider" else _("Nobody has to act")
    mine = holder == "provider" and can(user, P.OFFER_EDIT, offer)
    label = IF_NOT.get(OfferStatus(offer.status), "")
    return Baton(heading, who, due, then, otherwise, "yours" if mine else "", otherwise_label=label)


def of_match(match, user, now) -> Baton:
    """The baton of an offered match: both sides have until the same day."""
    request = match.component.request
    party, provider = not match.accepted_by_party_at, not match.accepted_by_provider_at
    waiting = [*([request.party.name] if party else []), *([match.offer.organization.name] if provider else [])]
    asked = [*([P.MATCH_ANSWER_PARTY] if party else []), *([P.MATCH_ANSWER_PROVIDER] if provider else [])]
    mine = any(can(user, right, match) for right in asked)
    heading = _("Accept this offer, or decline with a reason") if mine else _("Both sides are asked")
    return _baton(
        heading,
        " · ".join(waiting),
        match.due_on,
        _("When both have said yes the match is agreed and the work can start."),
        _("The match lapses and the place is free for others."),
        mine=mine,
        calendar=request.party,
        now=now,
    )


# state: (heading, then, otherwise) of a match that waits for nobody's answer
MATCH: dict[str, tuple[Words, Words, Words]] = {
    M.SUGGESTED: (
        _("The centre decides whether to go on with this suggestion"),
        _("It puts it on the short list, offers it to both sides or drops it."),
        _("It stays a suggestion; only the centre sees it."),
    ),
    M.PROPOSED: (
        _("The centre decides whether to go on with this proposal"),
        _("It puts it on the short list, offers it to both sides or drops it."),
        _("It stays on the board; only the centre sees it."),
    ),
    M.SHORTLISTED: (
        _("On the short list of the centre"),
        _("The centre compares the short list and offers the best one to both sides."),
        _("It stays on the short list; only the centre sees it."),
    ),
    M.AGREED: (_("Both sides have said yes"), _("The work goes on in the engagement."), ""),
    M.DECLINED: (_("One side has declined"), _("The centre looks for another offer."), ""),
    M.LAPSED: (_("Not both sides answered in time"), _("The centre looks for another offer."), ""),
    M.RETRACTED: (_("The match was taken back"), _("The centre looks for another offer."), ""),
    M.DROPPED: (_("The centre did not go on with it"), _("Nothing more happens with this match."), ""),
}


def of_any_match(match, user, now) -> Baton:
    """The baton of a match in whatever state."""
    if match.status == M.OFFERED:
        return of_match(match, user, now)
    heading, then, otherwise = MATCH[MatchStatus(match.status)]
    request = match.component.request
    with_centre = match.status in {M.SUGGESTED, M.PROPOSED, M.SHORTLISTED}
    mine = with_centre and can(user, P.MATCH_OFFER, match)
    if with_centre:
        who: Words = _centre_name(request.centre)
    else:
        both = f"{request.party.name} · {match.offer.organization.name}"
        who = both if match.status == M.AGREED else _("Nobody has to act")
    label = _("Until then") if otherwise else ""
    return Baton(heading, who, None, then, otherwise, "yours" if mine else "", otherwise_label=label)
