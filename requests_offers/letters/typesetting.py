"""From a page of Typst and the words on it to a PDF: what all letters and plans share."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import get_language, get_language_bidi

FOLDER = Path(__file__).resolve().parent / "fonts"
FONTS = ["Noto Sans", "Noto Naskh Arabic", "Noto Sans CJK SC"]
FIRST_FONT = {"ar": "Noto Naskh Arabic", "zh": "Noto Sans CJK SC"}


def typeset(page: Path, name: str, words: dict[str, Any]) -> bytes:
    """The PDF of a page, which reads its words under this name as JSON:
    nothing that anybody typed is read as markup.
    """
    return typst.compile(
        page,
        root=page.parent,
        font_paths=[FOLDER],
        ignore_system_fonts=True,
        sys_inputs={name: json.dumps(words, ensure_ascii=False)},
    )


def script() -> dict[str, Any]:
    """Language, direction and fonts of the active language, its own font first."""
    language = (get_language() or "en").split("-")[0]
    first = FIRST_FONT.get(language, FONTS[0])
    fonts = [first, *(font for font in FONTS if font != first)]
    return {"language": language, "rtl": get_language_bidi(), "fonts": fonts}


def is_right_to_left(text: str) -> bool:
    """The direction of a text: that of its first letter that has one."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in {"R", "AL"} for kind in directions if kind in {"L", "R", "AL"}), False)
