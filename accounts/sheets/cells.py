"""Reading one field of a row: each reader gives a value, or leaves a fault that says what to do."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..texts import validate_line, validate_lines
from .files import Fault

LANGUAGE_TAG = re.compile(r"(?=.{2,35}$)[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")
SEPARATORS = re.compile(r"[;|\n]")
BLANKS = re.compile(r"[ \t\n]+")
LONGEST_TEXT = 200_000


class Row:
    """One row of a file, its readers, and the faults they found."""

    def __init__(self, place: int, values: dict[str, Any]):
        self.place, self.values = place, values
        self.faults: list[Fault] = []

    def fault(self, field: str, detail: str) -> None:
        """Write down what is wrong with a field and what to do."""
        self.faults.append(Fault(self.place, field, detail))

    def _raw(self, names: Iterable[str]) -> tuple[str, Any]:
        """The first of these fields that is filled in, with its name."""
        names = tuple(names)
        for name in names:
            value = self.values.get(name)
            if value not in (None, "", [], {}):
                return name, value
        return names[0], None

    def line(self, *names: str, longest: int, required: bool = False) -> str:
        """One line: a title or a name. What a table broke into several is joined."""
        return self.text(*names, longest=longest, required=required, check=validate_line)

    def text(
        self,
        *names: str,
        longest: int = LONGEST_TEXT,
        required: bool = False,
        check: Callable[[str], None] = validate_lines,
    ) -> str:
        """A text that people can read; what cannot be shown is a fault and is not left out in silence."""
        name, value = self._raw(names)
        if value is None:
            if required:
                self.fault(name, _("This is missing. Fill it in."))
            return ""
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            self.fault(name, _("This must be a text."))
            return ""
        text = self._readable(name, clean(str(value)), check)
        if required and not text:
            self.fault(name, _("This is missing. Fill it in."))
        if len(text) > longest:
            self.fault(
                name,
                _("This has %(long)s characters; at most %(most)s are allowed. Shorten it.")
                % {"long": len(text), "most": longest},
            )
        return text

    def _readable(self, name: str, text: str, check: Callable[[str], None]) -> str:
        if check is validate_line:
            text = BLANKS.sub(" ", text)
        try:
            check(text)
        except ValidationError as error:
            self.fault(name, " ".join(error.messages))
        return text

    def items(self, *names: str) -> tuple[str, list]:
        """A list: a real one in JSON, or parts between semicolons in a table."""
        name, value = self._raw(names)
        if value is None:
            return name, []
        if isinstance(value, str):
            return name, [part.strip() for part in SEPARATORS.split(value) if part.strip()]
        if isinstance(value, list):
            return name, value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return name, [value]
        self.fault(name, _("This must be a list."))
        return name, []

    def texts(self, *names: str) -> list[str]:
        """A list of texts."""
        name, values = self.items(*names)
        for value in values:
            if not isinstance(value, str):
                self.fault(name, _("“%(value)s” must be a text.") % {"value": short(value)})
        written = [clean(value) for value in values if isinstance(value, str) and value.strip()]
        return [self._readable(name, text, validate_lines) for text in written]

    def known(self, table: dict, *names: str, what: str, key: Callable[[Any], Any] = str) -> list:
        """A list of codes, as the rows that carry them; `what` says what a code looks like."""
        name, values = self.items(*names)
        found = []
        for value in values:
            try:
                row = table.get(key(value))
            except (TypeError, ValueError, OverflowError):  # JSON knows numbers without end
                row = None
            if row is None:
                self.fault(name, _("“%(value)s” is not known. %(what)s") % {"value": short(value), "what": what})
            elif row not in found:
                found.append(row)
        return found

    def choice(self, table: Iterable[str], *names: str, default: str = "") -> str:
        """One of several codes."""
        name, value = self._raw(names)
        if value is None:
            return default
        if not isinstance(value, str) or value not in set(table):
            codes = ", ".join(table)
            self.fault(name, _("“%(value)s” is not one of: %(codes)s.") % {"value": short(value), "codes": codes})
            return default
        return value

    def number(self, *names: str, least: int = 0, most: int = 10**15) -> int | float | None:
        """A number between bounds."""
        name, value = self._raw(names)
        if value is None:
            return None
        try:
            if isinstance(value, bool):
                raise ValueError
            number = value if isinstance(value, int | float) else float(str(value).replace(",", "").replace(" ", ""))
        except ValueError:
            self.fault(name, _("“%(value)s” is not a number.") % {"value": short(value)})
            return None
        if not least <= number <= most:
            self.fault(name, _("Give a number from %(least)s to %(most)s.") % {"least": least, "most": most})
            return None
        return number

    def whole(self, *names: str, least: int = 0, most: int = 10**9, default: int | None = None) -> int | None:
        """A whole number between bounds."""
        number = self.number(*names, least=least, most=most)
        if number is None:
            return default
        if number != int(number):
            self.fault(names[0], _("Give a whole number."))
            return default
        return int(number)

    def flag(self, *names: str) -> bool:
        """Yes or no."""
        name, value = self._raw(names)
        if value is None or isinstance(value, bool):
            return bool(value)
        known = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
        if str(value).strip().lower() not in known:
            self.fault(name, _("“%(value)s”: write yes or no.") % {"value": short(value)})
        return known.get(str(value).strip().lower(), False)

    def day(self, *names: str) -> date | None:
        """A day, as 2027-03-31 or as a date cell."""
        name, value = self._raw(names)
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value).strip())
        except ValueError:
            self.fault(name, _("“%(value)s” is not a day. Write it as 2027-03-31.") % {"value": short(value)})
            return None

    def language(self, *names: str) -> str:
        """The BCP-47 tag of the language in which a text is written."""
        name, value = self._raw(names)
        if value is None:
            self.fault(name, _("Say in which language the text is written, with a code such as fr."))
            return ""
        if not isinstance(value, str) or not LANGUAGE_TAG.fullmatch(value.strip()):
            self.fault(
                name,
                _("“%(value)s” is not the code of a language. Use one such as fr or pt-BR.") % {"value": short(value)},
            )
            return ""
        return value.strip()

    def order(self, first: str, second: str, earlier: date | None, later: date | None) -> None:
        """The second day is not before the first."""
        if earlier and later and later < earlier:
            self.fault(second, _("This day lies before “%(first)s”.") % {"first": first})


def clean(text: str) -> str:
    """A text with one kind of line ends and without spaces around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def short(value: Any) -> str:
    """A value as a fault quotes it: what cannot be shown stands as a question mark."""
    text = clean(str(value).encode("utf-8", "replace").decode("utf-8").replace("\x00", "?"))
    return text if len(text) <= 40 else text[:39] + "…"
