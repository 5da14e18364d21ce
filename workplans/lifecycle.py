"""The step tables of a workplan's version and of reported progress.

Buttons, API actions, docs/states.md and tests read them.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission as P
from requests_offers.lifecycle import CLOCK, HEAD, OFFICER, Step


class VersionStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    CONSULTATION = "consultation", _("In consultation")
    ADDRESSING = "addressing", _("Comments are being answered")
    FINALIZED = "finalized", _("Finalized")
    SUPERSEDED = "superseded", _("Superseded")


class Amendment(TextChoices):
    """What an amendment changes. The last three must pass a consultation."""

    CORRECTION = "correction", _("Correction of words, nothing else")
    BUDGET = "budget", _("Change of the budget by up to 20 %")
    BUDGET_ABOVE = "budget_above", _("Change of the budget by more than 20 %")
    RESULTS = "results", _("Change of activities, results or indicators")
    EXTENSION = "extension", _("Extension in time")


class ProgressStatus(TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned for changes")
    APPROVED = "approved", _("Approved")
    LOCKED = "locked", _("Locked")


class PledgeStatus(TextChoices):
    INTEREST = "interest", _("Interest")
    DISCUSSION = "discussion", _("In discussion")
    PLEDGED = "pledged", _("Pledged")
    COMMITMENT_CLAIMED = "commitment_claimed", _("Commitment to be confirmed")
    COMMITTED = "committed", _("Committed")
    PART_RECEIVED = "part_received", _("Received in part")
    RECEIVED = "received", _("Received")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REFUSED = "refused", _("Refused")
    LAPSED = "lapsed", _("Lapsed")


class CoFundingStatus(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    DISMISSED = "dismissed", _("Dismissed")


V, G = VersionStatus, ProgressStatus  # G: proGress
OPEN_VERSION = frozenset({V.DRAFT, V.CONSULTATION, V.ADDRESSING})  # a workplan has at most one of these
CONSULTED = (Amendment.BUDGET_ABOVE, Amendment.RESULTS, Amendment.EXTENSION)

VERSION_STEPS = {
    step.name: step
    for step in [
        Step(
            "open_consultation",
            _("Open the consultation"),
            frozenset({V.DRAFT, V.ADDRESSING}),
            V.CONSULTATION,
            P.WORKPLAN_DECIDE,
            ("until",),
            who=HEAD,
        ),
        Step(
            "extend",
            _("Extend the consultation"),
            frozenset({V.CONSULTATION}),
            V.CONSULTATION,
            P.WORKPLAN_DECIDE,
            ("until",),
            who=HEAD,
        ),
        Step(
            "close_consultation",
            _("Close the consultation"),
            frozenset({V.CONSULTATION}),
            V.ADDRESSING,
            P.WORKPLAN_DECIDE,
            clock=True,
            who=HEAD,
        ),
        # The version that was commented on is replaced by its revision; it was never public.
        Step("revise", _("Revise the plan"), frozenset({V.ADDRESSING}), V.SUPERSEDED, P.WORKPLAN_EDIT, who=OFFICER),
        # From draft only where an amendment needs no consultation (a correction, a budget change up to 20 %).
        Step(
            "finalize",
            _("Finalize and publish"),
            frozenset({V.ADDRESSING, V.DRAFT}),
            V.FINALIZED,
            P.WORKPLAN_DECIDE,
            who=HEAD,
        ),
        Step("amend", _("Amend"), frozenset({V.FINALIZED}), V.FINALIZED, P.WORKPLAN_EDIT, ("amendment",), who=OFFICER),
        Step("supersede", _("Supersede"), frozenset({V.FINALIZED}), V.SUPERSEDED, None, clock=True, who=CLOCK),
        Step(
            "close_plan",
            _("Close the workplan"),
            frozenset({V.FINALIZED}),
            V.FINALIZED,
            P.WORKPLAN_DECIDE,
            ("text",),
            danger=True,
            who=HEAD,
        ),
    ]
}

PROGRESS_STEPS = {
    step.name: step
    for step in [
        Step(
            "resubmit", _("Submit again"), frozenset({G.RETURNED}), G.SUBMITTED, P.WORKPLAN_EDIT, ("text",), who=OFFICER
        ),
        Step(
            "return_for_changes",
            _("Return for changes"),
            frozenset({G.SUBMITTED}),
            G.RETURNED,
            P.WORKPLAN_DECIDE,
            ("text",),
            who=HEAD,
        ),
        Step("approve", _("Approve"), frozenset({G.SUBMITTED}), G.APPROVED, P.WORKPLAN_DECIDE, who=HEAD),
        Step("lock", _("Lock"), frozenset({G.APPROVED}), G.LOCKED, P.WORKPLAN_DECIDE, danger=True, who=HEAD),
    ]
}

D = PledgeStatus  # D: pleDge
UNCONFIRMED = frozenset({D.INTEREST, D.DISCUSSION, D.PLEDGED, D.COMMITMENT_CLAIMED})  # lapses without a step
BETWEEN_TWO = frozenset({D.INTEREST, D.DISCUSSION})  # seen by donor and centre only, counted nowhere
PROMISED = frozenset({D.PLEDGED, D.COMMITMENT_CLAIMED})  # counts in the indicative gap
FIRM = frozenset({D.COMMITTED, D.PART_RECEIVED, D.RECEIVED})  # counts in the firm gap
LIVE_PLEDGE = UNCONFIRMED | FIRM
DONOR, CENTRE_OR_DONOR = _("donor"), _("donor or centre")

PLEDGE_STEPS = {
    step.name: step
    for step in [
        Step(
            "discuss",
            _("Begin the discussion"),
            frozenset({D.INTEREST}),
            D.DISCUSSION,
            P.PLEDGE_TALK,
            ("text",),
            who=CENTRE_OR_DONOR,
        ),
        Step(
            "pledge",
            _("Pledge an amount"),
            frozenset({D.DISCUSSION}),
            D.PLEDGED,
            P.PLEDGE_MAKE,
            ("money",),
            who=DONOR,
        ),
        Step(
            "commit",
            _("Send the signed commitment"),
            frozenset({D.PLEDGED}),
            D.COMMITMENT_CLAIMED,
            P.PLEDGE_MAKE,
            ("document",),
            who=DONOR,
        ),
        Step(
            "confirm_commitment",
            _("Confirm the commitment"),
            frozenset({D.COMMITMENT_CLAIMED}),
            D.COMMITTED,
            P.PLEDGE_CONFIRM,
            ("above_gap",),
            who=HEAD,
        ),
        Step(
            "record_receipt",
            _("Record money received"),
            frozenset({D.COMMITTED, D.PART_RECEIVED}),
            "",
            P.PLEDGE_CONFIRM,
            ("receipt",),
            who=HEAD,
        ),
        Step(
            "refuse",
            _("Refuse"),
            UNCONFIRMED,
            D.REFUSED,
            P.PLEDGE_CONFIRM,
            ("reason",),
            danger=True,
            who=HEAD,
        ),
        Step(
            "withdraw",
            _("Withdraw"),
            UNCONFIRMED | {D.COMMITTED},
            D.WITHDRAWN,
            P.PLEDGE_MAKE,
            ("reason",),
            danger=True,
            who=DONOR,
        ),
        Step("lapse", _("Lapse"), UNCONFIRMED, D.LAPSED, None, clock=True, who=CLOCK),
    ]
}

C = CoFundingStatus

CO_FUNDING_STEPS = {
    step.name: step
    for step in [
        Step("accept", _("Accept"), frozenset({C.PROPOSED}), C.ACCEPTED, P.WORKPLAN_EDIT, ("part",), who=OFFICER),
        Step("dismiss", _("Dismiss"), frozenset({C.PROPOSED}), C.DISMISSED, P.WORKPLAN_EDIT, ("text",), who=OFFICER),
        Step(
            "reopen", _("Look at it again"), frozenset({C.ACCEPTED, C.DISMISSED}), C.PROPOSED, P.WORKPLAN_EDIT,
            who=OFFICER,
        ),
    ]
}  # fmt: skip

TABLES = {
    "pledge": PLEDGE_STEPS,
    "workplan version": VERSION_STEPS,
    "progress": PROGRESS_STEPS,
    "reported co-funding": CO_FUNDING_STEPS,
}
