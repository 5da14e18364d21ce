"""Forms with which a person claims an office or an organization, and with which somebody decides."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Claim
from accounts.models.membership import OfficeKind
from accounts.permissions import Role
from accounts.texts import validate_line, validate_lines
from centres.models import Organization, Party

OFFICE_ROLES = {
    Role.FOCAL_POINT: _("Focal point: I am the person whom my government has named"),
    Role.DEPUTY: _("Deputy: I act for the focal point, with the same rights"),
    Role.DRAFTER: _("Drafter: I prepare requests that the office then submits"),
}
ORGANIZATION_ROLES = {
    Role.PROVIDER: _("Provider: we have knowledge, data or technology to offer"),
    Role.DONOR: _("Donor: we look for workplans and needs to fund"),
}
HITS = 12


class EvidenceField(forms.CharField):
    """How a claim can be checked, in the person's own words."""

    def __init__(self):
        super().__init__(
            label=_("How can we check this?"),
            help_text=_(
                "For example: the letter or notification that names you, your page on the organization’s website, or a "
                "colleague in the portal who knows you. Only those who decide about your claim read this."
            ),
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 4}),
            validators=[validate_lines],
        )


class OfficeClaimForm(forms.Form):
    """The claim of an office of a Party."""

    party = forms.ModelChoiceField(
        label=_("Country or other Party"), queryset=Party.objects.none(), empty_label=_("Choose a Party")
    )
    office_kind = forms.ChoiceField(label=_("Office"), choices=[("", _("Choose an office")), *OfficeKind.choices])
    role = forms.ChoiceField(label=_("Your role in it"), choices=OFFICE_ROLES, widget=forms.RadioSelect)
    evidence = EvidenceField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = Party.objects.current().by_name()


class OrganizationSearchForm(forms.Form):
    """Looking for one's organization before claiming it, so that it does not come to be twice."""

    q = forms.CharField(
        label=_("Name or acronym of your organization"),
        max_length=200,
        help_text=_("We first look whether the network knows it already."),
    )


class OrganizationClaimForm(forms.Form):
    """The claim of an organization: one of those found, or a new one with its kind and its seat."""

    NEW = "new"

    organization = forms.ChoiceField(label=_("Your organization"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("Official name"), max_length=200, required=False, validators=[validate_line])
    kind = forms.ChoiceField(
        label=_("Kind of organization"), choices=[("", _("Choose a kind")), *Organization.Kind.choices], required=False
    )
    seat = forms.ModelChoiceField(
        label=_("Country of its seat"), queryset=Party.objects.none(), required=False, empty_label=_("Choose a Party")
    )
    role = forms.ChoiceField(label=_("What brings you here"), choices=ORGANIZATION_ROLES, widget=forms.RadioSelect)
    evidence = EvidenceField()

    def __init__(self, *args, query, **kwargs):
        super().__init__(*args, **kwargs)
        self.found = {organization.slug: organization for organization in _hits(query)}
        known = [(slug, _label(organization)) for slug, organization in self.found.items()]
        self.fields["organization"].choices = [*known, (self.NEW, _("None of these: it is new to the network"))]
        self.fields["seat"].queryset = Party.objects.current().by_name()
        self.fields["name"].initial = query
        if not known:
            self.fields["organization"].initial = self.NEW

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("organization") == self.NEW:
            self._need("name", _("Write the official name of your organization."))
            self._need("kind", _("Choose what kind of organization it is."))
            self._need("seat", _("Choose the country where it has its seat."))
        return cleaned

    def _need(self, name, sentence):
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, sentence)

    @property
    def known(self):
        """The organization that was chosen; None when it is new."""
        return self.found.get(self.cleaned_data["organization"])


def _hits(query: str) -> list[Organization]:
    return list(Organization.objects.current().search(query).select_related("party").by_name()[:HITS])


def _label(organization: Organization) -> str:
    words = [organization.name, organization.acronym, organization.party.name if organization.party else ""]
    return ", ".join(word for word in words if word)


class RefusalForm(forms.Form):
    """Why a claim cannot be verified."""

    reason = forms.CharField(
        label=_("Why can it not be verified?"),
        help_text=_("The person reads this sentence. Say what would help."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[validate_lines],
    )

    def __init__(self, *args, claim: Claim, **kwargs):
        super().__init__(*args, **kwargs)
        self.claim = claim
