"""Collects every message of the portal from its code and templates; Babel reads them, no system gettext is needed."""

import io
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract, extract_python
from django.utils.translation import templatize

ROOT = Path(__file__).resolve().parent.parent
_CODE = ("accounts", "centres", "knowledge", "requests_offers", "workplans", "tsc_portal")
_WORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
Found = tuple[Any, ...]  # line, name of the function, message, comments, context


def extract_template(file: IO[bytes], words: Any, tags: Collection[str], options: Any) -> Iterator[Found]:
    """What Babel calls for a template: Django turns it into something that reads like code."""
    code = templatize(file.read().decode("utf-8"), origin=getattr(file, "name", ""))
    yield from extract_python(io.BytesIO(code.encode("utf-8")), words, tags, {**options, "encoding": "utf-8"})


def sources() -> list[tuple[Path, Any]]:
    """Every file that may hold messages, with what reads it."""
    code = [path for app in _CODE for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    templates = [path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt", ".xml"}]
    return [(path, "python") for path in sorted(code)] + [(path, extract_template) for path in sorted(templates)]


def collected() -> Catalog:
    """All messages, in the order in which they are met."""
    catalogue = Catalog(project="TSC Portal", version="0.1", charset="utf-8")
    for path, method in sources():
        with path.open("rb") as file:
            for _line, message, _comments, context in extract(method, file, keywords=_WORDS):
                catalogue.add(message, context=context)
    return catalogue
