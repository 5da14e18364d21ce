"""Fields that the forms of this room share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.texts import validate_lines
from centres.models import Constraint, CooperationType, Region, Subject, Target
from centres.models.names import LANGUAGE_CHOICES


class LongText(forms.CharField):
    """A text of several sentences, in whatever direction it is written."""

    def __init__(self, *, rows: int = 5, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
        told: dict[str, Any] = {"max_length": 5000, "widget": widget, "validators": [validate_lines]}
        super().__init__(**told | kwargs)


class Day(forms.DateField):
    """A day, with the calendar of the browser and as ISO 8601 without it."""

    def __init__(self, **kwargs: Any) -> None:
        message = {"invalid": _("Write the day as year, month and day: 2027-03-01.")}
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], error_messages=message, **kwargs)


class Ticks(forms.ModelMultipleChoiceField):
    """Ticked boxes for words of one vocabulary."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Target.objects.none(), **{"required": False, "widget": forms.CheckboxSelectMultiple} | kwargs)

    def label_from_instance(self, row: Any) -> str:
        return f"{row.number} {row.name}" if isinstance(row, Target) else str(row)


class Languages(forms.MultipleChoiceField):
    """Which of the six languages."""

    def __init__(self, **kwargs: Any) -> None:
        choices = list(LANGUAGE_CHOICES.items())
        super().__init__(choices=choices, widget=forms.CheckboxSelectMultiple, required=False, **kwargs)


def language_field(**kwargs: Any) -> forms.ChoiceField:
    """The language in which a text is written."""
    return forms.ChoiceField(choices=list(LANGUAGE_CHOICES.items()), **kwargs)


ROWS: dict[str, Any] = {
    "targets": lambda: Target.objects.current().in_order(),
    "subjects": lambda: Subject.objects.offered().by_name(),
    "regions": lambda: Region.objects.current().by_name(),
    "constraints": lambda: Constraint.objects.current().in_order(),
    "cooperation_types": lambda: CooperationType.objects.current().in_order(),
}


def fill_choices(form: forms.Form) -> None:
    """Give the fields of controlled words their rows, in the reader's language; called when a form is made."""
    for name, field in form.fields.items():
        if name in ROWS and isinstance(field, Ticks):
            field.queryset = ROWS[name]()
