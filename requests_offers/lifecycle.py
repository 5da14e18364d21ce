"""The step tables of request, offer, match, engagement and joint proposal.

Buttons, API actions, docs/states.md and tests are read from here.

A step names where it starts, where it leads, the permission it needs and what must be said with it. `clock` marks what
the portal does by itself when a day has passed; `computed` marks what follows from other rows in the same transaction.
"""

from collections.abc import Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import Permission
from accounts.steps import Step as Step  # every part of this room knows it from here
from accounts.steps import step, table


class RequestStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    CLARIFICATION = "clarification", _("Question asked")
    DORMANT = "dormant", _("Dormant")
    REFUSED = "refused", _("Refused")
    ANSWERED = "answered", _("Answered")
    MATCHING = "matching", _("Matching")
    PARTLY_MATCHED = "partly_matched", _("Partly matched")
    MATCHED = "matched", _("Matched")
    UNMET = "unmet", _("Unmet")
    COMPLETED = "completed", _("Completed")
    PAUSED = "paused", _("Paused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ComponentStatus(TextChoices):
    OPEN = "open", pgettext_lazy("component", "Open")
    OFFERED = "offered", _("Offered to both")
    AGREED = "agreed", _("Agreed")
    CLOSED = "closed", _("Closed")
    UNMET = "unmet", _("Unmet")


class OfferStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    IN_VERIFICATION = "in_verification", _("In verification")
    PUBLISHED = "published", _("Published")
    PAUSED = "paused", _("Paused")
    EXPIRED = "expired", _("Expired")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class MatchStatus(TextChoices):
    SUGGESTED = "suggested", _("Suggested")
    PROPOSED = "proposed", _("Proposed")
    SHORTLISTED = "shortlisted", _("Shortlisted")
    OFFERED = "offered", _("Offered to both")
    AGREED = "agreed", _("Agreed")
    DROPPED = "dropped", _("Dropped")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Lapsed")
    RETRACTED = "retracted", _("Retracted")


class EngagementStatus(TextChoices):
    ACTIVE = "active", _("In delivery")
    CONCLUDED = "concluded", _("Concluded")
    APPRAISED = "appraised", _("Appraised")
    ENDED_EARLY = "ended_early", _("Ended early")


class ProposalStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")


class ApproachStatus(TextChoices):
    INVITED = "invited", _("Invited")
    ANSWERED = "answered", _("Answered with an offer")
    MATCHED = "matched", _("With the centre")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class CallStatus(TextChoices):
    OPEN = "open", pgettext_lazy("call", "Open")
    CLOSED = "closed", pgettext_lazy("call", "Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


R, F, M, E, P = RequestStatus, OfferStatus, MatchStatus, EngagementStatus, Permission  # F: oFfer

OPEN_REQUEST = frozenset(
    {R.SUBMITTED, R.CLARIFICATION, R.DORMANT, R.ANSWERED, R.MATCHING, R.PARTLY_MATCHED, R.MATCHED, R.UNMET}
)
MATCHED_BY_WORKER = frozenset({R.MATCHING, R.PARTLY_MATCHED, R.UNMET})  # requests whose open components are scored
ENDED_REQUEST = frozenset({R.REFUSED, R.COMPLETED, R.WITHDRAWN})
HOLDS_PLACE = frozenset({M.OFFERED, M.AGREED})  # matches that take a place of an offer's capacity
LIVE_MATCH = frozenset({M.SUGGESTED, M.PROPOSED, M.SHORTLISTED, M.OFFERED, M.AGREED})


OFFICE, OFFICER, HEAD, COORDINATOR, CLOCK, PROVIDER = (
    _("office of the Party"),
    _("officer"),
    _("head"),
    _("officer or coordinator"),
    _("clock"),
    _("provider"),
)

REQUEST_STEPS = table(
    step("submit", _("Submit the request"), {R.DRAFT, R.CLARIFICATION}, R.SUBMITTED, P.REQUEST_SUBMIT, who=OFFICE),
    step(
        "ask_clarification",
        _("Ask a question"),
        R.SUBMITTED,
        R.CLARIFICATION,
        P.REQUEST_TRIAGE,
        "text",
        "until",
        who=OFFICER,
    ),
    step(
        "answer",
        _("Answer the question"),
        {R.CLARIFICATION, R.DORMANT},
        R.SUBMITTED,
        P.REQUEST_SUBMIT,
        "text",
        who=OFFICE,
    ),
    step("lapse", _("Lapse"), R.CLARIFICATION, R.DORMANT, None, clock=True, who=CLOCK),
    step(
        "redirect",
        _("Hand to another centre"),
        R.SUBMITTED,
        R.SUBMITTED,
        P.REQUEST_REDIRECT,
        "centre",
        "reason",
        who=COORDINATOR,
    ),
    step("refuse", _("Refuse the request"), R.SUBMITTED, R.REFUSED, P.REQUEST_REFUSE, "reason", danger=True, who=HEAD),
    step("appeal", _("Appeal"), R.REFUSED, R.SUBMITTED, P.REQUEST_SUBMIT, "text", who=OFFICE),
    step(
        "answer_directly",
        _("Answer directly"),
        {R.SUBMITTED, R.MATCHING, R.UNMET},
        R.ANSWERED,
        P.REQUEST_ANSWER,
        "text",
        "sources",
        who=COORDINATOR,
    ),
    step("confirm_answer", _("Confirm that the answer helps"), R.ANSWERED, R.COMPLETED, P.REQUEST_SUBMIT, who=OFFICE),
    step(
        "reopen", _("Reopen: the answer does not help"), R.ANSWERED, R.SUBMITTED, P.REQUEST_SUBMIT, "text", who=OFFICE
    ),
    step("accept", _("Accept the request"), R.SUBMITTED, R.MATCHING, P.REQUEST_TRIAGE, who=OFFICER),
    step("declare_unmet", _("Declare unmet"), R.MATCHING, R.UNMET, P.REQUEST_TRIAGE, clock=True, who=OFFICER),
    step(
        "complete",
        _("Complete the request"),
        {R.MATCHED, R.PARTLY_MATCHED},
        "",
        None,
        "side",
        who=_("office with officer"),
    ),
    step("pause", _("Pause the request"), OPEN_REQUEST, R.PAUSED, P.REQUEST_SUBMIT, who=OFFICE),
    step("resume", _("Resume the request"), R.PAUSED, "", P.REQUEST_SUBMIT, who=OFFICE),
    step(
        "withdraw",
        _("Withdraw the request"),
        OPEN_REQUEST | {R.PAUSED},
        R.WITHDRAWN,
        P.REQUEST_SUBMIT,
        "reason",
        danger=True,
        who=OFFICE,
    ),
)

OFFER_STEPS = table(
    step("submit", _("Submit the offer"), F.DRAFT, F.IN_VERIFICATION, P.OFFER_EDIT, who=PROVIDER),
    step("publish", _("Publish the offer"), F.IN_VERIFICATION, F.PUBLISHED, P.OFFER_VERIFY, who=OFFICER),
    step(
        "return_for_changes", _("Return for changes"), F.IN_VERIFICATION, F.DRAFT, P.OFFER_VERIFY, "reason", who=OFFICER
    ),
    step(
        "refuse",
        _("Refuse the offer"),
        F.IN_VERIFICATION,
        F.REFUSED,
        P.OFFER_VERIFY,
        "reason",
        danger=True,
        who=OFFICER,
    ),
    step("pause", _("Pause the offer"), F.PUBLISHED, F.PAUSED, P.OFFER_EDIT, who=PROVIDER),
    step("resume", _("Resume the offer"), F.PAUSED, F.PUBLISHED, P.OFFER_EDIT, who=PROVIDER),
    step("expire", _("Expire"), {F.PUBLISHED, F.PAUSED}, F.EXPIRED, None, clock=True, who=CLOCK),
    step("renew", _("Renew the offer"), F.EXPIRED, F.PUBLISHED, P.OFFER_EDIT, "expires_on", who=PROVIDER),
    step(
        "withdraw",
        _("Withdraw the offer"),
        {F.IN_VERIFICATION, F.PUBLISHED, F.PAUSED, F.EXPIRED},
        F.WITHDRAWN,
        P.OFFER_EDIT,
        danger=True,
        who=PROVIDER,
    ),
)

MATCH_STEPS = table(
    step("shortlist", _("Put on the short list"), {M.SUGGESTED, M.PROPOSED}, M.SHORTLISTED, P.MATCH_OFFER, who=OFFICER),
    step("drop", _("Drop"), {M.SUGGESTED, M.PROPOSED}, M.DROPPED, P.MATCH_OFFER, who=OFFICER),
    step(
        "offer_to_both",
        _("Offer to both sides"),
        {M.SHORTLISTED, M.PROPOSED, M.SUGGESTED},
        M.OFFERED,
        P.MATCH_OFFER,
        "until",
        who=OFFICER,
    ),
    step("accept", _("Accept this offer"), M.OFFERED, "", None, "side", who=_("provider and office")),
    step(
        "decline",
        _("Decline"),
        {M.OFFERED, M.SHORTLISTED},
        M.DECLINED,
        None,
        "side",
        "reason",
        danger=True,
        who=_("provider or office"),
    ),
    step("lapse", _("Lapse"), M.OFFERED, M.LAPSED, None, clock=True, who=CLOCK),
    step(
        "retract",
        _("Retract"),
        {M.PROPOSED, M.SHORTLISTED, M.OFFERED},
        M.RETRACTED,
        P.MATCH_OFFER,
        "reason",
        danger=True,
        who=OFFICER,
    ),
)

ENGAGEMENT_STEPS = table(
    step("conclude", _("Conclude the engagement"), E.ACTIVE, E.CONCLUDED, None, "side", who=_("provider or office")),
    step("appraise", _("Appraise"), E.CONCLUDED, "", None, "side", "text", who=_("provider and office")),
    step(
        "end_early",
        _("End early"),
        E.ACTIVE,
        E.ENDED_EARLY,
        None,
        "side",
        "reason",
        danger=True,
        who=_("provider or office"),
    ),
)

J = ProposalStatus
PROPOSAL_STEPS = table(
    step(
        "propose", _("Put this version to both sides"), J.DRAFT, J.PROPOSED, None, "side", who=_("provider or office")
    ),
    step("approve", _("Approve this version"), J.PROPOSED, "", None, "side", who=_("provider and office")),
    step(
        "revise",
        _("Write a new version"),
        {J.PROPOSED, J.APPROVED},
        J.DRAFT,
        None,
        "side",
        who=_("provider or office"),
    ),
)

# How a provider comes to a need: invited by the centre, in answer to an open call, or by itself. The match follows when
# the offer is published and, in a call, when the call has closed.
A, C = ApproachStatus, CallStatus
APPROACH_STEPS = table(
    step(
        "answer",
        _("Answer with an offer"),
        A.INVITED,
        A.ANSWERED,
        P.MATCH_ANSWER_PROVIDER,
        "offer",
        "note",
        who=PROVIDER,
    ),
    step(
        "decline",
        _("Decline the invitation"),
        A.INVITED,
        A.DECLINED,
        P.MATCH_ANSWER_PROVIDER,
        "reason",
        danger=True,
        who=PROVIDER,
    ),
    step("match", _("Bring to the centre"), A.ANSWERED, A.MATCHED, None, clock=True, who=CLOCK),
    step(
        "take_back",
        _("Take the offer back"),
        A.ANSWERED,
        A.WITHDRAWN,
        P.MATCH_ANSWER_PROVIDER,
        danger=True,
        who=PROVIDER,
    ),
    step("call_off", _("Take the invitation back"), A.INVITED, A.WITHDRAWN, P.MATCH_OFFER, danger=True, who=OFFICER),
    step("lapse", _("Lapse"), {A.INVITED, A.ANSWERED}, A.LAPSED, None, clock=True, who=CLOCK),
)
CALL_STEPS = table(
    step("close", _("Close the call"), C.OPEN, C.CLOSED, None, clock=True, who=CLOCK),
    step("withdraw", _("Withdraw the call"), C.OPEN, C.WITHDRAWN, P.MATCH_OFFER, "reason", danger=True, who=OFFICER),
)

TABLES = {
    "request": REQUEST_STEPS,
    "offer": OFFER_STEPS,
    "match": MATCH_STEPS,
    "engagement": ENGAGEMENT_STEPS,
    "proposal": PROPOSAL_STEPS,
    "approach": APPROACH_STEPS,
    "call": CALL_STEPS,
}


def component_status(
    request_status: str, match_statuses: Iterable[str], engagement_statuses: Iterable[str], wanted: int = 1
) -> str:
    """The computed state of a component, from its request, its matches and the engagements of its agreed matches.

    `wanted` is how many partners it looks for: with fewer the search goes on.
    """
    partners = partners_among(engagement_statuses)
    if request_status in {R.ANSWERED, R.COMPLETED, R.WITHDRAWN, R.REFUSED}:
        return ComponentStatus.CLOSED
    if E.ACTIVE in partners and len(partners) >= wanted:
        return ComponentStatus.AGREED
    if M.OFFERED in set(match_statuses):
        return ComponentStatus.OFFERED
    if len(partners) >= wanted:
        return ComponentStatus.CLOSED
    return ComponentStatus.UNMET if request_status == R.UNMET else ComponentStatus.OPEN


def partners_among(engagement_statuses: Iterable[str]) -> list[str]:
    """Those of the engagements that count as a partner: not the ones that ended early."""
    return [status for status in engagement_statuses if status in {E.ACTIVE, E.CONCLUDED, E.APPRAISED}]


def request_status(now: str, component_statuses: Iterable[str], has_partner: bool = False) -> str:
    """The computed state of a request in matching, from its components; other states stay as they are.

    `has_partner`: a component has one partner at least, though it may look for more.
    """
    if now not in {R.MATCHING, R.UNMET, R.PARTLY_MATCHED, R.MATCHED}:
        return now
    met = [status in {ComponentStatus.AGREED, ComponentStatus.CLOSED} for status in component_statuses]
    if met and all(met):
        return R.MATCHED
    if any(met) or has_partner:
        return R.PARTLY_MATCHED
    return R.UNMET if now == R.UNMET else R.MATCHING
