"""Declaring a conflict of interest; merging an organization that is in the network twice."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import LongText
from centres.models import Expert, Organization, Party

from ..models import CooperationRequest


class ConflictForm(forms.Form):
    """With whom there is a conflict: a Party, a request or an organization."""

    expert = forms.ModelChoiceField(
        label=_("Who declares it?"),
        queryset=Expert.objects.none(),
        required=False,
        empty_label=_("The whole organization"),
    )
    with_party = forms.ModelChoiceField(
        label=_("With a Party"), queryset=Party.objects.none(), to_field_name="iso2", required=False,
        empty_label=_("Not chosen"),
    )  # fmt: skip
    with_request = forms.CharField(
        label=_("With a request"), help_text=_("Its reference, for example REQ-000042."), max_length=20, required=False
    )
    with_organization = forms.CharField(
        label=_("With an organization"),
        help_text=_("Its address or its full name, as in the directory."),
        max_length=250,
        required=False,
    )
    reason = LongText(
        label=_("Why"),
        help_text=_("Centres and the coordinator read this. It is never public."),
        rows=3,
        required=False,
    )

    def __init__(self, *args, organization, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["expert"].queryset = organization.experts.order_by("role")
        self.fields["with_party"].queryset = Party.objects.current().by_name()

    def clean_with_request(self):
        reference = self.cleaned_data["with_request"].strip().upper()
        if not reference:
            return None
        found = CooperationRequest.objects.visible_to(self.user).by_reference(reference).first()
        if found is None:
            raise forms.ValidationError(_("There is no request with this reference. It looks like REQ-000042."))
        return found

    def clean_with_organization(self):
        return organization_named(self.cleaned_data["with_organization"], self.user)

    def clean(self):
        cleaned = super().clean()
        named = [cleaned.get(name) for name in ("with_party", "with_request", "with_organization")]
        if not self.errors and sum(one is not None for one in named) != 1:
            self.add_error(
                "with_party", _("Name one Party, one request or one organization; for several, declare each.")
            )
        return cleaned


def organization_named(text: str, user) -> Organization | None:
    """The organization with this address or this name; None for an empty text."""
    text = text.strip()
    if not text:
        return None
    rows = Organization.objects.current().visible_to(user)
    found = rows.filter(slug=text.lower()).first() or rows.filter(name__iexact=text).order_by("pk").first()
    if found is None:
        raise forms.ValidationError(_("There is no organization with this address or name in the directory."))
    return found


class MergeForm(forms.Form):
    """Which organization goes, and which one stays."""

    duplicate = forms.CharField(
        label=_("The one that goes"),
        help_text=_("Its address or its full name. Its page will lead to the other one."),
        max_length=250,
    )
    kept = forms.CharField(label=_("The one that stays"), help_text=_("Its address or its full name."), max_length=250)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_duplicate(self):
        return organization_named(self.cleaned_data["duplicate"], self.user)

    def clean_kept(self):
        return organization_named(self.cleaned_data["kept"], self.user)
