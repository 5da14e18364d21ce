"""Forms with which an office keeps its commitments and key players, and the coordinator a programme."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import Day, Line
from centres.models import Confidence, Organization, language_of

from ..models import Commitment, Programme
from ..models.commitment import EARLIEST_YEAR, LATEST_YEAR
from .fields import LongText, Ticks, WebAddress, fill_choices, language_field


class CommitmentForm(forms.Form):
    """A commitment of a Party."""

    scope = forms.ChoiceField(label=_("Whose"), choices=Commitment.Scope.choices, widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=_("What it is"), choices=Commitment.Kind.choices)
    title = Line(label=_("Title"), max_length=300, help_text=_("In its own words."))
    language = language_field(_("Written in"))
    year = forms.IntegerField(
        label=_("Year"), required=False, min_value=EARLIEST_YEAR, max_value=LATEST_YEAR,
        help_text=_("When it was adopted or announced."),
    )  # fmt: skip
    url = WebAddress(label=_("Address of the source"))
    targets = Ticks(label=_("Targets of the Framework to which it contributes"))

    def __init__(self, *args: Any, row: Commitment | None = None, **kwargs: Any):
        known: dict[str, Any] = {"language": language_of(), "scope": Commitment.Scope.NATIONAL}
        if row:
            known = {name: getattr(row, name) for name in ("scope", "kind", "title", "language", "year", "url")}
            known["targets"] = [target.pk for target in row.targets.all()]
        super().__init__(*args, **{**kwargs, "initial": known})
        fill_choices(self)


class KeyPlayerForm(forms.Form):
    """An organization that matters in a country."""

    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=_("Organization of the directory"), required=False,
        empty_label=_("Not in the directory"),
    )  # fmt: skip
    name = Line(label=_("Name"), max_length=250, required=False, help_text=_("If it is not in the directory."))
    role = Line(label=_("What it does for biodiversity in the country"), max_length=300)
    url = WebAddress(label=_("Address of its page"), required=False)

    def __init__(self, *args: Any, party: Any, row: Any = None, **kwargs: Any):
        names = ("organization", "name", "role", "url")
        initial = {name: getattr(row, name) for name in names} if row else None
        super().__init__(*args, **{**kwargs, "initial": initial})
        rows = Organization.objects.current().filter(is_verified=True, party__in=[party.pk])
        self.fields["organization"].queryset = rows.by_name()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("organization") and not cleaned.get("name"):
            self.add_error("name", _("Choose an organization of the directory, or write its name."))
        return cleaned


class ProgrammeForm(forms.Form):
    """What is said of a programme, with its day and its source."""

    name = Line(label=_("Name"))
    acronym = Line(label=_("Acronym"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Programme.Kind.choices)
    held_by = Line(label=_("Who runs it"), required=False)
    about = LongText(label=_("What it is"))
    standing = forms.ChoiceField(label=_("How it stands"), choices=Programme.Standing.choices)
    standing_note = Line(label=_("How it stands, in words"), max_length=400, required=False)
    as_of = Day(label=_("As of"))
    confidence = forms.ChoiceField(label=_("How sure this is"), choices=Confidence.choices)
    eligibility = LongText(label=_("Who may apply"), rows=4)
    how_to_apply = LongText(label=_("How to apply"), rows=4)
    url = WebAddress(label=_("Address"))
    source = Line(label=_("Source"), max_length=500)

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any):
        initial = {name: getattr(programme, name) for name in self.base_fields}
        super().__init__(*args, **{**kwargs, "initial": initial})
