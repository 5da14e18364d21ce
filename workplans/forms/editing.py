"""What people type about an activity, its results and its budget. The actions check again by the same rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.form_fields import Day, LongText
from accounts.texts import validate_line
from centres.models import CentreFunction, NationalPriority, Organization, Party, Target
from requests_offers.models import Component, Engagement, JointProposal

from ..models import BudgetLine, Category, Funding, Measure, Result
from .pledges import Amount

REVISION: dict[str, Any] = {"widget": forms.HiddenInput, "required": False}
LINE = forms.TextInput(attrs={"dir": "auto"})
MOST_INDICATORS = 3  # on one page; a fourth is added by saving and opening it again


class Coded(forms.MultipleChoiceField):
    """Several rows by their codes, in ticked boxes or a long list."""

    def __init__(self, *, tall=0, **kwargs):
        widget = forms.SelectMultiple(attrs={"size": tall}) if tall else forms.CheckboxSelectMultiple()
        super().__init__(required=False, widget=widget, **kwargs)


class ActivityForm(forms.Form):
    """One activity: what, for whom, with whom, when."""

    revision = forms.IntegerField(**REVISION)
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Title"), max_length=300, validators=[validate_line], widget=LINE)
    description = LongText(label=_("What will be done"), rows=6, required=False)
    is_essential = forms.BooleanField(
        label=_("Essential"),
        help_text=_("Leave it empty for what is nice to have. Donors look at essential activities first."),
        required=False,
    )
    starts_on = Day(label=_("From"), required=False)
    ends_on = Day(label=_("Until"), required=False)
    functions = Coded(label=_("Functions of the centre that it serves"))
    targets = Coded(label=_("Targets"))
    parties = Coded(label=_("Parties that it serves"), help_text=_("Hold Ctrl or Cmd to choose several."), tall=8)
    priorities = Coded(
        label=_("National priorities that it serves"), help_text=_("Hold Ctrl or Cmd to choose several."), tall=6
    )
    components = Coded(
        label=_("Needs of requests that it answers"), help_text=_("Hold Ctrl or Cmd to choose several."), tall=6
    )
    engagements = Coded(
        label=_("Engagements that it grows from"), help_text=_("Hold Ctrl or Cmd to choose several."), tall=4
    )
    partners = Coded(label=_("Partners"), help_text=_("Hold Ctrl or Cmd to choose several."), tall=6)
    other_partners = LongText(label=_("Other partners"), rows=2, required=False)

    def __init__(self, *args, version, user, **kwargs):
        super().__init__(*args, **kwargs)
        fill = {
            "functions": [(row.code, row.name) for row in CentreFunction.objects.current().order_by("number")],
            "targets": [(str(row.number), f"{row.number} {row.name}") for row in Target.objects.current().in_order()],
            "parties": [(row.iso2, row.name) for row in Party.objects.current().by_name()],
            "priorities": _priorities(version),
            "components": _needs(version, user),
            "engagements": _engagements(version, user),
            "partners": [(row.slug, row.name) for row in Organization.objects.current().by_name()],
        }
        for name, choices in fill.items():
            kept = [str(code) for code in self.initial.get(name) or []]
            known = {str(code) for code, _label in choices}
            self.fields[name].choices = [*choices, *((code, code) for code in kept if code not in known)]

    @property
    def said(self) -> dict:
        """The answers that can be kept, by the names that the action knows."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in {"revision", "form_key"}}
        return said | {name: [int(code) for code in said[name]] for name in ("targets", "priorities") if name in said}


def _priorities(version):
    rows = NationalPriority.objects.current().select_related("party")
    centre = version.workplan.centre_id
    if centre:
        rows = rows.filter(party__coverages__centre=centre, party__coverages__retired_on__isnull=True)
    return [(str(row.pk), f"{row.party.iso2} {row.code} {row.title}") for row in rows.order_by("party__iso2", "code")]


def _needs(version, user):
    """Needs of the requests that the centre holds; the coordinator's plan may answer any that is seen."""
    rows = Component.objects.visible_to(user).exclude(request__status="draft").select_related("request__party")
    centre = version.workplan.centre_id
    if centre:
        rows = rows.filter(request__centre=centre)
    return [(row.reference, f"{row.reference} {row.title}") for row in rows.order_by("-request", "number")[:300]]


def _engagements(version, user):
    rows = Engagement.objects.visible_to(user).select_related("match__component")
    centre = version.workplan.centre_id
    if centre:
        rows = rows.filter(match__component__request__centre=centre)
    return [(row.reference, f"{row.reference} {row.match.component.title}") for row in rows.order_by("-pk")[:200]]


class LineForm(forms.Form):
    """One budget line."""

    revision = forms.IntegerField(**REVISION)
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    category = forms.ChoiceField(label=_("Category"), choices=Category.choices)
    description = forms.CharField(
        label=_("What for"), max_length=300, required=False, validators=[validate_line], widget=LINE
    )
    amount = Amount(label=_("Amount"))
    currency = forms.CharField(label=_("Currency"), max_length=3, help_text=_("Three letters, such as USD or EUR."))
    rate_to_usd = forms.DecimalField(
        label=_("Dollars for one unit of it"),
        help_text=_("For another currency than the dollar. Without a rate the line is left out of sums in dollars."),
        max_digits=18,
        decimal_places=8,
        required=False,
    )
    rate_on = Day(label=_("Day of that rate"), required=False)
    rate_source = forms.CharField(
        label=_("Source of that rate"), max_length=200, required=False, validators=[validate_line]
    )
    funding = forms.ChoiceField(label=_("Who pays it?"), choices=Funding.choices, widget=forms.RadioSelect)
    funder = forms.ChoiceField(
        label=_("Funder"), required=False, help_text=_("Who has promised it, where the money is secured.")
    )
    staff_months = forms.DecimalField(
        label=_("Staff time in months"), max_digits=7, decimal_places=2, min_value=0, required=False
    )
    notes = LongText(label=_("Notes"), rows=2, required=False)

    def __init__(self, *args, version, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, str(year)) for year in version.workplan.period.years]
        funders = [(row.slug, row.name) for row in Organization.objects.current().by_name()]
        self.fields["funder"].choices = [("", _("Nobody yet")), *funders]

    def clean_currency(self):
        return self.cleaned_data["currency"].strip().upper()

    @property
    def said(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name not in {"revision", "form_key"}}

    @staticmethod
    def initial_of(line: BudgetLine) -> dict:
        names = LineForm.base_fields.keys() - {"form_key", "funder"}
        return {name: getattr(line, name) for name in names} | {"funder": line.funder.slug if line.funder else ""}


class ResultForm(forms.Form):
    """An output or outcome."""

    revision = forms.IntegerField(**REVISION)
    kind = forms.ChoiceField(label=_("Output or outcome?"), choices=Result.Kind.choices, widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("What will be there, or be different?"), max_length=300, validators=[validate_line], widget=LINE
    )
    description = LongText(label=_("Description"), rows=3, required=False)


class IndicatorForm(forms.Form):
    """An indicator: its baseline, and its target for each year of the plan."""

    reference = forms.CharField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label=_("Indicator"), max_length=300, validators=[validate_line], widget=LINE, required=False
    )
    measure = forms.ChoiceField(
        label=_("Counted together with other plans as"), choices=[("", _("nothing")), *Measure.choices], required=False
    )
    unit = forms.CharField(label=_("Unit"), max_length=60, required=False, widget=LINE, validators=[validate_line])
    is_cumulative = forms.BooleanField(label=_("Each year adds to the years before"), required=False, initial=True)
    baseline = forms.DecimalField(
        label=_("Baseline"),
        max_digits=18,
        decimal_places=4,
        required=False,
        help_text=_("0 where nothing is there yet."),
    )
    baseline_year = forms.IntegerField(label=_("Year of the baseline"), required=False, min_value=1990, max_value=2100)
    source = forms.CharField(
        label=_("Means of verification"), max_length=300, required=False, widget=LINE, validators=[validate_line]
    )

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.years = years
        for year in years:
            self.fields[f"target_{year}"] = forms.DecimalField(
                label=_("Target %(year)s") % {"year": year}, max_digits=18, decimal_places=4, required=False
            )

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("title") and any(cleaned.get(f"target_{year}") is not None for year in self.years):
            self.add_error("title", _("Name the indicator whose target you give."))
        return cleaned

    @property
    def said(self) -> dict | None:
        """The indicator as the action takes it; None for an empty form."""
        given = self.cleaned_data
        if not given.get("title"):
            return None
        plain = ("title", "measure", "unit", "is_cumulative", "baseline", "baseline_year", "source")
        said = {name: given.get(name) for name in plain}
        said["baseline"] = None if said["baseline"] is None else str(said["baseline"])
        said["targets"] = [
            {"year": year, "value": str(given[f"target_{year}"])}
            for year in self.years
            if given.get(f"target_{year}") is not None
        ]
        return said | ({"reference": given["reference"]} if given.get("reference") else {})

    @staticmethod
    def initial_of(indicator: dict) -> dict:
        targets = {f"target_{one['year']}": one["value"] for one in indicator["targets"]}
        return (
            {name: indicator.get(name) for name in ("reference", "title", "measure", "unit", "is_cumulative")}
            | {name: indicator.get(name) for name in ("baseline", "baseline_year", "source")}
            | targets
        )


def _proposals(version, user):
    """Joint proposals that both sides have approved."""
    rows = JointProposal.objects.visible_to(user).ready().select_related("current")
    centre = version.workplan.centre_id
    if centre:
        rows = rows.filter(match__component__request__centre=centre)
    return [(row.reference, f"{row.reference} {row.title}") for row in rows.order_by("-pk")[:200]]


class WhichDraftForm(forms.Form):
    """The draft in which something becomes an activity."""

    draft: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("In the draft of which plan?"), queryset=None, empty_label=None
    )

    def __init__(self, *args, drafts, **kwargs):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["draft"]
        field.queryset = drafts
        field.label_from_instance = lambda row: f"{row.workplan.reference} {row.title}"


class NeedForm(forms.Form):
    """A need of a request, an engagement or a joint proposal that becomes an activity."""

    source = forms.ChoiceField(label=_("Make an activity of"))

    def __init__(self, *args, version, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [
            ("", _("Choose a need, an engagement or a joint proposal")),
            (_("Needs of requests"), _needs(version, user)),
            (_("Engagements"), _engagements(version, user)),
            (_("Joint proposals"), _proposals(version, user)),
        ]
