"""What a person may type into a text: letters and signs of any script, and nothing that deceives the reader or breaks a
file.

Joiners and marks of direction (U+200C to U+200F, U+061C) belong to the writing of Arabic, Persian and Indian languages
and stay. What is invisible and makes two names look alike, or turns the order of the letters around, is refused.
"""

import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

WRITING = frozenset("\u200c\u200d\u200e\u200f\u061c")
# Signs of scripts that are seen although Unicode counts them as marks of format.
SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
# In a text of several sentences also: word breaks of Khmer and Thai, hyphens that show at line ends, isolates.
IN_TEXTS = frozenset("\u00ad\u200b\u2060\u2066\u2067\u2068\u2069\u202a\u202b\u202c\ufeff")
LINE_ENDS = frozenset("\n\r\t\u2028\u2029")
REFUSED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
NAMELESS = frozenset({*REFUSED, "Zs"})
LONGEST_TEXT = 20_000


def strange_in(text: str, *, one_line: bool) -> str:
    """The first character that may not stand in a text, or nothing."""
    known = WRITING | SEEN if one_line else WRITING | SEEN | IN_TEXTS | LINE_ENDS
    # Few texts hold anything but plain signs; the look at each letter is for those alone.
    if text.isprintable():
        return ""
    return next((sign for sign in text if unicodedata.category(sign) in REFUSED and sign not in known), "")


def validate_line(text: str) -> None:
    """One line: a name, a title, a subject."""
    _refuse_strange(text, one_line=True)
    if text and all(unicodedata.category(sign) in NAMELESS for sign in text):
        raise ValidationError(_("Write at least one letter that can be seen."), code="unreadable")


def validate_lines(text: str) -> None:
    """A text of several lines and sentences."""
    _refuse_strange(text, one_line=False)


def validate_text(text: str, most: int = LONGEST_TEXT) -> None:
    """A text of a length that people read and the matcher can work with."""
    if len(text) > most:
        raise ValidationError(
            _("Shorten the text to %(most)s characters; it has %(has)s."),
            code="too_long",
            params={"most": most, "has": len(text)},
        )
    validate_lines(text)


def _refuse_strange(text: str, *, one_line: bool) -> None:
    strange = strange_in(text, one_line=one_line)
    if not strange:
        return
    before = text[: text.index(strange)].strip()[-20:]
    params = {"code": f"U+{ord(strange):04X}", "before": before}
    if strange in LINE_ENDS:
        raise ValidationError(_("Write this in one line."), code="unreadable")
    if before:
        sentence = _("Delete the character after “%(before)s” that cannot be seen (%(code)s), or write it anew.")
    else:
        sentence = _("Delete the character at the beginning that cannot be seen (%(code)s), or write it anew.")
    raise ValidationError(sentence, code="unreadable", params=params)


class _AsItsParent:
    """For migrations these fields are Django's own: what a person may type is no matter of the database."""

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        return name, f"django.db.models.{type(self).__mro__[2].__name__}", args, kwargs


class Line(_AsItsParent, models.CharField):
    """A column for one line that a person types."""

    default_validators = [validate_line]


class Lines(_AsItsParent, models.TextField):
    """A column for a text of several lines that a person types."""

    default_validators = [validate_lines]


class Address(_AsItsParent, models.URLField):
    """A column for the address of a page; typed without its beginning, it is read as https."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https"} | kwargs)
