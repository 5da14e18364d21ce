"""The form of a national priority."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.texts import validate_line
from centres.models import LANGUAGE_CHOICES, NationalPriority, Target
from centres.models.priority import EARLIEST_YEAR, LATEST_YEAR


class _Targets(forms.ModelMultipleChoiceField):
    """The targets of the Framework, in their order."""

    def label_from_instance(self, target):
        return f"{target.number} {target.name}"


def _year(label, **more):
    return forms.IntegerField(label=label, required=False, min_value=EARLIEST_YEAR, max_value=LATEST_YEAR, **more)


class PriorityForm(forms.Form):
    """A national target or an action of the strategy, in the country's own words."""

    kind = forms.ChoiceField(label=_("What it is"), choices=NationalPriority.Kind.choices, widget=forms.RadioSelect)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("As in your strategy or report. For example: NT 6, or Action 3.2."),
        validators=[validate_line],
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=300,
        help_text=_("In its own words."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
        validators=[validate_line],
    )
    language = forms.ChoiceField(label=_("Written in"), choices=LANGUAGE_CHOICES)
    targets = _Targets(
        Target.objects.none(),
        label=_("Targets of the Framework to which it contributes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    from_year = _year(_("From the year"))
    until_year = _year(_("Until the year"), help_text=_("The last year in which it holds. Empty: no end is known."))
    source = forms.CharField(
        label=_("Where it stands"),
        max_length=500,
        help_text=_("The document with its year and page. For example: national strategy 2025–2030, page 14."),
        validators=[validate_line],
    )
    url = forms.URLField(label=_("Address of the document"), max_length=500, required=False, assume_scheme="https")

    def __init__(self, *args, priority=None, **kwargs):
        super().__init__(*args, **kwargs, initial=initial_of(priority))
        self.fields["targets"].queryset = Target.objects.current().in_order()
        known = self.initial.get("language")
        if known and known not in LANGUAGE_CHOICES:
            self.fields["language"].choices = [*LANGUAGE_CHOICES.items(), (known, known)]

    def clean(self):
        cleaned = super().clean()
        begins, ends = cleaned.get("from_year"), cleaned.get("until_year")
        if begins and ends and ends < begins:
            self.add_error("until_year", _("Choose a last year that is not before the first year."))
        return cleaned


def initial_of(priority):
    """What a priority says now; the kind chosen most often for a new one."""
    if priority is None:
        return {"kind": NationalPriority.Kind.NATIONAL_TARGET}
    plain = ("kind", "code", "title", "language", "from_year", "until_year", "source", "url")
    return {name: getattr(priority, name) for name in plain} | {"targets": [one.pk for one in priority.targets.all()]}
