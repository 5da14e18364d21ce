"""What a head says about a paper of its centre or host."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.texts import validate_line
from centres.models import LANGUAGE_CHOICES, Organization

from ..models import Audience, DocumentKind
from ..models.host_document import FIRST_YEAR, LAST_YEAR


class HostDocumentForm(forms.Form):
    """A paper with its kind, year and readers."""

    document = forms.FileField(label=_("File"), help_text=_("PDF, picture or office file of at most 10 MB."))
    kind = forms.ChoiceField(label=_("What it is"), choices=DocumentKind.choices)
    title = forms.CharField(
        label=_("Title"), max_length=200, validators=[validate_line], help_text=_("As donors should read it.")
    )
    year = forms.IntegerField(
        label=_("Year"), min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False,
        help_text=_("The year that it is about."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGE_CHOICES)
    organization = forms.ModelChoiceField(
        label=_("Of which institution?"), queryset=Organization.objects.none(), required=False,
        empty_label=_("The centre itself"), to_field_name="slug",
    )  # fmt: skip
    audience = forms.ChoiceField(
        label=_("Who may read it?"), choices=Audience.choices, widget=forms.RadioSelect, initial=Audience.DONORS
    )

    def __init__(self, *args, hosts, **kwargs):
        super().__init__(*args, **kwargs)
        if not hosts:
            del self.fields["organization"]
            return
        self.fields["organization"].queryset = Organization.objects.filter(pk__in=[row.pk for row in hosts]).by_name()

    @property
    def said(self) -> dict:
        """What the action takes."""
        file = self.cleaned_data["document"]
        return {"organization": None} | self.cleaned_data | {"document": file, "name": file.name}
