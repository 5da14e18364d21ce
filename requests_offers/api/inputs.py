"""What the bodies of writes may say. Rules shared with the forms are in `validators`."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api.inputs import CodeField, CodesField, Input
from accounts.texts import LONGEST_TEXT, validate_line
from centres.models import (
    BeneficiaryGroup,
    Constraint,
    CooperationType,
    NationalPriority,
    Organization,
    Party,
    PartyFlag,
    Region,
    Subject,
    Target,
)

from ..actions.filings import MOST_FILINGS
from ..models import Component, CooperationRequest, FilingStatus, Mechanism, Offer
from ..models.offer import CostModel, Delivery
from ..models.request import Means, Modality, Visibility
from ..validators import (
    MOST_LANGUAGES,
    MOST_PARTNERS,
    MOST_PLACES,
    validate_co_parties,
    validate_consent,
    validate_expiry,
    validate_language,
    validate_period,
    validate_priorities,
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


class KnownElsewhere(Input):
    """What the system that keeps the record calls it: under this it is found again."""

    external_system = serializers.RegexField(
        r"^[a-z0-9][a-z0-9._-]{0,49}$",
        required=False,
        help_text="A short name of the system that keeps the record, such as chm.example.org; with external_id.",
    )
    external_id = serializers.CharField(
        max_length=200, required=False, help_text="Its identifier there.", validators=[validate_line]
    )

    def check_marks(self, attrs, known) -> None:
        """Both or neither, and none that a record of the same owner has."""
        given = [attrs.get(name, "") for name in ("external_system", "external_id")]
        if bool(given[0]) != bool(given[1]):
            missing = "external_id" if given[0] else "external_system"
            raise serializers.ValidationError({missing: [_("Give both: the system and the identifier.")]}, "required")
        seen = known.visible_to(self.context["user"])
        row = seen.known_as(given[1], given[0]).first() if given[0] else None
        if row is not None:
            sentence = _("%(reference)s has this identifier. Change that one.") % {"reference": row.reference}
            raise serializers.ValidationError({"external_id": [sentence]}, code="taken")


def marks_of(data: dict) -> dict[str, Any]:
    """Take what another system calls the record out of what was said of it."""
    return {name: data.pop(name) for name in ("external_system", "external_id") if name in data}


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


class PriorityInput(Input):
    """A national priority by its Party and its code there."""

    party = serializers.CharField(max_length=2, help_text="The code of the Party.")
    code = serializers.CharField(max_length=40, help_text="Its code in the country's own document.")


class FilingInput(Input):
    """The request at another mechanism."""

    mechanism = serializers.ChoiceField(choices=Mechanism.choices, help_text="Where.")
    name = serializers.CharField(
        max_length=120,
        allow_blank=True,
        required=False,
        help_text="Its name, with `other`.",
        validators=[validate_line],
    )
    external_id = serializers.CharField(
        max_length=120, allow_blank=True, required=False, help_text="The reference there.", validators=[validate_line]
    )
    status = _choice("How far it is there.", FilingStatus.choices)
    url = serializers.URLField(max_length=500, allow_blank=True, required=False, help_text="The address there.")

    def validate(self, attrs):
        if attrs["mechanism"] == Mechanism.OTHER and not attrs.get("name"):
            raise serializers.ValidationError({"name": [_("Write the name of the mechanism.")]}, code="required")
        if attrs["mechanism"] != Mechanism.OTHER:
            attrs.pop("name", None)
        return attrs


def priorities_of(rows: list[dict]) -> list[NationalPriority]:
    """The priorities that these pairs of Party and code name; one that is not there is a fault."""
    found = []
    for row in rows:
        known = NationalPriority.objects.in_force().filter(party__iso2=row["party"], code=row["code"]).first()
        if known is None:
            sentence = _("%(party)s lists no national priority with the code “%(code)s”.") % row
            raise serializers.ValidationError(sentence, code="does_not_exist")
        found.append(known)
    return found


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
    consent_given = serializers.BooleanField(
        required=False, help_text="Those whose traditional knowledge it is agree that the request is public."
    )
    consent_notice = _text("What everybody who reads it has to respect, in the words of those whose knowledge it is.")
    priorities = _many(PriorityInput, 50, "National priorities of the Parties that ask; all of them.")
    priority_reason = _text("Why no national priority is named.")
    beneficiary_groups = CodesField(
        BeneficiaryGroup.objects.current, "code", help_text="Who gains from it, in the codes of indicator 20.b."
    )
    beneficiaries_note = _text("Who they are.")
    filings = _many(FilingInput, MOST_FILINGS, "Where else it was filed; all of them.")

    def validate_priorities(self, rows):
        """The rows of these codes; of several with one code, the one in force."""
        return priorities_of(rows)

    def validate_filings(self, rows):
        """The same need under one reference once."""
        keys = [(row["mechanism"], row.get("name", ""), row.get("external_id", "")) for row in rows]
        if len(set(keys)) != len(keys):
            raise serializers.ValidationError(_("Name each filing once."), code="twice")
        return rows

    def check_consent(self, attrs, known=None):
        """The visibility that those concerned agree to, where one is chosen."""
        if "visibility" in attrs:
            required, given = (
                attrs.get(name, getattr(known, name, False)) for name in ("consent_required", "consent_given")
            )
            checked("visibility", validate_consent, attrs["visibility"], required, given)


class RequestInput(KnownElsewhere, RequestFields):
    """A new draft."""

    party = CodeField(Party.objects.current, "iso2", max_length=2, help_text="The code of your Party.")
    title = _title()
    components = _many(ComponentInput, 20, "Its needs.")

    def validate(self, attrs):
        checked("co_parties", validate_co_parties, attrs["party"], attrs.get("co_parties", []))
        parties = [attrs["party"], *attrs.get("co_parties", [])]
        checked("priorities", validate_priorities, parties, attrs.get("priorities", []))
        self.check_consent(attrs)
        self.check_marks(attrs, CooperationRequest.objects.filter(party=attrs["party"]))
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
        known = self.context["request_row"]
        parties = [known.party, *attrs.get("co_parties", known.co_parties.all())]
        checked("priorities", validate_priorities, parties, attrs.get("priorities", known.priorities.all()))
        self.check_consent(attrs, known)
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
    readiness_level = serializers.IntegerField(
        min_value=1, max_value=9, required=False, allow_null=True, help_text="Technology readiness level, 1 to 9."
    )
    access_conditions = _text("Conditions on which a technology may be used.")
    assessments = _text("How a technology was assessed.")
    needs_on_ground = _text("What a technology needs where it is used.")

    def validate(self, attrs):
        offer: Offer | None = self.context.get("offer")
        days = [attrs.get(name, getattr(offer, name, None)) for name in ("available_from", "available_until")]
        checked("available_until", validate_period, *days)
        checked("expires_on", validate_expiry, attrs.get("expires_on"), timezone.now().date())
        return attrs


class OfferInput(KnownElsewhere, OfferFields):
    """A new draft."""

    organization = CodeField(
        Organization.objects.current, "slug", help_text="The slug of the organization that you act for."
    )
    title = _title()

    def validate(self, attrs):
        attrs = super().validate(attrs)
        self.check_marks(attrs, Offer.objects.filter(organization=attrs["organization"]))
        return attrs


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
