"""Forms of the page on which Parties stand behind a request, and of filings elsewhere."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import LongText
from accounts.texts import validate_line
from centres.models import Party

from ..models import Attachment, Filing, FilingStatus, Mechanism


class DeclineForm(forms.Form):
    """Why an office does not join."""

    reason = LongText(
        label=_("Why not?"), help_text=_("The office that asked reads this. It may stay empty."), rows=2, required=False
    )


class LetterForm(forms.Form):
    """An official letter that speaks for a Party: one that is attached already, or a scan of it."""

    party = forms.ModelChoiceField(label=_("For which Party"), queryset=Party.objects.none(), empty_label=None)
    letter = forms.ModelChoiceField(
        label=_("Letter that is attached already"),
        queryset=Attachment.objects.none(),
        required=False,
        empty_label=_("None: I attach it here"),
    )
    file = forms.FileField(
        label=_("Scanned letter"),
        help_text=_("PDF, PNG or JPEG; 10 MB at most. It is kept with the files of the request and never public."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        max_length=1000,
        required=False,
    )

    def __init__(self, *args, parties, letters, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = parties
        self.fields["letter"].queryset = letters
        if not letters.exists():
            del self.fields["letter"]

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("letter") and not cleaned.get("file"):
            self.add_error("file", _("Choose the letter, or attach it."))
        return cleaned


class FilingForm(forms.Form):
    """A request at another mechanism."""

    mechanism = forms.ChoiceField(label=_("Where"), choices=[("", _("Choose a mechanism")), *Mechanism.choices])
    name = forms.CharField(
        label=_("Its name, if it is another one"), max_length=120, required=False, validators=[validate_line]
    )
    external_id = forms.CharField(
        label=_("Reference there"),
        max_length=120,
        required=False,
        help_text=_("The number under which they know it. It lets both sides find the same request."),
        validators=[validate_line],
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    status = forms.ChoiceField(label=_("How far it is there"), choices=FilingStatus.choices, initial=FilingStatus.FILED)
    url = forms.URLField(label=_("Address of the page there"), max_length=500, required=False, assume_scheme="https")

    def __init__(self, *args, filing: Filing | None = None, **kwargs):
        names = ("mechanism", "name", "external_id", "status", "url")
        known = {name: getattr(filing, name) for name in names} if filing else {}
        super().__init__(*args, **{"initial": known} | kwargs)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("mechanism") == Mechanism.OTHER and not cleaned.get("name"):
            self.add_error("name", _("Write the name of the mechanism."))
        if cleaned.get("mechanism") != Mechanism.OTHER:
            cleaned["name"] = ""
        return cleaned
