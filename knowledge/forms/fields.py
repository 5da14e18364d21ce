"""Fields that the forms of this room share: choices of controlled words, languages, money."""

from typing import Any

from django import forms

from accounts import form_fields
from accounts.cldr import validate_currency
from centres.models import LANGUAGE_CHOICES, Constraint, CooperationType, Party, Region, Subject, Target

from ..validators import LONGEST_TEXT


class LongText(form_fields.LongText):
    """A text of several sentences that is read in a list of many."""

    def __init__(self, *, most: int = LONGEST_TEXT, **kwargs: Any) -> None:
        super().__init__(most=most, **kwargs)


class Amount(forms.DecimalField):
    """An amount of money."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, min_value=0, required=False, **kwargs)


class Currency(forms.CharField):
    """The three letters of a currency; small letters will do."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"size": 4, "autocapitalize": "characters"})
        super().__init__(max_length=3, required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        code = (super().clean(value) or "").upper()
        if code:
            validate_currency(code)
        return code


class WebAddress(forms.URLField):
    """The address of a page; typed without its beginning, it is read as https."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=500, assume_scheme="https", **kwargs)


class Ticks(forms.ModelMultipleChoiceField):
    """Ticked boxes for words of one vocabulary; targets begin with their number."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        # The rows are given when a form is made (fill_choices): they stand in the order of the reader's language.
        super().__init__(Target.objects.none(), **{"required": False} | kwargs)

    def label_from_instance(self, row: Any) -> str:
        return f"{row.number} {row.name}" if isinstance(row, Target) else str(row)


class Several(Ticks):
    """Several of a vocabulary that is too long for boxes: the list of the browser."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.SelectMultiple(attrs={"size": 8}), **kwargs)


class Languages(forms.MultipleChoiceField):
    """Which of the six languages."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=LANGUAGE_CHOICES, widget=forms.CheckboxSelectMultiple, required=False, **kwargs)


def language_field(label: Any) -> forms.ChoiceField:
    """The language in which a text is written."""
    return forms.ChoiceField(label=label, choices=LANGUAGE_CHOICES)


ROWS: dict[str, Any] = {
    "targets": lambda: Target.objects.current().in_order(),
    "subjects": lambda: Subject.objects.offered().by_name(),
    "constraints": lambda: Constraint.objects.current().in_order(),
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
