"""Forms of opportunities."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import Day, Line
from accounts.forms import time_zones
from centres.models import LANGUAGE_CHOICES, PartyFlag, language_of

from ..models import Opportunity, Programme
from ..validators import validate_amount, validate_days, validate_reach
from .fields import Amount, Currency, LongText, Several, Ticks, WebAddress, fill_choices, language_field, tell_faults


class OpportunityForm(forms.Form):
    """What a third party offers, to whom, and until when."""

    kind = forms.ChoiceField(label=_("What it is"), choices=Opportunity.Kind.choices, widget=forms.RadioSelect)
    title = Line(label=_("Title"))
    organizer = Line(label=_("Who offers it"))
    programme = forms.ModelChoiceField(
        Programme.objects.none(), label=_("Part of a programme"), required=False, empty_label=_("None")
    )
    summary = LongText(
        label=_("What it offers"), help_text=_("In a few sentences: what one gets, who can apply, what is asked for.")
    )
    language = language_field(_("Written in"))
    url = WebAddress(label=_("Address of its page"), help_text=_("The page of whoever offers it."))
    has_deadline = forms.TypedChoiceField(
        label=_("Is there a deadline?"), choices=[("yes", _("Yes")), ("no", _("No: applications at any time"))],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect, initial="yes",
    )  # fmt: skip
    closes_on = Day(label=_("Deadline"), required=False)
    closes_time = forms.TimeField(
        label=_("Hour"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Left empty: the end of the day."),
    )  # fmt: skip
    time_zone = forms.ChoiceField(
        label=_("Time zone of the deadline"), help_text=_("Where whoever offers it sits."), initial="UTC"
    )
    worldwide = forms.BooleanField(label=_("All countries may apply"), required=False)
    regions = Several(label=_("Regions whose countries may apply"))
    parties = Several(label=_("Countries that may apply"))
    flags = forms.MultipleChoiceField(
        label=_("Only for"), required=False, choices=PartyFlag.Kind.choices, widget=forms.CheckboxSelectMultiple
    )
    targets = Ticks(label=_("Targets of the Framework"))
    subjects = Several(label=_("Subjects"))
    cooperation_types = Ticks(label=_("Forms of cooperation"))
    languages = forms.MultipleChoiceField(
        label=_("Languages of applications"), required=False, choices=LANGUAGE_CHOICES,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    amount = Amount(label=_("Up to how much"))
    currency = Currency(label=_("Currency"))
    starts_on = Day(label=_("Begins on"), required=False, help_text=_("Of a training or a fair."))
    ends_on = Day(label=_("Ends on"), required=False)
    place = Line(label=_("Place"), required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, opportunity: Opportunity | None = None, **kwargs: Any):
        first = {"language": language_of(get_language()), "form_key": uuid4(), "kind": Opportunity.Kind.CALL}
        initial = first | (initial_of(opportunity) if opportunity else {})
        super().__init__(*args, **{**kwargs, "initial": initial})
        fill_choices(self)
        fields: Any = self.fields
        fields["programme"].queryset = Programme.objects.current().by_name()
        fields["time_zone"].choices = time_zones()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("has_deadline") and not cleaned.get("closes_on") and "closes_on" not in self.errors:
            self.add_error("closes_on", _("Give the day, or say that there is no deadline."))
        tell_faults(self, "ends_on", validate_days, cleaned.get("starts_on"), cleaned.get("ends_on"))
        if "currency" not in self.errors and "amount" not in self.errors:
            tell_faults(self, "amount", validate_amount, cleaned.get("amount"), cleaned.get("currency", ""))
        named = cleaned.get("parties") or (), cleaned.get("regions") or ()
        tell_faults(self, "worldwide", validate_reach, cleaned.get("worldwide", False), *named)
        return cleaned

    @property
    def said(self) -> dict[str, Any]:
        """The answers by the names that the actions know."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "form_key"}
        return said | {"flags": spaced(said["flags"])}


def spaced(flags: Any) -> str:
    """Statuses as the column keeps them: each with a space before and after it."""
    return f" {' '.join(flags)} " if flags else ""


def initial_of(opportunity: Opportunity) -> dict[str, Any]:
    """What an opportunity says now."""
    plain = (
        "kind", "title", "organizer", "programme", "summary", "language", "url", "closes_on", "closes_time",
        "time_zone", "worldwide", "languages", "amount", "currency", "starts_on", "ends_on", "place",
    )  # fmt: skip
    sets = ("regions", "parties", "targets", "subjects", "cooperation_types")
    found = {name: getattr(opportunity, name) for name in plain}
    found |= {name: [one.pk for one in getattr(opportunity, name).all()] for name in sets}
    return found | {"flags": opportunity.flag_list, "has_deadline": "yes" if opportunity.has_deadline else "no"}


class RenewForm(forms.Form):
    """A new deadline."""

    until = Day(label=_("New deadline"))


class RefuseForm(forms.Form):
    """Why an opportunity is not shown."""

    reason = LongText(label=_("Why"), rows=3, help_text=_("Whoever suggested it reads this."))
