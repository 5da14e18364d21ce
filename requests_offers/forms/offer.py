"""The questions about an offer, on two pages: what it is, and for whom and on which terms."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import Day, Line, LongText
from centres.models import CooperationType, Expert, Organization, Party, Region, Subject

from ..models import Offer
from ..models.offer import CostModel, Delivery
from ..models.request import Language
from ..validators import validate_expiry, validate_period, validate_places
from .fields import TargetField, Words, WorkingLanguages
from .request import ANSWER_LATER, PageForm

MOST_ITEMS = 30
READINESS = [
    (1, _("1: basic principles observed")),
    (2, _("2: concept formulated")),
    (3, _("3: concept proven by experiment")),
    (4, _("4: tested in the laboratory")),
    (5, _("5: tested where it is to be used")),
    (6, _("6: demonstrated where it is to be used")),
    (7, _("7: prototype at work in its real setting")),
    (8, _("8: complete and qualified")),
    (9, _("9: proven in daily use")),
]
FLAG_CHOICES = [
    ("LDC", _("Least developed countries")),
    ("SIDS", _("Small island developing States")),
    ("LLDC", _("Landlocked developing countries")),
]


class OfferContentForm(PageForm):
    """Page 1: what is offered."""

    NEEDED = ("title", "text")
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    organization = forms.ModelChoiceField(
        label=_("Who offers?"),
        queryset=Organization.objects.none(),
        to_field_name="slug",
        empty_label=_("Choose an organization"),
    )
    title = Line(label=_("Title"), help_text=_("One line that says what you can do for others."), required=False)
    text = LongText(
        label=_("What you offer"),
        help_text=_("Two to ten sentences, in any language. Requests in other languages are found too."),
        rows=8,
        required=False,
    )
    language = forms.ChoiceField(label=_("You write in"), choices=Language.choices)
    items = LongText(
        label=_("What shows it"),
        help_text=_("Projects, publications or services, one to a paragraph, with an empty line between them."),
        rows=5,
        required=False,
    )
    cooperation_types = Words(CooperationType.objects.none(), label=_("Forms of cooperation"))
    targets = TargetField(help_text=_("Those to which the offer contributes most; three to five is a good measure."))
    subjects = Words(Subject.objects.none(), label=_("Subjects"))

    def __init__(self, *args, organizations=None, **kwargs):
        super().__init__(*args, **kwargs)
        if organizations is None or organizations.count() < 2:
            del self.fields["organization"]
        else:
            self.fields["organization"].queryset = organizations
        known = self.initial.get("language")
        if known and known not in Language.values:
            self.fields["language"].choices = [*Language.choices, (known, known)]

    @property
    def answers(self) -> dict:
        """The answers; paragraphs become items in the language of the offer, unless they stayed as they were."""
        found = {name: value for name, value in super().answers.items() if name != "organization"}
        text = found.pop("items")
        if "items" in self.changed_data:
            found["items"] = [{"text": part, "language": found["language"]} for part in paragraphs(text)]
        return found

    @staticmethod
    def initial_of(offer: Offer) -> dict:
        plain = {name: getattr(offer, name) for name in ("title", "text", "language")}
        sets = {name: [row.pk for row in getattr(offer, name).all()] for name in ("targets", "subjects")}
        types = [row.pk for row in offer.cooperation_types.all()]
        items = "\n\n".join(item.text for item in offer.items.all())
        return plain | sets | {"cooperation_types": types, "items": items}


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, without empty ones."""
    parts = text.replace("\r\n", "\n").split("\n\n")
    return [part.strip() for part in parts if part.strip()][:MOST_ITEMS]


class OfferTermsForm(PageForm):
    """Page 2: for whom, when, how many, and on which terms."""

    worldwide = forms.BooleanField(label=_("For countries everywhere"), required=False)
    regions = Words(Region.objects.none(), label=_("For these regions"))
    parties = Words(
        Party.objects.none(),
        label=_("For these Parties"),
        help_text=_("Hold Ctrl or Cmd to choose several."),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    eligible_flags = forms.MultipleChoiceField(
        label=_("Only for"),
        help_text=_("Leave empty if every country may ask."),
        choices=FLAG_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    eligible_parties = Words(
        Party.objects.none(),
        label=_("Only these Parties may ask"),
        help_text=_("Leave empty if every country may ask. Hold Ctrl or Cmd to choose several."),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    eligible_regions = Words(
        Region.objects.none(),
        label=_("Only Parties of these regions may ask"),
        help_text=_("Leave empty if every country may ask. Hold Ctrl or Cmd to choose several."),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    experts = Words(
        Expert.objects.none(),
        label=_("Experts who would do it"),
        help_text=_(
            "From the profile of your organization. A conflict that one of them declares bars this offer, too."
        ),
    )
    languages = WorkingLanguages(label=_("Working languages"))
    delivery = forms.ChoiceField(label=_("Delivery"), choices=[("", ANSWER_LATER), *Delivery.choices], required=False)
    cost_model = forms.ChoiceField(label=_("Costs"), choices=[("", ANSWER_LATER), *CostModel.choices], required=False)
    capacity = forms.IntegerField(
        label=_("Places"),
        help_text=_("How many requests you can serve at the same time. You are never asked beyond it."),
        validators=[validate_places],
        initial=1,
    )
    available_from = Day(label=_("Available from"), required=False)
    available_until = Day(label=_("Available until"), required=False)
    expires_on = Day(
        label=_("Published until"),
        help_text=_("On the day after, it leaves the search; one click renews it."),
        required=False,
    )
    respects_consent = forms.BooleanField(
        label=_("We follow protocols of prior informed consent"),
        help_text=_("Needed where traditional knowledge is concerned."),
        required=False,
    )
    contact = LongText(
        label=_("Contact person"),
        help_text=_("Never public. Your organization, the centre and Parties with whom a match is agreed read this."),
        rows=3,
        required=False,
    )

    def __init__(self, *args, organization=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["languages"].keep(self.initial.get("languages") or [])
        self.fields["experts"].queryset = experts = Expert.objects.filter(organization=organization).order_by("role")
        if not experts:
            del self.fields["experts"]

    def clean(self):
        cleaned = super().clean()
        try:
            validate_period(cleaned.get("available_from"), cleaned.get("available_until"))
        except forms.ValidationError as error:
            self.add_error("available_until", error)
        return cleaned

    def clean_expires_on(self):
        day = self.cleaned_data["expires_on"]
        if "expires_on" in self.changed_data:
            validate_expiry(day, timezone.now().date())
        return day

    @staticmethod
    def initial_of(offer: Offer) -> dict:
        plain = (
            "worldwide", "eligible_flags", "languages", "delivery", "cost_model", "capacity", "available_from",
            "available_until", "expires_on", "respects_consent", "contact",
        )  # fmt: skip
        names = ("regions", "parties", "eligible_parties", "eligible_regions", "experts")
        sets = {name: [row.pk for row in getattr(offer, name).all()] for name in names}
        return {name: getattr(offer, name) for name in plain} | sets


class OfferTechnologyForm(PageForm):
    """Page 3, for technologies: how far it has come, on which conditions, what it needs on the ground."""

    readiness_level = forms.TypedChoiceField(
        label=_("Technology readiness level"),
        help_text=_("From 1, a principle that was observed, to 9, a system proven in daily use."),
        choices=[("", ANSWER_LATER), *READINESS],
        coerce=int,
        empty_value=None,
        required=False,
    )
    access_conditions = LongText(
        label=_("Conditions of access"),
        help_text=_("Open, licensed or for a fee; rights of others; what may be changed, copied or passed on."),
        rows=4,
        required=False,
    )
    assessments = LongText(
        label=_("Assessments"),
        help_text=_("What is known of its effects on nature, people and health, of its costs, and who assessed it."),
        rows=4,
        required=False,
    )
    needs_on_ground = LongText(
        label=_("What it needs on the ground"),
        help_text=_("Power, water, network, spare parts, skills, permits, upkeep."),
        rows=4,
        required=False,
    )

    @staticmethod
    def initial_of(offer: Offer) -> dict:
        return {
            name: getattr(offer, name)
            for name in ("readiness_level", "access_conditions", "assessments", "needs_on_ground")
        }
