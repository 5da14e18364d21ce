"""Forms of the coordinator: how long each side has, and who takes a late request on."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import LongText
from centres.models import SupportCentre

from ..actions.clock_lengths import LONGEST, SHORTEST
from ..models import Clock

HELPDESK = "helpdesk"


class ClocksForm(forms.Form):
    """The length of every clock, and why it changes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for clock in Clock:
            self.fields[clock.value] = forms.IntegerField(
                label=clock.label,
                min_value=SHORTEST,
                max_value=LONGEST,
                error_messages={"invalid": _("Write a number of working days.")},
            )
        self.fields["reason"] = LongText(
            label=_("Why does the time change?"), help_text=_("It stays in the record."), rows=3, max_length=1000
        )

    @property
    def lengths(self) -> dict[Clock, int]:
        return {clock: self.cleaned_data[clock.value] for clock in Clock}


class LateForm(forms.Form):
    """To whom a late request goes, and why."""

    centre = forms.ChoiceField(label=_("Hand it to"))
    reason = LongText(
        label=_("Reason"), help_text=_("The centre that was late reads it, and it stays in the record."), rows=3
    )

    def __init__(self, *args, holder=None, **kwargs):
        super().__init__(*args, **kwargs)
        centres = SupportCentre.objects.current().operating().by_name()
        known = [(centre.slug, centre.name) for centre in centres if centre != holder]
        helpdesk = [(HELPDESK, _("The coordinator’s helpdesk"))] if holder else []
        self.fields["centre"].choices = [("", _("Choose a centre")), *known, *helpdesk]

    @property
    def centre_chosen(self) -> SupportCentre | None:
        """The centre; None for the helpdesk."""
        return SupportCentre.objects.filter(slug=self.cleaned_data["centre"]).first()
