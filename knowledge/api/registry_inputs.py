"""What calls about projects, programmes and opportunities take: the same rules as the forms of the pages."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from accounts.api import fields as f
from accounts.api.inputs import CodeField, CodesField, Input
from accounts.forms import time_zones
from accounts.texts import validate_line
from centres.models import LANGUAGE_CHOICES, Confidence, CooperationType, Party, PartyFlag, Region, Subject, Target

from ..forms.opportunities import spaced
from ..models import Opportunity, Programme
from ..reasons import BY_STEP
from ..validators import (
    LONGEST_TEXT,
    validate_amount,
    validate_co_parties,
    validate_days,
    validate_funding,
    validate_reach,
)


def line(words: str, longest: int = 200, **more: Any) -> serializers.CharField:
    return serializers.CharField(max_length=longest, validators=[validate_line], help_text=words, **more)


def lines(words: str, **more: Any) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST_TEXT, help_text=words, **more)


def may_stay_empty(make: Any, words: str, *args: Any) -> Any:
    return make(words, *args, required=False, allow_blank=True)


def day(words: str) -> serializers.DateField:
    return serializers.DateField(required=False, allow_null=True, help_text=words)


def amount(words: str) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=14, decimal_places=2, required=False, allow_null=True, help_text=words)


def currency() -> serializers.CharField:
    return serializers.CharField(
        max_length=3, required=False, allow_blank=True, help_text="Its currency, in three letters."
    )


def targets() -> CodesField:
    child = serializers.IntegerField(min_value=1, max_value=23)
    return CodesField(Target.objects.current, "number", child=child, help_text="Numbers of targets.")


def subjects() -> CodesField:
    return CodesField(Subject.objects.offered, "code", help_text="Codes of subjects.")


def parties(words: str) -> CodesField:
    return CodesField(Party.objects.current, "iso2", help_text=words)


def tell(field: str, check: Any, *values: Any) -> None:
    """Turn what a rule refuses into a fault of its field."""
    try:
        check(*values)
    except ValidationError as error:
        raise serializers.ValidationError(
            {field: serializers.as_serializer_error(error)["non_field_errors"]}
        ) from error


_LANGUAGES = list(LANGUAGE_CHOICES.items())


class FundingInput(Input):
    """Who pays for a project."""

    funder = line("Who pays.")
    amount = amount("How much, where it is known.")
    currency = currency()


class ProjectChange(Input):
    """What shall change in a project; fields that are left out stay as they are."""

    title = line("The title.", required=False)
    summary = lines("What it does.", required=False)
    language = serializers.ChoiceField(_LANGUAGES, required=False, help_text="The language of both.")
    co_parties = parties("Codes of the other countries that take part.")
    territories = may_stay_empty(line, "Territories or places where it is carried out.", 300)
    targets = targets()
    subjects = subjects()
    partners = may_stay_empty(lines, "Partners, one to a line.")
    funding = FundingInput(many=True, required=False, help_text="Who pays, and how much.")
    starts_on = day("The first day.")
    ends_on = day("The last day.")
    url = serializers.URLField(max_length=500, required=False, allow_blank=True, help_text="The address of its page.")
    source = may_stay_empty(line, "Where this can be checked.", 500)
    contact = may_stay_empty(lines, "The contact person; never public.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        said = self.context.get("known", {}) | attrs
        tell("ends_on", validate_days, said.get("starts_on"), said.get("ends_on"))
        tell("co_parties", validate_co_parties, said["party"], said.get("co_parties", []))
        tell("funding", validate_funding, said.get("funding", []))
        return said


class ProjectInput(ProjectChange):
    """A project for the registry of a country."""

    title = line("The title.")
    summary = lines("What it does.")
    language = serializers.ChoiceField(_LANGUAGES, help_text="The language of both.")
    party = CodeField(Party.objects.current, "iso2", help_text="The code of the country whose office decides.")


class OpportunityInput(Input):
    """Something that a third party offers until a deadline."""

    kind = f.choice("What it is.", Opportunity.Kind.choices)
    title = line("The title.")
    summary = lines("What it offers.")
    language = serializers.ChoiceField(_LANGUAGES, help_text="The language of both.")
    organizer = line("Who offers it.")
    programme = CodeField(
        lambda: Programme.objects.current(), "slug", required=False, allow_null=True, help_text="Part of a programme."
    )
    url = serializers.URLField(max_length=500, help_text="The page of whoever offers it.")
    has_deadline = serializers.BooleanField(default=True, help_text="false: applications at any time.")
    closes_on = day("The deadline; needed where there is one.")
    closes_time = serializers.TimeField(
        required=False, allow_null=True, help_text="Its hour; left out: the end of the day."
    )
    time_zone = serializers.ChoiceField(time_zones(), default="UTC", help_text="The time zone of the deadline.")
    worldwide = serializers.BooleanField(default=False, help_text="Whether all countries may apply.")
    regions = CodesField(Region.objects.current, "code", help_text="M49 codes of regions whose countries may apply.")
    parties = parties("Codes of countries that may apply.")
    flags = serializers.ListField(
        child=serializers.ChoiceField(PartyFlag.Kind.choices), required=False, help_text="Only for these."
    )
    languages = serializers.ListField(
        child=serializers.ChoiceField(_LANGUAGES), required=False, help_text="Languages of applications."
    )
    targets = targets()
    subjects = subjects()
    cooperation_types = CodesField(CooperationType.objects.current, "code", help_text="Codes of forms of cooperation.")
    amount = amount("Up to how much.")
    currency = currency()
    starts_on = day("The first day of a training or a fair.")
    ends_on = day("The last day.")
    place = may_stay_empty(line, "Where.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["has_deadline"] and not attrs.get("closes_on"):
            raise serializers.ValidationError({"closes_on": "Give the day, or say that there is no deadline."})
        tell("ends_on", validate_days, attrs.get("starts_on"), attrs.get("ends_on"))
        tell("amount", validate_amount, attrs.get("amount"), attrs.get("currency", ""))
        named = attrs.get("parties", []), attrs.get("regions", [])
        tell("worldwide", validate_reach, attrs["worldwide"], *named)
        return attrs | {"flags": spaced(attrs.get("flags", []))}


class ProgrammeInput(Input):
    """What shall be said of a programme; fields that are left out stay as they are."""

    standing = serializers.ChoiceField(Programme.Standing.choices, required=False, help_text="How it stands.")
    standing_note = may_stay_empty(line, "How it stands, in words.", 400)
    as_of = serializers.DateField(help_text="The day of the information.")
    confidence = serializers.ChoiceField(Confidence.choices, required=False, help_text="How sure it is.")
    about = lines("What it is.", required=False)
    eligibility = lines("Who may apply.", required=False)
    how_to_apply = lines("How to apply.", required=False)
    url = serializers.URLField(max_length=500, required=False, help_text="Its page.")
    source = line("Where the information comes from.", 500)  # type: ignore[assignment]


class _Reason(Input):
    reason = may_stay_empty(lines, "The reason in words; told to whoever submitted it.")


class ProjectRequestChangeInput(Input):
    """What has to be changed, and why."""

    reason_code = serializers.ChoiceField(
        list(BY_STEP["request_change"].items()), help_text="The reason, as a code that is counted."
    )
    reason = lines("What has to be changed.")


class ProjectRefuseInput(_Reason):
    """Why a project is not published."""

    reason_code = serializers.ChoiceField(
        list(BY_STEP["refuse"].items()), help_text="The reason, as a code that is counted."
    )


class OpportunityRefuseInput(Input):
    """Why an opportunity is not shown."""

    reason = lines("Why.")


class OpportunityRenewInput(Input):
    """A new deadline."""

    until = serializers.DateField(help_text="The new deadline.")
