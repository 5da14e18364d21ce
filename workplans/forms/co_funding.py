"""Files of IATI activities, and what a centre does with what they report."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import LongText
from requests_offers.forms.approaches import SeveralFiles, SeveralFilesInput

MOST_FILES = 10


class UploadForm(forms.Form):
    """One file or several, for one of the centres for which somebody works."""

    centre = forms.ChoiceField(label=_("For which centre?"))
    chosen = SeveralFiles(
        label=_("Files of IATI activities"),
        help_text=_(
            "As .xml, version 2.01 to 2.03; older versions are read as far as possible. Ten at most, 20 MB each."
        ),
        widget=SeveralFilesInput(attrs={"accept": ".xml"}),
        max_length=1000,
        allow_empty_file=True,
    )
    with_ended = forms.BooleanField(label=_("Also propose work that had ended before your plans began"), required=False)

    def __init__(self, *args, centres, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["centre"].choices = centres
        if len(centres) == 1:
            self.fields["centre"].widget = forms.HiddenInput()
            self.fields["centre"].initial = centres[0][0]

    def clean_chosen(self):
        """Some, and not too many at once."""
        files = self.cleaned_data["chosen"]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("Choose ten files at most; upload the others afterwards."), "too_many")
        return files


class AcceptForm(forms.Form):
    """What it pays for: a whole plan or one of its activities."""

    part = forms.ChoiceField(label=_("What does it pay for, in part?"))
    text = LongText(label=_("What you know about it"), rows=3, required=False)

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = choices


class DismissForm(forms.Form):
    """Why it does not belong to the plans of the centre."""

    text = LongText(label=_("Why does it not belong to your plans?"), rows=3)


class NothingForm(forms.Form):
    """A step that asks for nothing."""
