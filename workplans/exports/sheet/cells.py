"""From what stands in a cell to the one form in which values are compared, or to a sentence that says what to do."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from accounts.sheets.cells import short
from requests_offers.offline.understanding import COMMAS, SEPARATORS
from requests_offers.offline.words import plain_digits

from .columns import LIST_TITLES, Column
from .lists import REFERENCES, Lists
from .reading import Cell
from .rows import cents, even, figure, joined, split

YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
FIGURE = re.compile(r"-?\d{1,18}(\.\d{1,17})?([eE][-+]?\d{1,2})?")
BLANKS = re.compile(r"[\s\u00a0\u202f']")
DECIMALS = {"money": 2, "staff": 2, "number": 4, "rate": 8}
NOISE = Decimal("0.0000001")  # what a formula's result is off by in a spreadsheet
EMPTY_FLAGS = {"is_cumulative": "yes"}
FEW = 12


class Unreadable(Exception):
    """A cell whose meaning is not clear; the text says what to do."""


def canonical(column: Column, cell: Cell, lists: Lists, kept: str = "") -> str:
    """The value of a cell in its one form; `kept` is what the record says now. Raises Unreadable.

    What a record names already stays readable, also where it has left the list since or the person may not see it.
    """
    if not cell.text:
        return EMPTY_FLAGS.get(column.code, "no") if column.kind == "flag" else ""
    if column.kind == "codes":
        return _codes(column, cell, lists, set(split(kept)))
    if kept and column.kind == "code" and cell.text == kept:
        return kept
    return READERS.get(column.kind, _text)(column, cell, lists)


def _text(column: Column, cell: Cell, lists: Lists) -> str:
    return even(cell.text)


def _line(column: Column, cell: Cell, lists: Lists) -> str:
    text = " ".join(even(cell.text).split())
    return text.upper() if column.code == "currency" else text


def _ref(column: Column, cell: Cell, lists: Lists) -> str:
    """A reference, also where its title was copied with it."""
    return plain_digits(cell.text).strip("\u200e\u200f ").upper().split(" ")[0]


def _flag(column: Column, cell: Cell, lists: Lists) -> str:
    code = lists.code_of("yes_no", cell.text)
    if code is None:
        raise Unreadable(_("“%(value)s”: write yes or no.") % {"value": short(cell.text)})
    return code


def _day(column: Column, cell: Cell, lists: Lists) -> str:
    if cell.kind == "d":
        return cell.text
    found = YEAR_FIRST.fullmatch(plain_digits(cell.text).strip()) if cell.kind == "s" else None
    try:
        if found is None:
            raise ValueError
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        raise Unreadable(_("“%(value)s” is not a day. Write it as 2027-03-31.") % {"value": short(cell.text)}) from None


def _figure(column: Column, cell: Cell, lists: Lists) -> str:
    text = BLANKS.sub("", plain_digits(cell.text))
    places = DECIMALS[column.kind]
    try:
        if cell.kind not in {"n", "s"} or not FIGURE.fullmatch(text):
            raise InvalidOperation
        value = Decimal(text)
        rounded = value.quantize(Decimal(1).scaleb(-places))
    except InvalidOperation:
        sentence = _("“%(value)s” is not a number. Write digits and a point, such as 1250.50.")
        raise Unreadable(sentence % {"value": short(cell.text)}) from None
    if abs(value - rounded) > NOISE * max(Decimal(1), abs(value)):
        sentence = _("“%(value)s” has more than %(places)s decimals. Round it.")
        raise Unreadable(sentence % {"value": short(cell.text), "places": places})
    if rounded < 0 and column.kind != "number":
        raise Unreadable(_("Write a number that is not negative."))
    return cents(rounded) if column.kind == "money" else figure(rounded)


def _whole(column: Column, cell: Cell, lists: Lists) -> str:
    text = plain_digits(cell.text).strip()
    if not text.isdecimal() or len(text) > 6:
        raise Unreadable(_("“%(value)s” is not a whole number.") % {"value": short(cell.text)})
    return str(int(text))


def _code(column: Column, cell: Cell, lists: Lists) -> str:
    code = lists.code_of(column.list, cell.text)
    if code is None:
        raise Unreadable(_unknown(column.list, cell.text, lists))
    return code


def _codes(column: Column, cell: Cell, lists: Lists, kept: set[str]) -> str:
    """Several codes. Names may hold commas themselves; these divide only where they must."""
    found: list[str] = []
    for part in filter(str.strip, SEPARATORS.split(cell.text)):
        whole = part.strip() in kept or lists.code_of(column.list, part.strip()) is not None
        for bit in filter(str.strip, [part] if whole else COMMAS.split(part)):
            code = bit.strip() if bit.strip() in kept else lists.code_of(column.list, bit.strip())
            if code is None:
                raise Unreadable(_unknown(column.list, bit, lists))
            found.append(code)
    return joined(found)


def _unknown(name: str, text: str, lists: Lists) -> str:
    """What may stand in the cell: all of a short list, where to look for a long one."""
    words = {"value": short(text.strip())}
    if name in REFERENCES:
        return _("“%(value)s” is not known, or you may not see it. Correct the reference or take it out.") % words
    shown = lists.shown(name)
    if len(shown) <= FEW:
        words["list"] = "; ".join(label for _code, label in shown)
        return _("“%(value)s” is not in the list. Choose one of: %(list)s.") % words
    words["list"] = str(LIST_TITLES[name])
    sentence = _("“%(value)s” is not in the list “%(list)s”. The workbook of the plan shows it in its sheet “codes”.")
    return sentence % words


READERS = {
    "line": _line, "flag": _flag, "day": _day, "money": _figure, "number": _figure, "rate": _figure, "staff": _figure,
    "whole": _whole, "year": _whole, "code": _code, "ref": _ref, "own": _ref,
}  # fmt: skip
