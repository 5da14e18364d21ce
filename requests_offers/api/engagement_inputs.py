"""What may be written into engagements and joint proposals."""

from typing import Any

from rest_framework import serializers

from accounts.api.inputs import Input
from accounts.texts import LONGEST_TEXT, validate_line
from centres.models import BeneficiaryGroup

from ..models import ProposalLine
from ..validators import validate_period
from .inputs import TagField, Versioned, checked


def _line(words: str, **more) -> serializers.CharField:
    return serializers.CharField(max_length=200, validators=[validate_line], help_text=words, **more)


def _text(words: str) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False, help_text=words)


def _day(words: str) -> serializers.DateField:
    return serializers.DateField(required=False, allow_null=True, help_text=words)


def _url() -> serializers.URLField:
    return serializers.URLField(
        max_length=500, allow_blank=True, required=False, help_text="The address of the evidence."
    )


class GroupInput(Input):
    """A group of indicator 20.b that took part or gained."""

    group = serializers.ChoiceField(choices=BeneficiaryGroup.Code.choices, help_text="Its code.")
    people = serializers.IntegerField(
        min_value=0, max_value=100_000_000, allow_null=True, required=False, help_text="How many people, if known."
    )


class EngagementChange(Versioned):
    """A change of an engagement: only the fields that change. `beneficiaries`, if given, are all of them."""

    plan = _text("What both sides want to do.")
    lessons = _text("What was learnt.")
    may_become_practice = serializers.BooleanField(required=False, help_text="Others may learn from it.")
    beneficiaries: Any = serializers.ListSerializer(
        child=GroupInput(), max_length=10, required=False, help_text="Whom it reached."
    )
    story = _text("What the work achieved, for everybody.")
    story_language = TagField()


class MilestoneInput(Input):
    """A new milestone."""

    title = _line("What will be there.")
    text = _text("What it means.")
    due_on = _day("Until when.")


class MilestoneDoneInput(Input):
    """A milestone that is done."""

    number = serializers.IntegerField(min_value=1, max_value=9999, help_text="The number of the milestone.")
    done_on = _day("When; today if nothing is said.")
    evidence = _text("What shows it.")
    evidence_url = _url()


class EngagementResultInput(Input):
    """A new result with evidence in words or at an address."""

    title = _line("What is different now.")
    text = _text("Evidence in words.")
    url = _url()


class ReleaseInput(Versioned):
    """The release of the text about what the work achieved."""

    side = serializers.ChoiceField(
        ["party", "provider"], required=False, help_text="For whom you speak, if you may for both."
    )


class ProposalLineInput(Input):
    """A line of the budget."""

    title = _line("What for.")
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0, help_text="How much.")
    carried_by = serializers.ChoiceField(
        choices=ProposalLine.Source.choices, required=False, help_text="Who carries it; sought from donors if not said."
    )


def _entries(words: str) -> serializers.ListField:
    entry = serializers.CharField(max_length=400, validators=[validate_line])
    return serializers.ListField(child=entry, max_length=30, required=False, help_text=words)


class ProposalInput(Input):
    """A new joint proposal of the two sides of an engagement."""

    engagement = serializers.RegexField(r"^ENG-[0-9]{6,12}$", help_text="The engagement's reference.")


class ProposalChange(Versioned):
    """A change of a joint proposal: only the fields that change.

    On a version that was proposed it makes the next one.
    """

    title = _line("In a few words.", required=False)
    language = TagField()
    concept = _text("The problem, and what both will do.")
    partners = _entries("Organizations that take part.")
    results = _entries("Expected results.")
    starts_on = _day("From when.")
    ends_on = _day("Until when.")
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False, help_text="The currency, by its ISO code.")
    is_shared = serializers.BooleanField(required=False, help_text="Shown to the network once both have approved it.")
    budget: Any = serializers.ListSerializer(
        child=ProposalLineInput(), max_length=40, required=False, help_text="All lines of the budget."
    )

    def validate(self, attrs):
        current = self.context["current"]
        days = [attrs.get(name, getattr(current, name)) for name in ("starts_on", "ends_on")]
        checked("ends_on", validate_period, *days)
        return attrs
