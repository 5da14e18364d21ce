"""The form on which a coordinator changes the weights of the score."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError
from accounts.form_fields import LongText

from ..actions import weights
from ..matching.records import CRITERIA

LABELS = {
    "text": _("Words and meaning"),
    "targets": _("Targets"),
    "subjects": _("Subjects"),
    "cooperation_types": _("Forms of cooperation"),
    "region": _("Region"),
    "language": _("Language"),
    "dates": _("Dates"),
    "budget": _("Budget"),
}


class WeightsForm(forms.Form):
    """Eight weights, the reason, and the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in CRITERIA:
            self.fields[name] = _weight(LABELS[name])
        self.fields["reason"] = LongText(
            label=_("Why do the weights change?"),
            help_text=_("One or two sentences. Everybody can read them on the page “How the score works”."),
            rows=3,
        )

    @property
    def weights(self):
        """The eight fields, to be shown side by side."""
        return [self[name] for name in CRITERIA]

    @property
    def values(self) -> dict[str, float]:
        return {name: self.cleaned_data[name] for name in CRITERIA}

    def clean(self):
        cleaned = super().clean()
        if all(name in cleaned for name in CRITERIA):
            try:
                weights.check({name: cleaned[name] for name in CRITERIA})
            except DomainError as error:
                raise forms.ValidationError(str(error)) from error
        return cleaned


def _weight(label):
    said = _("Write a number from 0 to 1, for example 0.35.")
    messages = {"invalid": said, "min_value": said, "max_value": said}
    widget = forms.NumberInput(attrs={"step": "0.01"})
    return forms.FloatField(label=label, min_value=0, max_value=1, widget=widget, error_messages=messages)


def proposed_in(query) -> dict[str, float]:
    """Weights that an address proposes, as the calibration page does; whatever is no weight is left out."""
    proposed = {}
    for name in CRITERIA:
        try:
            value = float(query.get(name, ""))
        except ValueError:
            continue
        if 0 <= value <= 1:
            proposed[name] = value
    return proposed
