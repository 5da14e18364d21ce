"""What the bodies of writes may say. The rules between the fields are those of the actions."""

from rest_framework import serializers

from accounts.api.inputs import CodeField, Input
from accounts.texts import validate_line
from centres.models import LANGUAGE_CHOICES, Party, SupportCentre

from ..lifecycle import Amendment
from ..models import Category, CommentKind, Disposition, Funding, Measure, Verdict
from ..models.activity import Result

LONGEST = 20_000
MOST = 250


def _line(words: str, most: int = 300, **more) -> serializers.CharField:
    more = {"required": False, "allow_blank": True} | more
    return serializers.CharField(max_length=most, help_text=words, validators=[validate_line], **more)


def _text(words: str, **more) -> serializers.CharField:
    more = {"required": False, "allow_blank": True} | more
    return serializers.CharField(max_length=LONGEST, help_text=words, **more)


def _codes(words: str) -> serializers.ListField:
    child = serializers.CharField(max_length=100)
    return serializers.ListField(child=child, max_length=MOST, required=False, help_text=words)


def _numbers(words: str) -> serializers.ListField:
    child = serializers.IntegerField(min_value=1, max_value=2**62)
    return serializers.ListField(child=child, max_length=MOST, required=False, help_text=words)


def _day(words: str) -> serializers.DateField:
    return serializers.DateField(required=False, allow_null=True, help_text=words)


def _year(words: str, **more) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1990, max_value=2100, help_text=words, **more)


def _number(words: str, digits: int = 18, places: int = 4, **more) -> serializers.DecimalField:
    return serializers.DecimalField(digits, places, help_text=words, **more)


def _choice(words: str, choices, **more) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=choices, required=False, help_text=words, **more)


def _many(part: type[Input], most: int, words: str) -> serializers.ListSerializer:
    return serializers.ListSerializer(child=part(), max_length=most, required=False, help_text=words)


def revision() -> serializers.IntegerField:
    words = "The revision that you read: 412 if there is a newer one."
    return serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, help_text=words)


class WorkplanInput(Input):
    """A new plan with an empty first draft, or a copy of another plan moved to its years."""

    centre = CodeField(
        SupportCentre.objects.current, "slug", allow_null=True, help_text="The slug of the centre; null: the network."
    )
    period = _year("The first year of the period.")
    language = _choice("The language it is written in.", list(LANGUAGE_CHOICES.items()))
    title = _line("The title.")
    copy_from = _line("The reference of a version to copy.", 100)


class VersionChange(Input):
    """A change of a draft's title or summary."""

    title = _line("The title.")
    summary = _text("What it is about.")
    revision = revision()


class YearTargetInput(Input):
    """What an indicator should reach in a year."""

    year = _year("The year.")
    value = _number("The value.")


class IndicatorInput(Input):
    """An indicator; without a reference it is new."""

    reference = _line("Its reference, where it is there already.", 20)
    title = _line("What is measured.")
    measure = _choice("What is counted alike in all plans.", Measure.choices, allow_blank=True)
    unit = _line("The unit.", 60)
    is_cumulative = serializers.BooleanField(required=False, help_text="Each year adds to the years before.")
    baseline = _number("Where it stands before.", required=False, allow_null=True)
    baseline_year = _year("The year of the baseline.", required=False, allow_null=True)
    source = _line("The means of verification.")  # type: ignore[assignment]  # a name that serializers have too
    targets = _many(YearTargetInput, 10, "What it should reach, by year.")


class ResultInput(Input):
    """An output or outcome; without a number it is new."""

    reference = _line("Its reference; only read.", 30)
    number = serializers.IntegerField(min_value=1, max_value=999, required=False, help_text="Its number.")
    kind = _choice("Output or outcome.", Result.Kind.choices)
    title = _line("The result.")
    description = _text("More about it.")
    indicators = _many(IndicatorInput, 20, "How it is measured; all of them.")


class ActivityChange(Input):
    """A change of an activity: only the fields that change. `results`, if given, are all of them."""

    title = _line("The title.")
    description = _text("What will be done.")
    functions = _codes("Codes of functions of the centre.")
    targets = _numbers("Numbers of targets.")
    parties = _codes("Codes of Parties.")
    priorities = _numbers("National priorities, by id.")
    components = _codes("References of needs, such as REQ-000042-1.")
    engagements = _codes("References of engagements.")
    partners = _codes("Slugs of organizations.")
    other_partners = _text("Partners without a profile.")
    is_essential = serializers.BooleanField(required=False, help_text="Essential.")
    starts_on = _day("From when.")
    ends_on = _day("Until when.")
    results = _many(ResultInput, 30, "Outputs and outcomes; all of them.")
    revision = revision()


class FromRecordInput(Input):
    """What becomes an activity, and of which plan."""

    workplan = serializers.CharField(max_length=80, help_text="The reference of the workplan.")
    record = serializers.CharField(
        max_length=40, help_text="The reference of a need, an engagement or a joint proposal, such as PRO-000004."
    )


class ActivityInput(ActivityChange):
    """A new activity in the draft of a plan."""

    workplan = serializers.CharField(max_length=80, help_text="The reference of the workplan.")
    title = _line("The title.", required=True, allow_blank=False)
    revision = None  # type: ignore[assignment]  # nothing was read yet


class LineChange(Input):
    """A change of a budget line: only the fields that change."""

    year = _year("The year.", required=False)
    category = _choice("What kind of cost.", Category.choices)
    description = _line("What for.")
    amount = _number("The amount, to the cent.", 14, 2, required=False)
    currency = _line("The ISO code of the currency.", 3)
    rate_to_usd = _number("Dollars for one unit.", 18, 8, required=False, allow_null=True)
    rate_on = _day("The day of the rate.")
    rate_source = _line("The source of the rate.", 200)
    funding = _choice("Core budget, secured, or sought.", Funding.choices)
    funder = _line("The slug of the organization that pays.", 100, allow_null=True)
    staff_months = _number("Staff time in months.", 7, 2, required=False, allow_null=True)
    notes = _text("Notes.")
    revision = revision()


class LineInput(LineChange):
    """A new budget line of an activity in a draft."""

    activity = serializers.CharField(max_length=20, help_text="The activity's reference.")
    year = _year("The year.")
    category = serializers.ChoiceField(choices=Category.choices, help_text="What kind of cost.")
    amount = _number("The amount, to the cent.", 14, 2)
    revision = None  # type: ignore[assignment]  # nothing was read yet


class CommentInput(Input):
    """What an office says in a consultation that is open."""

    version = serializers.CharField(max_length=100, help_text="The reference of the version.")
    party = CodeField(Party.objects.current, "iso2", max_length=2, help_text="The code of your Party.")
    kind = _choice("A comment, support or objection to an activity, or a priority.", CommentKind.choices)
    activity = _line("The activity that it is about.", 20)
    field = _line("The part that it is about.", 40)
    text = _text("The words.")
    priorities = _numbers("Your national priorities that the plan should serve, by id.")
    publish = serializers.BooleanField(required=False, help_text="Whether your words are published with the plan.")


class CommentChange(Input):
    """Other words, while the consultation is open."""

    text = _text("The words.", required=True)
    publish = serializers.BooleanField(required=False, help_text="Whether your words are published with the plan.")
    revision = revision()


# Steps ----------------------------------------------------------------------------------------------------------------


class OpenConsultationInput(Input):
    """Until when the offices are asked."""

    until = _day("The last day; without it, the length of the clock.")


class ExtendInput(Input):
    """Until when instead."""

    until = serializers.DateField(help_text="The new last day.")


class NothingInput(Input):
    """A step that needs no words."""


class AmendInput(Input):
    """What the amendment changes."""

    amendment = serializers.ChoiceField(choices=Amendment.choices, help_text="The kind of amendment.")


class ClosePlanInput(Input):
    """What came of the plan."""

    text = _text("What came of the plan.", required=True)


class AnswerInput(Input):
    """An office's word on the whole plan."""

    party = CodeField(Party.objects.current, "iso2", max_length=2, help_text="The code of your Party.")
    verdict = serializers.ChoiceField(choices=Verdict.choices, help_text="Your answer.")


class DisposeInput(Input):
    """What becomes of a comment."""

    disposition = serializers.ChoiceField(choices=Disposition.choices, help_text="What becomes of it.")
    answer = _text("The answer that the office reads.", required=True)
    revision = revision()


class PublishInput(Input):
    """Whether the office publishes its words."""

    publish = serializers.BooleanField(help_text="Whether everybody may read the words.")
