"""Fields that the forms of projects and opportunities share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.texts import validate_line
from centres.models import LANGUAGE_CHOICES, CooperationType, Party, Region, Subject, Target

from ..validators_registry import validate_currency, validate_text


class Line(forms.CharField):
    """One line, in whatever direction it is written."""

    def __init__(self, *, max_length: int = 200, **kwargs: Any):
        widget = forms.TextInput(attrs={"dir": "auto"})
        super().__init__(max_length=max_length, widget=widget, validators=[validate_line], **kwargs)


class LongText(forms.CharField):
    """A text of several sentences."""

    def __init__(self, *, rows: int = 6, **kwargs: Any):
        widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
        super().__init__(widget=widget, validators=[validate_text], **kwargs)


class Day(forms.DateField):
    """A day, with the calendar of the browser and as ISO 8601 without it."""

    def __init__(self, **kwargs: Any):
        message = {"invalid": _("Write the day as year, month and day: 2027-03-01.")}
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], error_messages=message, **kwargs)


class Amount(forms.DecimalField):
    """An amount of money."""

    def __init__(self, **kwargs: Any):
        super().__init__(max_digits=14, decimal_places=2, min_value=0, required=False, **kwargs)


class Currency(forms.CharField):
    """The three letters of a currency; small letters will do."""

    def __init__(self, **kwargs: Any):
        widget = forms.TextInput(attrs={"size": 4, "autocapitalize": "characters"})
        super().__init__(max_length=3, required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        code = (super().clean(value) or "").upper()
        if code:
            validate_currency(code)
        return code


class WebAddress(forms.URLField):
    """The address of a page; typed without its beginning, it is read as https."""

    def __init__(self, **kwargs: Any):
        super().__init__(max_length=500, assume_scheme="https", **kwargs)


class TargetField(forms.ModelMultipleChoiceField):
    """The targets of the Framework, in their order."""

    def __init__(self, **kwargs: Any):
        kwargs = {"label": _("Targets"), "required": False, "widget": forms.CheckboxSelectMultiple} | kwargs
        super().__init__(Target.objects.none(), **kwargs)

    def label_from_instance(self, target: Any) -> str:
        return f"{target.number} {target.name}"


def many(model: Any, label: Any, *, ticked: bool = False, **kwargs: Any) -> forms.ModelMultipleChoiceField:
    """Several rows of one vocabulary: ticked boxes, or the list of the browser where they are many."""
    widget = forms.CheckboxSelectMultiple() if ticked else forms.SelectMultiple(attrs={"size": 8})
    kwargs = {"required": False, "widget": widget} | kwargs
    return forms.ModelMultipleChoiceField(model.objects.none(), label=label, **kwargs)


def language_field(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=LANGUAGE_CHOICES)


ROWS: dict[str, Any] = {
    "targets": lambda: Target.objects.current().in_order(),
    "subjects": lambda: Subject.objects.offered().by_name(),
    "cooperation_types": lambda: CooperationType.objects.current().in_order(),
    "party": lambda: Party.objects.current().by_name(),
    "co_parties": lambda: Party.objects.current().by_name(),
    "parties": lambda: Party.objects.current().by_name(),
    "regions": lambda: Region.objects.current().by_name(),
}


def fill_choices(form: forms.Form) -> None:
    """Give the fields of controlled words their rows, in the reader's language; called when a form is made."""
    for name, field in form.fields.items():
        if name in ROWS and isinstance(field, forms.ModelChoiceField):
            field.queryset = ROWS[name]()


def tell_faults(form: forms.Form, name: str, check: Any, *values: Any) -> None:
    """Put what a rule refuses beside the field to which it belongs."""
    try:
        check(*values)
    except forms.ValidationError as error:
        form.add_error(name if name in form.fields else None, error)
