"""Values as cells: typed where a spreadsheet has the type, and nothing that a spreadsheet would compute."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from rest_framework.utils.encoders import JSONEncoder

Cell = str | int | float | bool | date | Decimal
# Spreadsheets compute what begins so; some read the wide signs of East Asian keyboards as the plain ones.
SIGNS = "=+\\-@＝＋－＠"
STARTS_A_FORMULA = re.compile(rf"[\s]*[{SIGNS}]|[\t\r\n]")
# Where a spreadsheet takes a semicolon or a tab for the end of a cell, the next one begins behind it.
STARTS_BEHIND = re.compile(rf"([;\t])([ \u00a0]*[{SIGNS}])")


def safe(text: str) -> str:
    """A text that stays a text: with an apostrophe before whatever would be computed."""
    text = STARTS_BEHIND.sub(r"\1'\2", text)
    return f"'{text}" if STARTS_A_FORMULA.match(text) else text


def plain(value: Any) -> str | int | float:
    """One value for CSV: codes joined, nested records as JSON, days and moments as ISO has them."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "true", False: "false"}[value]
    if isinstance(value, int | float | Decimal):
        return str(value) if isinstance(value, Decimal) else value
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        value = "; ".join(str(item) for item in value)
    elif isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False, cls=JSONEncoder)
    return safe(str(value) if isinstance(value, str) else json.dumps(value, cls=JSONEncoder).strip('"'))


def typed(value: Any, *, is_amount: bool = False) -> Cell:
    """One value for a spreadsheet: numbers, days, moments (in UTC) and yes or no keep their type."""
    if isinstance(value, bool | Decimal):
        return value
    if isinstance(value, int | float):
        return Decimal(str(value)) if is_amount else value
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return value
    if is_amount and isinstance(value, str):
        try:
            return Decimal(value)
        except InvalidOperation:
            return plain(value)
    return plain(value)
