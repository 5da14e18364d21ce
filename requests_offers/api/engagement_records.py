"""What engagements and joint proposals look like in the API, and how their rows become records."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from rest_framework import serializers

from accounts.api import fields as f
from accounts.permissions import Permission, reach
from centres.models import BeneficiaryGroup

from ..lifecycle import EngagementStatus, ProposalStatus
from ..models import Appraisal, Engagement, JointProposal, Milestone, ProposalLine, ProposalVersion
from ..references import make_reference
from .audiences import MatchAudience
from .records import OPEN_STEPS, OPTIONAL

INSIDE = "For both sides and the centre."


class AppraisalRecord(serializers.Serializer):
    """What one side said came of it."""

    side = f.choice("Who says it.", Appraisal.Side.choices)
    moment = f.choice("At which time.", Appraisal.Moment.choices)
    text = f.text("What changed.")
    helped = f.text("Did it help: yes, partly, no, or empty.")
    again = f.text("Would you do it again: yes, otherwise, no, or empty.")
    rating = f.number("From 1 to 5; null where none was given.", allow_null=True)
    at = f.moment("When it was said.", allow_null=False)


class AppraisalDueRecord(serializers.Serializer):
    """When one side is asked what came of it."""

    side = f.choice("Who is asked.", Appraisal.Side.choices)
    moment = f.choice("At which time.", Appraisal.Moment.choices)
    asked_on = f.day("From when.")
    due_on = f.day("Until when.")
    answered_at = f.moment("When it was answered.")


class MilestoneRecord(serializers.Serializer):
    """One thing that is to be done by a day."""

    number = f.number("Its number within the engagement.")
    kind = f.text("A milestone of every transfer of technology, by its code; empty for the others.")
    title = f.text("Its name.")
    text = f.text("What it means.")
    due_on = f.day("Until when.")
    done_on = f.day("When it was done.")
    evidence = f.text("What shows it.")
    evidence_url = f.text("The address of the evidence.")


class EngagementResultRecord(serializers.Serializer):
    """Something that the work brought about, with evidence."""

    title = f.text("In a few words.")
    text = f.text("Evidence in words.")
    url = f.text("The address of the evidence.")
    file_name = f.text("The name of the file, if there is one.")
    at = f.moment("When it was added.", allow_null=False)


class BeneficiaryRecord(serializers.Serializer):
    """A group of indicator 20.b."""

    group = f.choice("Its code.", BeneficiaryGroup.Code.choices)
    people = f.number("How many people; null where nobody counted.", allow_null=True)


class EngagementRecord(serializers.Serializer):
    """The work that follows an agreed match."""

    reference = f.text("Such as ENG-000017.")
    url = f.text("The address of this record.")
    match = f.text("The match's reference.")
    request = f.text("The request's reference.")
    component = f.text("The component's reference.")
    party = f.text("The code of the Party.")
    offer = f.text("The offer's reference.")
    organization = f.text("The slug of the organization.")
    status = f.choice("Its state; the steps lead from one to another.", EngagementStatus.choices)
    is_transfer = f.flag("A transfer of technology, with its own milestones.")
    started_at = f.moment("When it began.", allow_null=False)
    ended_at = f.moment("When it ended.")
    story = f.text("What the work achieved; for everybody once both sides have released it.")
    story_language = f.text("The language of that text, as a BCP-47 tag.")
    is_example = f.flag("Example data.")
    reason_code = f.text(f"Why it ended early, or empty. {INSIDE}", **OPTIONAL)
    reason = f.text(f"The same in words. {INSIDE}", **OPTIONAL)
    plan = f.text(f"What both sides want to do. {INSIDE}", **OPTIONAL)
    milestones = MilestoneRecord(many=True, help_text=f"Its milestones. {INSIDE}", **OPTIONAL)
    results = EngagementResultRecord(many=True, help_text=f"Its results. {INSIDE}", **OPTIONAL)
    beneficiaries = BeneficiaryRecord(many=True, help_text=f"Whom it reached. {INSIDE}", **OPTIONAL)
    lessons = f.text(f"What was learnt. {INSIDE}", **OPTIONAL)
    may_become_practice = f.flag(f"Others may learn from it. {INSIDE}", **OPTIONAL)
    story_released_by_party_at = f.moment(f"When the Party released the text. {INSIDE}", **OPTIONAL)
    story_released_by_provider_at = f.moment(f"When the provider released the text. {INSIDE}", **OPTIONAL)
    appraisals_due = AppraisalDueRecord(many=True, help_text=f"When both are asked. {INSIDE}", **OPTIONAL)
    appraisals = AppraisalRecord(
        many=True,
        help_text="What came of it: your own, and both once both have answered or the day is over.",
        **OPTIONAL,
    )
    joint_proposal = f.text(f"The reference of the joint proposal, or null. {INSIDE}", allow_null=True, **OPTIONAL)
    version = f.number(f"Counts changes; send it with a change. {INSIDE}", **OPTIONAL)
    open_steps = f.texts(OPEN_STEPS, **OPTIONAL)


class ProposalLineRecord(serializers.Serializer):
    """A line of the budget of a joint proposal."""

    title = f.text("What for.")
    amount = f.text("How much, as a decimal number.")
    carried_by = f.choice("Who carries it.", ProposalLine.Source.choices)


class ProposalRecord(serializers.Serializer):
    """A joint proposal in its newest version."""

    reference = f.text("Such as PRO-000003.")
    url = f.text("The address of this record.")
    engagement = f.text("The engagement's reference.")
    match = f.text("The match's reference.")
    party = f.text("The code of the Party.")
    organization = f.text("The slug of the organization.")
    status = f.choice("Its state; the steps lead from one to another.", ProposalStatus.choices)
    number = f.number("The number of its newest version.")
    title = f.text("In a few words.")
    language = f.text("The language it is written in, as a BCP-47 tag.")
    concept = f.text("The problem, and what both will do.")
    partners = f.texts("Organizations that take part.")
    results = f.texts("Expected results.")
    starts_on = f.day("From when.")
    ends_on = f.day("Until when.")
    currency = f.text("The currency of the budget, by its ISO code.")
    budget = ProposalLineRecord(many=True, help_text="The lines of the budget.")
    is_shared = f.flag("Shown to centres, verified providers and donors once both have approved it.")
    approved_by_party_at = f.moment("When the Party approved this version.")
    approved_by_provider_at = f.moment("When the provider approved this version.")
    is_example = f.flag("Example data.")
    version = f.number("Counts changes; send it with a change to be refused when somebody was quicker.")
    updated_at = f.moment("When it last changed.", allow_null=False)
    open_steps = f.texts(OPEN_STEPS, **OPTIONAL)


# Rows to records ------------------------------------------------------------------------------------------------------

INSIDE_PLAIN = (
    "reason_code", "reason", "plan", "lessons", "may_become_practice", "story_released_by_party_at",
    "story_released_by_provider_at", "version",
)  # fmt: skip


def plain(row: Any, record: type[serializers.Serializer]) -> dict:
    """The fields of a record that are columns of its row."""
    return {name: getattr(row, name) for name in record._declared_fields}


class Sides:
    """For which sides somebody speaks, decided for each row without a query."""

    def __init__(self, user):
        self._party = reach(user, Permission.ENGAGEMENT_PARTY)
        self._provider = reach(user, Permission.ENGAGEMENT_PROVIDER)

    def of(self, row) -> list[str]:
        """The sides of an engagement."""
        both = (("party", self._party), ("provider", self._provider))
        return [side for side, part in both if part.covers(row)]


INSIDE_SETS = ("appraisals", "appraisals_due", "milestones", "results", "beneficiaries")


def engagement_records(rows: list[Engagement], user, prefix: str) -> list[dict]:
    """The records of some engagements; only what the reader may see of them is fetched."""
    audience, sides = MatchAudience(user), Sides(user)
    belongs = [audience.belongs(row.match) for row in rows]
    prefetch_related_objects([row for row, inside in zip(rows, belongs, strict=True) if inside], *INSIDE_SETS)
    return [_engagement(row, inside, sides, prefix) for row, inside in zip(rows, belongs, strict=True)]


def _engagement(row: Engagement, belongs: bool, sides: Sides, prefix: str) -> dict:
    match = row.match
    public = row.is_released and match.publish_by_party and match.publish_by_provider
    record = {
        "reference": row.reference,
        "url": f"{prefix}{row.reference}/",
        "match": match.reference,
        "request": match.component.request.reference,
        "component": match.component.reference,
        "party": match.component.request.party.iso2,
        "offer": make_reference("OFF", match.offer_id),
        "organization": match.offer.organization.slug,
        "status": row.status,
        "is_transfer": row.is_transfer,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "story": row.story if belongs or public else "",
        "story_language": row.story_language,
        "is_example": match.is_example,
    }
    return record | _inside(row, sides) if belongs else record


def _inside(row: Engagement, sides: Sides) -> dict:
    proposal = getattr(row.match, "proposal", None)
    seen = row.appraisals_seen_by(sides.of(row), timezone.now().date())
    due = sorted(row.appraisals_due.all(), key=lambda one: (one.asked_on, one.side))
    return {name: getattr(row, name) for name in INSIDE_PLAIN} | {
        "milestones": [_milestone(one) for one in sorted(row.milestones.all(), key=lambda one: one.number)],
        "results": [plain(one, EngagementResultRecord) for one in sorted(row.results.all(), key=lambda one: one.pk)],
        "beneficiaries": [plain(one, BeneficiaryRecord) for one in row.beneficiaries.all()],
        "appraisals_due": [plain(one, AppraisalDueRecord) for one in due],
        "appraisals": [plain(one, AppraisalRecord) for one in seen],
        "joint_proposal": proposal.reference if proposal else None,
    }


def _milestone(row: Milestone) -> dict:
    return plain(row, MilestoneRecord) | {"title": row.name}


def proposal_records(rows: list[JointProposal], prefix: str) -> list[dict]:
    """The records of some joint proposals; the rows come with their newest version and its lines."""
    return [_proposal(row, row.current, prefix) for row in rows if row.current]


VERSION_PLAIN = (
    "number", "title", "language", "concept", "partners", "results", "starts_on", "ends_on", "currency", "is_shared",
    "approved_by_party_at", "approved_by_provider_at",
)  # fmt: skip


def _proposal(row: JointProposal, version: ProposalVersion, prefix: str) -> dict:
    match = row.match
    lines = sorted(version.lines.all(), key=lambda line: line.number)
    return {
        "reference": row.reference,
        "url": f"{prefix}{row.reference}/",
        "engagement": match.engagement.reference,
        "match": match.reference,
        "party": match.component.request.party.iso2,
        "organization": match.offer.organization.slug,
        "status": row.status,
        **{name: getattr(version, name) for name in VERSION_PLAIN},
        "budget": [{"title": one.title, "amount": str(one.amount), "carried_by": one.source} for one in lines],
        "is_example": row.is_example,
        "version": row.version,
        "updated_at": row.updated_at,
    }
