"""What the bodies of writes may say. Rules shared with the forms are in `validators`."""

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api.inputs import CodeField, CodesField, Input
from accounts.texts import validate_line
from centres.models import Constraint, CooperationType, Organization, Party, PartyFlag, Region, Subject, Target

from ..models import Component, Offer
from ..models.offer import CostModel, Delivery
from ..models.request import Means, Modality, Visibility
from ..validators import (
    LONGEST_TEXT,
    MOST_LANGUAGES,
    MOST_PARTNERS,
    MOST_PLACES,
    validate_co_parties,
    validate_expiry,
    validate_language,
    validate_period,
)


def _title(**more) -> serializers.CharField:
    return serializers.CharField(max_length=200, help_text="In a few words.", validators=[validate_line], **more)


def _text(words: str) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, required=False, help_text=words)


class TagField(serializers.RegexField):
    """A language as a BCP-47 tag."""

    def __init__(self, **kwargs):
        words = {"help_text": "A BCP-47 tag such as fr, pt-BR or sw.", "max_length": 35, "required": False}
        super().__init__(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", validators=[validate_language], **words | kwargs)


def _languages() -> serializers.ListField:
    words = "Working languages, as BCP-47 tags."
    return serializers.ListField(child=TagField(), max_length=MOST_LANGUAGES, required=False, help_text=words)


def _choice(words: str, choices, **more) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=choices, required=False, help_text=words, **more)


def _day(words: str) -> serializers.DateField:
    return serializers.DateField(required=False, allow_null=True, help_text=words)


def _parties(words: str) -> CodesField:
    return CodesField(Party.objects.current, "iso2", help_text=words)


def _regions(words: str) -> CodesField:
    return CodesField(Region.objects.current, "code", help_text=words)


def _many(part: type[Input], most: int, words: str) -> serializers.ListSerializer:
    return serializers.ListSerializer(child=part(), max_length=most, required=False, help_text=words)


class Tags(Input):
    """The controlled words that needs and offers share."""

    targets = CodesField(
        Target.objects.current,
        "number",
        child=serializers.IntegerField(min_value=1, max_value=23),
        help_text="Numbers of targets.",
    )
    subjects = CodesField(Subject.objects.current, "code", help_text="Codes of subjects.")
    cooperation_types = CodesField(CooperationType.objects.current, "code", help_text="Codes of forms of cooperation.")


def checked(field: str, check, *args) -> None:
    """Let a shared rule speak about one field."""
    try:
        check(*args)
    except DjangoValidationError as error:
        raise serializers.ValidationError({field: error.messages}, code=error.code) from None


# Requests -------------------------------------------------------------------------------------------------------------


class ComponentInput(Tags):
    """One need of a request."""

    title = _title()
    text = _text("What is needed.")
    modality = _choice("The kind of cooperation.", Modality.choices, allow_blank=True)
    languages = _languages()
    starts_on = _day("From when.")
    ends_on = _day("Until when.")
    means = _choice("Own means.", Means.choices, allow_blank=True)
    partners_wanted = serializers.IntegerField(
        min_value=1, max_value=MOST_PARTNERS, required=False, help_text="How many partners you look for."
    )

    def validate(self, attrs):
        checked("ends_on", validate_period, attrs.get("starts_on"), attrs.get("ends_on"))
        return attrs


class ComponentChange(ComponentInput):
    """A need that is changed (with its number) or added (without one, then with a title)."""

    number = serializers.IntegerField(
        min_value=1, max_value=999, required=False, help_text="The number of the need that you change."
    )
    title = _title(required=False)

    def validate(self, attrs):
        known: Component | None = self.context["components"].get(attrs.get("number"))
        if "number" in attrs and known is None:
            sentence = _("This request has no need with the number %(number)s.") % {"number": attrs["number"]}
            raise serializers.ValidationError({"number": [sentence]}, code="does_not_exist")
        if known is None and "title" not in attrs:
            raise serializers.ValidationError({"title": [_("Give the new need a title.")]}, code="required")
        starts = attrs.get("starts_on", getattr(known, "starts_on", None))
        checked("ends_on", validate_period, starts, attrs.get("ends_on", getattr(known, "ends_on", None)))
        return attrs


class RequestFields(Input):
    """What a request says besides its needs."""

    summary = _text("What it is about.")
    language = TagField()
    visibility = _choice("Who sees it once it is accepted.", Visibility.choices)
    own_means = _text("What the Party can contribute.")
    contact = _text("The contact person; never public.")
    consent_required = serializers.BooleanField(
        required=False, help_text="Traditional knowledge or consent is concerned."
    )
    co_parties = _parties("Codes of Parties that ask together with yours.")
    constraints_addressed = CodesField(
        Constraint.objects.current, "code", help_text="Codes of what holds the country back."
    )


class RequestInput(RequestFields):
    """A new draft."""

    party = CodeField(Party.objects.current, "iso2", max_length=2, help_text="The code of your Party.")
    title = _title()
    components = _many(ComponentInput, 20, "Its needs.")

    def validate(self, attrs):
        checked("co_parties", validate_co_parties, attrs["party"], attrs.get("co_parties", []))
        return attrs


class Versioned(Input):
    """A change that says which version it was made on."""

    version = serializers.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        help_text="The version that you read: 412 if there is a newer one.",
    )


class RequestChange(Versioned, RequestFields):
    """A change of a draft: only the fields that change. `components`, if given, are all of them: others are deleted."""

    title = _title(required=False)
    components = _many(ComponentChange, 20, "All its needs.")

    def validate_components(self, rows):
        given = [row["number"] for row in rows if "number" in row]
        if len(set(given)) != len(given):
            raise serializers.ValidationError(_("Each need can be named once."), code="twice")
        return rows

    def validate(self, attrs):
        checked("co_parties", validate_co_parties, self.context["party"], attrs.get("co_parties", []))
        return attrs


# Offers ---------------------------------------------------------------------------------------------------------------


class ItemInput(Input):
    """A project, publication or service that shows what the offer is about."""

    text = serializers.CharField(max_length=LONGEST_TEXT, help_text="The text.")
    language = TagField(required=True)


class OfferFields(Tags):
    """What an offer says."""

    text = _text("What you offer.")
    language = TagField()
    languages = _languages()
    worldwide = serializers.BooleanField(required=False, help_text="Offered everywhere.")
    regions = _regions("M49 codes of the regions it covers.")
    parties = _parties("Codes of the Parties it covers.")
    eligible_parties = _parties("Only for these Parties.")
    eligible_regions = _regions("Only for these regions.")
    eligible_flags = serializers.ListField(
        child=serializers.ChoiceField(choices=PartyFlag.Kind.choices),
        max_length=4,
        required=False,
        help_text="Only for Parties with one of these flags.",
    )
    capacity = serializers.IntegerField(
        min_value=1,
        max_value=MOST_PLACES,
        required=False,
        help_text="Places in all; each offered or agreed match takes one.",
    )
    cost_model = _choice("Who pays.", CostModel.choices, allow_blank=True)
    delivery = _choice("On site or at a distance.", Delivery.choices, allow_blank=True)
    available_from = _day("From when.")
    available_until = _day("Until when.")
    expires_on = _day("The last day on which it is published.")
    respects_consent = serializers.BooleanField(
        required=False, help_text="Follows protocols of prior informed consent."
    )
    contact = _text("The contact person; never public.")
    items = _many(ItemInput, 100, "What shows the expertise; all of them.")

    def validate(self, attrs):
        offer: Offer | None = self.context.get("offer")
        days = [attrs.get(name, getattr(offer, name, None)) for name in ("available_from", "available_until")]
        checked("available_until", validate_period, *days)
        checked("expires_on", validate_expiry, attrs.get("expires_on"), timezone.now().date())
        return attrs


class OfferInput(OfferFields):
    """A new draft."""

    organization = CodeField(
        Organization.objects.current, "slug", help_text="The slug of the organization that you act for."
    )
    title = _title()


class OfferChange(Versioned, OfferFields):
    """A change of an offer: only the fields that change."""

    title = _title(required=False)


# Matches and previews -------------------------------------------------------------------------------------------------


class MatchInput(Input):
    """An offer that an officer brings to a need."""

    component = serializers.RegexField(
        r"^REQ-[0-9]{6,12}-[0-9]{1,3}$", help_text="The component's reference, such as REQ-000042-1."
    )
    offer = serializers.RegexField(r"^OFF-[0-9]{6,12}$", help_text="The offer's reference, such as OFF-000311.")


class PreviewInput(Tags):
    """A need that nobody has filed: what would match it?"""

    title = _title(allow_blank=True, required=False)
    text = _text("What is needed.")
    language = TagField()
    party = CodeField(Party.objects.current, "iso2", max_length=2, required=False, help_text="The code of the Party.")
    co_parties = _parties("Codes of Parties that ask together with it.")
    modality = _choice("The kind of cooperation.", Modality.choices, allow_blank=True)
    languages = _languages()
    starts_on = _day("From when.")
    ends_on = _day("Until when.")
    means = _choice("Own means.", Means.choices, allow_blank=True)
    consent_required = serializers.BooleanField(
        required=False, help_text="Traditional knowledge or consent is concerned."
    )

    def validate(self, attrs):
        checked("ends_on", validate_period, attrs.get("starts_on"), attrs.get("ends_on"))
        if not any(attrs.get(name) for name in ("title", "text", *Tags().fields)):
            raise serializers.ValidationError(_("Give a title, a text or tags to compare."), code="empty")
        return attrs
