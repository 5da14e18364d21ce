"""The later pages of a request: why it matters to the country, who takes part, and who may see it."""

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import LongText
from centres.models import BeneficiaryGroup, Constraint, NationalPriority, Party

from ..models import CooperationRequest
from ..models.request import Visibility
from ..validators import validate_co_parties, validate_consent, validate_priorities
from .fields import Words
from .request import PageForm

NONE_OF_THEM = "none"
NONE_LISTED = _(
    "Your country lists no national targets or actions here yet; your office can add them on the country’s page. Until "
    "then, say to what the request contributes, or that the strategy is being revised."
)


class PriorityWords(Words):
    """National priorities by their code and title."""

    def label_from_instance(self, priority):
        return format_html("<bdi>{}</bdi> <bdi>{}</bdi>", priority.code, priority.title)


class WhyForm(PageForm):
    """Page 4: what holds the country back, which of its own plans this serves, and who gains from it."""

    constraints_addressed = Words(
        Constraint.objects.none(),
        label=_("What holds you back?"),
        help_text=_("What the cooperation would help to overcome. Tick all that apply."),
    )
    priorities = PriorityWords(
        NationalPriority.objects.none(),
        label=_("National priorities to which it contributes"),
        help_text=_("National targets and actions of your strategy (NBSAP)."),
    )
    priority_reason = LongText(
        label=_("Why no national priority is named"),
        help_text=_(
            "Needed only if you tick none. For example: our strategy is being revised; this need came up after it."
        ),
        rows=2,
        required=False,
    )
    beneficiary_groups = Words(
        BeneficiaryGroup.objects.none(),
        label=_("Who gains from it?"),
        help_text=_("In the words of indicator 20.b: your national report can take them over. Tick all that apply."),
    )
    beneficiaries_note = LongText(
        label=_("Who they are"),
        help_text=_("Where they live, how many they are, how they take part. One or two sentences."),
        rows=2,
        required=False,
    )

    def __init__(self, *args, request, lenient=False, **kwargs):
        super().__init__(*args, lenient=lenient, **kwargs)
        self.lenient, self.parties = lenient, [request.party, *request.co_parties.all()]
        self.fields["constraints_addressed"].queryset = Constraint.objects.current().in_order()
        self.fields["beneficiary_groups"].queryset = BeneficiaryGroup.objects.current().in_order()
        chosen = self.initial.get("priorities") or []
        offered = NationalPriority.objects.of(self.parties)
        self.fields["priorities"].queryset = (offered.in_force() | offered.filter(pk__in=chosen)).in_order()
        if not self.fields["priorities"].queryset.exists():
            del self.fields["priorities"]
            self.fields["priority_reason"].help_text = NONE_LISTED

    def clean_beneficiary_groups(self):
        chosen = self.cleaned_data["beneficiary_groups"]
        codes = {group.code for group in chosen}
        if NONE_OF_THEM in codes and len(codes) > 1:
            raise forms.ValidationError(_("Tick either groups or “None of the above”, not both."), code="contradiction")
        return chosen

    def clean(self):
        cleaned = super().clean()
        if self.lenient or cleaned.get("priorities") or (cleaned.get("priority_reason") or "").strip():
            return cleaned
        if "priority_reason" not in self.errors and "priorities" not in self.errors:
            sentence = _("Tick a national priority, or say here why none is named.")
            self.add_error("priority_reason", forms.ValidationError(sentence, code="priority"))
        return cleaned

    @staticmethod
    def initial_of(request: CooperationRequest) -> dict:
        plain = {name: getattr(request, name) for name in ("priority_reason", "beneficiaries_note")}
        sets = ("constraints_addressed", "priorities", "beneficiary_groups")
        return plain | {name: [row.pk for row in getattr(request, name).all()] for name in sets}


class CircleForm(PageForm):
    """Page 5: who asks together, what they bring, and whom to write to."""

    co_parties = Words(
        Party.objects.none(),
        label=_("Parties that ask together with you"),
        help_text=_(
            "For a joint request. Their offices are asked to confirm; until they have, the request says so. Hold Ctrl "
            "or "
            "Cmd to choose several."
        ),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    own_means = LongText(
        label=_("What you bring yourselves"),
        help_text=_("People, boats, laboratories, data, money. Both sides of a match read this."),
        rows=3,
        required=False,
    )
    contact = LongText(
        label=_("Contact person"),
        help_text=_("Never public. Your office, the centre and partners with whom a match is agreed read this."),
        rows=3,
        required=False,
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_co_parties(self):
        chosen = list(self.cleaned_data["co_parties"])
        validate_co_parties(self.request.party, chosen)
        validate_priorities([self.request.party, *chosen], self.request.priorities.all())
        return chosen

    @staticmethod
    def initial_of(request: CooperationRequest) -> dict:
        together = [party.pk for party in request.co_parties.all()]
        return {"own_means": request.own_means, "contact": request.contact, "co_parties": together}


class SightForm(PageForm):
    """Page 6: whose knowledge is concerned, and therefore who may see it."""

    consent_required = forms.BooleanField(
        label=_("Traditional knowledge, or the consent of indigenous peoples or local communities, is concerned"),
        help_text=_("Only offers that follow protocols of prior informed consent are then suggested."),
        required=False,
    )
    consent_given = forms.BooleanField(
        label=_("Those whose knowledge it is agree that this request is public"),
        help_text=_("Without their consent it cannot be public; the network or only those concerned may see it."),
        required=False,
    )
    consent_notice = LongText(
        label=_("What everybody who reads it has to respect"),
        help_text=_(
            "Their notice, label or protocol, in their own words. It stands beside the request wherever it is shown. "
            "Leave it empty if no traditional knowledge is concerned."
        ),
        rows=3,
        required=False,
    )
    visibility = forms.ChoiceField(
        label=_("Who may see it, once the centre has accepted it?"),
        choices=Visibility.choices,
        widget=forms.RadioSelect,
        initial=Visibility.PUBLIC,
    )

    def clean(self):
        cleaned = super().clean()
        try:
            validate_consent(
                cleaned.get("visibility", ""), cleaned["consent_required"], cleaned.get("consent_given", False)
            )
        except forms.ValidationError as error:
            self.add_error("visibility", error)
        return cleaned

    @staticmethod
    def initial_of(request: CooperationRequest) -> dict:
        plain = ("consent_required", "consent_given", "consent_notice", "visibility")
        return {name: getattr(request, name) for name in plain}
