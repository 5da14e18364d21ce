"""The step tables of knowledge sources, practices, projects and opportunities.

Buttons, API actions, docs/states.md and tests read them.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission as P
from accounts.steps import step, table

CURATOR, CLOCK = _("officer, head or coordinator"), _("clock")


class SourceStatus(TextChoices):
    SUGGESTED = "suggested", _("Suggested")
    PUBLISHED = "published", _("Published")
    REFUSED = "refused", _("Refused")
    UNREACHABLE = "unreachable", _("Not reachable")


class PracticeStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    PUBLISHED = "published", _("Published")


class ProjectStatus(TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    CHANGE_REQUESTED = "change_requested", _("Change requested")
    PUBLISHED = "published", _("Published")
    REFUSED = "refused", _("Refused")
    STALE = "stale", _("Not updated for long")


class OpportunityStatus(TextChoices):
    SUGGESTED = "suggested", _("Suggested")
    PUBLISHED = "published", _("Published")
    EXPIRED = "expired", _("Deadline has passed")
    REFUSED = "refused", _("Refused")


S, A = SourceStatus, PracticeStatus  # A: prActice
J, O = ProjectStatus, OpportunityStatus  # J: proJect  # noqa: E741
LISTED_SOURCE = frozenset({S.PUBLISHED, S.UNREACHABLE})  # what every visitor finds, the second with a warning

SOURCE_STEPS = table(
    step("publish", _("Publish"), {S.SUGGESTED, S.REFUSED}, S.PUBLISHED, P.SOURCE_CURATE, who=CURATOR),
    step("refuse", _("Refuse"), S.SUGGESTED, S.REFUSED, P.SOURCE_CURATE, "reason", danger=True, who=CURATOR),
    step(
        "remove", _("Take out of the compendium"), LISTED_SOURCE, S.REFUSED, P.SOURCE_CURATE, "reason",
        danger=True, who=CURATOR,
    ),
    step(
        "confirm_address", _("The address works"), LISTED_SOURCE, S.PUBLISHED, P.SOURCE_CURATE,
        clock=True, who=CURATOR,
    ),
    step("find_unreachable", _("The address does not answer"), S.PUBLISHED, S.UNREACHABLE, None, clock=True, who=CLOCK),
)  # fmt: skip

PRACTICE_STEPS = table(
    step("submit", _("Send for review"), A.DRAFT, A.IN_REVIEW, P.PRACTICE_WRITE, who=_("author")),
    step(
        "return_for_changes", _("Return for changes"), {A.IN_REVIEW, A.PUBLISHED}, A.DRAFT, P.PRACTICE_REVIEW, "text",
        who=CURATOR,
    ),
    step("publish", _("Publish"), A.IN_REVIEW, A.PUBLISHED, P.PRACTICE_REVIEW, who=CURATOR),
)  # fmt: skip

OFFICE, SUBMITTER = _("office of the Party"), _("whoever submitted it")
KEEPER = _("centre that entered it, or coordinator")
SHOWN_PROJECT = frozenset({J.PUBLISHED, J.STALE})

# Who takes the steps without a permission is said by the record: `submitter` (knowledge/actions/projects.py).
PROJECT_STEPS = table(
    step("publish", _("Publish"), {J.SUBMITTED, J.CHANGE_REQUESTED}, J.PUBLISHED, P.PROJECT_MODERATE, who=OFFICE),
    step(
        "request_change", _("Ask for a change"), {J.SUBMITTED, *SHOWN_PROJECT}, J.CHANGE_REQUESTED,
        P.PROJECT_MODERATE, "reason", who=OFFICE,
    ),
    step(
        "change", _("Change the project"), {J.SUBMITTED, J.CHANGE_REQUESTED, *SHOWN_PROJECT}, J.SUBMITTED, None,
        who=SUBMITTER,
    ),
    step("confirm", _("All of it is still right"), SHOWN_PROJECT, J.PUBLISHED, None, who=SUBMITTER),
    step("grow_stale", _("Grow stale"), J.PUBLISHED, J.STALE, None, clock=True, who=CLOCK),
    step(
        "refuse", _("Refuse"), {J.SUBMITTED, J.CHANGE_REQUESTED, *SHOWN_PROJECT}, J.REFUSED, P.PROJECT_MODERATE,
        "reason", danger=True, who=OFFICE,
    ),
)  # fmt: skip

OPPORTUNITY_STEPS = table(
    step("publish", _("Publish"), O.SUGGESTED, O.PUBLISHED, P.OPPORTUNITY_EDIT, who=KEEPER),
    step("expire", _("Expire"), O.PUBLISHED, O.EXPIRED, None, clock=True, who=CLOCK),
    step("renew", _("Give it a new deadline"), O.EXPIRED, O.PUBLISHED, P.OPPORTUNITY_EDIT, "until", who=KEEPER),
    step(
        "refuse", _("Take it out"), {O.SUGGESTED, O.PUBLISHED, O.EXPIRED}, O.REFUSED, P.OPPORTUNITY_EDIT, "reason",
        danger=True, who=KEEPER,
    ),
)  # fmt: skip

TABLES = {
    "knowledge source": SOURCE_STEPS,
    "practice": PRACTICE_STEPS,
    "project": PROJECT_STEPS,
    "opportunity": OPPORTUNITY_STEPS,
}
