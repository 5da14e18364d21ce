"""The blocks of a printed document (document.typ): headings, texts, facts, tables, bars, as data."""

from collections.abc import Iterable, Sequence
from typing import Any

from requests_offers.letters.typesetting import is_right_to_left

Block = dict[str, Any]


def said(text: Any) -> dict[str, Any]:
    """A text with its direction: that of its first letter."""
    return {"t": str(text), "r": is_right_to_left(str(text))}


def section(heading: str, blocks: Iterable[Block]) -> dict[str, Any]:
    return {"heading": heading, "blocks": list(blocks)}


def heading(text: str, mark: str = "") -> Block:
    return {"kind": "heading", "text": said(text), "mark": mark}


def texts(words: str) -> list[Block]:
    """A block for each paragraph of a text."""
    return [{"kind": "text", "text": said(line)} for line in words.split("\n") if line.strip()]


def note(words: str) -> Block:
    return {"kind": "note", "text": said(words)}


def facts(rows: Iterable[tuple[str, str]]) -> Block:
    """Labels and values; a fact without a value is left out."""
    return {"kind": "facts", "rows": facts_rows(rows)}


def facts_rows(rows: Iterable[tuple[str, str]]) -> list[list[Any]]:
    return [[label, said(value)] for label, value in rows if value]


def figures(rows: Iterable[tuple[str, str]]) -> Block:
    return {"kind": "figures", "rows": [list(row) for row in rows]}


def table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    widths: Sequence[float],
    numbers: Iterable[int] = (),
    foot: Iterable[Sequence[Any]] = (),
) -> Block:
    """A table; `widths` are parts of the width (0: as wide as it needs), `numbers` the columns that hold figures."""
    return {
        "kind": "table",
        "caption": caption,
        "head": list(head),
        "rows": [_row(head, row) for row in rows],
        "foot": [_row(head, row) for row in foot],
        "widths": list(widths),
        "numbers": list(numbers),
    }


def _row(head: Sequence[str], cells: Sequence[Any]) -> list[dict[str, Any]]:
    """Cells with the headings of their columns: a page on a phone shows those beside them."""
    return [said(cell) | {"h": label} for label, cell in zip(head, cells, strict=True)]
