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


S, A = SourceStatus, PracticeStatus  # A: prActice
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

TABLES = {"knowledge source": SOURCE_STEPS, "practice": PRACTICE_STEPS}
