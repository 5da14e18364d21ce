"""The step tables of a workplan's version and of reported progress. Buttons, API actions, docs/states.md and tests read them."""

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

TABLES = {"workplan version": VERSION_STEPS, "progress": PROGRESS_STEPS}
