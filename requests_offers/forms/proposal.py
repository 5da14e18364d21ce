"""The form of a joint proposal: words, partners and results line by line, and the lines of its budget."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import Day, Line, LongText
from accounts.texts import validate_line

from ..models import Language, ProposalLine, ProposalVersion
from ..validators import validate_period

MOST_ENTRIES, LONGEST_ENTRY = 30, 400
SPARE_LINES = 3
CURRENCIES = ["USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NOK", "SEK", "DKK", "JPY", "CNY", "INR", "BRL", "ZAR", "KRW"]


class Entries(LongText):
    """Several entries, one to a line."""

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        entries = [line.strip() for line in text.splitlines() if line.strip()]
        if len(entries) > MOST_ENTRIES:
            raise forms.ValidationError(
                _("Write at most %(most)s lines."), code="too_many", params={"most": MOST_ENTRIES}
            )
        if any(len(entry) > LONGEST_ENTRY for entry in entries):
            raise forms.ValidationError(
                _("Shorten each line to %(most)s characters."), code="too_long", params={"most": LONGEST_ENTRY}
            )
        return entries

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class ProposalForm(forms.Form):
    """One version of a joint proposal."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = Line(label=_("Title"))
    language = forms.ChoiceField(label=_("You write in"), choices=Language.choices)
    concept = LongText(
        label=_("Concept"),
        help_text=_("The problem, what you will do together, where, and why it will last."),
        rows=10,
        required=False,
    )
    partners = Entries(
        label=_("Partners"), help_text=_("Organizations, one to a line. No names of people."), rows=4, required=False
    )
    results = Entries(
        label=_("Expected results"),
        help_text=_("One to a line; each with how you will see it."),
        rows=5,
        required=False,
    )
    starts_on = Day(label=_("From"), required=False)
    ends_on = Day(label=_("Until"), required=False)
    currency = forms.ChoiceField(label=_("Currency of the budget"), choices=[(code, code) for code in CURRENCIES])
    is_shared = forms.BooleanField(
        label=_("Centres, verified providers and donors may read it once both have approved it"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("language", "currency"):
            known, field = self.initial.get(name), self.fields[name]
            if known and known not in dict(field.choices):  # type: ignore[attr-defined]
                field.choices = [*field.choices, (known, known)]  # type: ignore[attr-defined]

    def clean(self):
        cleaned = super().clean()
        try:
            validate_period(cleaned.get("starts_on"), cleaned.get("ends_on"))
        except forms.ValidationError as error:
            self.add_error("ends_on", error)
        return cleaned

    @staticmethod
    def initial_of(version: ProposalVersion) -> dict:
        names = ("title", "language", "concept", "partners", "results", "starts_on", "ends_on", "currency", "is_shared")
        return {name: getattr(version, name) for name in names}


class LineForm(forms.Form):
    """A line of the budget."""

    title = forms.CharField(
        label=_("What for"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        validators=[validate_line],
    )
    amount = forms.DecimalField(
        label=_("Amount"), min_value=0, max_digits=14, decimal_places=2, required=False, localize=True
    )
    source = forms.ChoiceField(label=_("Carried by"), choices=ProposalLine.Source, initial=ProposalLine.Source.SOUGHT)

    def clean(self):
        cleaned = super().clean()
        title, amount = cleaned.get("title"), cleaned.get("amount")
        if title and amount is None and "amount" not in self.errors:
            self.add_error("amount", _("Write the amount, or delete the line."))
        if amount is not None and not title and "title" not in self.errors:
            self.add_error("title", _("Say what the amount is for."))
        return cleaned


class LineFormSet(forms.BaseFormSet):
    """The lines of a budget; empty ones are left out."""

    @property
    def lines(self) -> list[dict]:
        """The lines that were filled in."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("title")]


Lines = forms.formset_factory(LineForm, formset=LineFormSet, extra=SPARE_LINES, max_num=40, absolute_max=60)
