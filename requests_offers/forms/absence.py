"""The form on which somebody says that the holder of a role is away."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import Day
from accounts.texts import validate_line


class AbsenceForm(forms.Form):
    """From when to when, and a word for colleagues."""

    starts_on = Day(label=_("First day away"))
    ends_on = Day(label=_("Last day away"))
    note = forms.CharField(
        label=_("A word for your colleagues"),
        required=False,
        max_length=200,
        help_text=_("Only the office reads it."),
        validators=[validate_line],
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = timezone.now().date()

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Choose a day that is not before the first day away."))
        elif last and last < timezone.now().date():
            self.add_error("ends_on", _("Choose today or a later day."))
        return cleaned
