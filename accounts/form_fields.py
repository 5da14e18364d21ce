"""Fields that forms of all apps share: a line, a text, a day."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .texts import LONGEST_TEXT, validate_line, validate_text


class Line(forms.CharField):
    """One line, in whatever direction it is written, as long as the column that keeps it."""

    def __init__(self, *, max_length: int = 200, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"dir": "auto"})
        super().__init__(max_length=max_length, widget=widget, validators=[validate_line], **kwargs)


class LongText(forms.CharField):
    """A text of several sentences, in whatever direction it is written."""

    def __init__(self, *, rows: int = 6, most: int = LONGEST_TEXT, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
        # No max_length: browsers would cut off the end of what is pasted, and say nothing.
        super().__init__(widget=widget, validators=[partial(validate_text, most=most)], **kwargs)


class Day(forms.DateField):
    """A day, with the calendar of the browser and as ISO 8601 without it."""

    def __init__(self, **kwargs: Any) -> None:
        message = {"invalid": _("Write the day as year, month and day: 2027-03-01.")}
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], error_messages=message, **kwargs)
