"""Elements as text. Everything a person wrote passes `text`; what `tag` is given as content is markup already."""

import re
from collections.abc import Iterable
from functools import cache

# Signs that XML 1.0 cannot hold, and those that are markup.
_SIGNS: dict[int, str | None] = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
)
_SIGNS |= {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"}
_NEEDS_CARE = re.compile(f"[{re.escape(''.join(map(chr, _SIGNS)))}]").search
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def text(value: object) -> str:
    """A value as XML holds it, in an element or an attribute."""
    said = str(value)
    return said.translate(_SIGNS) if _NEEDS_CARE(said) else said  # few do, and a look is quicker than a translation


@cache
def _name(key: str) -> str:
    return "xml:lang" if key == "lang" else key.replace("_", "-")


def start(name: str, **attributes: object) -> str:
    """The beginning of an element; attributes that are None are left out, `_` stands for `-`, `lang` for xml:lang."""
    if not attributes:
        return f"<{name}>"
    said = [f' {_name(key)}="{text(value)}"' for key, value in attributes.items() if value is not None]
    return f"<{name}{''.join(said)}>"


def tag(name: str, *content: str, **attributes: object) -> str:
    """A whole element around its content."""
    begun, inside = start(name, **attributes), "".join(content)
    return f"{begun}{inside}</{name}>" if inside else f"{begun[:-1]}/>"


def narrative(words: str, language: str | None = None) -> str:
    """A text in one language."""
    return f"{start('narrative', lang=language)}{text(words)}</narrative>"


def narratives(names: dict[str, str]) -> str:
    """A name in all languages in which it is known."""
    return "".join(narrative(words, language) for language, words in names.items() if words)


def lines(parts: Iterable[str]) -> str:
    """Elements, each on a line of its own."""
    return "".join(f"{part}\n" for part in parts if part)
