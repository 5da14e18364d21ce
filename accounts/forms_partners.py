"""Forms of the page for partner systems."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from . import feed
from .actions.webhooks import check_address
from .texts import validate_line

CHANGES = [("changed", _("A record is new or has changed")), ("gone", _("A record is gone"))]


class ServiceAccountForm(forms.Form):
    """A new account for a partner system."""

    organization: Any = forms.ModelChoiceField(label=_("Organization"), queryset=None, empty_label=None)
    name = forms.CharField(
        label=_("Name of the system"),
        max_length=100,
        help_text=_("It stands beside what the system does here, so choose a name that colleagues know."),
        validators=[validate_line],
    )

    def __init__(self, *args: Any, organizations: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organization"]
        field.queryset = organizations
        if len(organizations) == 1:
            field.initial, field.widget = organizations[0].pk, forms.HiddenInput()


class WebhookForm(forms.Form):
    """Where to call, and what for."""

    owner = forms.ChoiceField(
        label=_("On behalf of"), help_text=_("The receiver hears of what this account may see, and of nothing else.")
    )
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("So that you recognize it later."), validators=[validate_line]
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Begins with https:// and can be reached from everywhere."),
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "url", "autocomplete": "off"}),
        validators=[validate_line],
    )
    types = forms.MultipleChoiceField(
        label=_("Kinds of records"),
        required=False,
        help_text=_("Tick none to hear of all."),
        widget=forms.CheckboxSelectMultiple,
    )
    changes = forms.MultipleChoiceField(
        label=_("What happens to them"),
        choices=CHANGES,
        required=False,
        help_text=_("Tick none to hear of both."),
        widget=forms.CheckboxSelectMultiple,
    )
    parties = forms.CharField(
        label=_("Only these countries"),
        required=False,
        max_length=600,
        help_text=_("Codes of two letters, separated by commas, such as FJ, TO. Empty: all."),
        widget=forms.TextInput(attrs={"dir": "ltr"}),
        validators=[validate_line],
    )

    def __init__(self, *args: Any, owners: list[tuple[str, str]] | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        types: Any = self.fields["types"]
        types.choices = [(name, kind.label) for name, kind in feed.kinds().items()]
        if owners is None:
            del self.fields["owner"]
        else:
            owner: Any = self.fields["owner"]
            owner.choices = owners

    def clean_url(self) -> str:
        check_address(self.cleaned_data["url"])
        return self.cleaned_data["url"]

    def clean_parties(self) -> list[str]:
        codes = [code.strip().upper() for code in self.cleaned_data["parties"].split(",") if code.strip()]
        if any(len(code) != 2 or not code.isascii() or not code.isalnum() for code in codes):
            raise forms.ValidationError(_now("Write codes of two letters, separated by commas."), code="invalid")
        return codes
