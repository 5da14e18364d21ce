"""Compiles the message catalogues, brings them up to date, and says what is wrong with them.

Babel does it, so no system gettext is needed.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from tsc_portal.messages import collected

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def sources(folder: Path = LOCALE) -> list[Path]:
    """The catalogues in the order of their languages."""
    return sorted(folder.glob("*/LC_MESSAGES/*.po"))


def read(source: Path) -> Catalog:
    """One catalogue; its language is the name of its folder."""
    with source.open("rb") as file:
        return read_po(file, locale=source.parent.parent.name, abort_invalid=True)


def is_stale(source: Path) -> bool:
    """Whether the compiled catalogue is missing or older than its source."""
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


def compile_stale(folder: Path = LOCALE) -> list[Path]:
    """Compile what changed; returns the sources that were compiled."""
    stale = [source for source in sources(folder) if is_stale(source)]
    for source in stale:
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, read(source))
    return stale


def update(folder: Path = LOCALE) -> None:
    """Put new messages into every catalogue, without a translation, and take out those that are no longer used."""
    wanted = collected()
    for source in sources(folder):
        catalogue = read(source)
        catalogue.update(wanted, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        with source.open("wb") as file:
            write_po(file, catalogue, width=0, no_location=True)


def untranslated(catalogue: Catalog, wanted: Catalog) -> list[Message]:
    """Messages of the portal that a catalogue does not have in its language, whole: each plural form counts."""
    return [
        message
        for message in wanted
        if message.id and not ((there := catalogue.get(message.id, message.context)) and _is_whole(there))
    ]


def _is_whole(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def faults(folder: Path = LOCALE, wanted: Catalog | None = None) -> list[str]:
    """A sentence for each message that is missing or uncertain, or whose placeholders differ from the English ones."""
    found: list[str] = []
    wanted = collected() if wanted is None else wanted
    for source in sources(folder):
        name = source.relative_to(folder)
        try:
            catalogue = read(source)
        except PoFileError as error:
            found.append(f"{name}: cannot be read: {error}")
            continue
        found += [f"{name}: not translated: {message.id}" for message in untranslated(catalogue, wanted)]
        found += [f"{name}: uncertain (fuzzy): {message.id}" for message in catalogue if message.fuzzy and message.id]
        found += [f"{name}: {message.id}: {error}" for message, errors in catalogue.check() for error in errors]
    return found


def main(arguments: list[str]) -> int:
    """Compile what changed; `--update` and `--check` do what `update` and `faults` say."""
    if "--update" in arguments:
        update()
    if "--check" not in arguments:
        compile_stale()
        return 0
    found = faults()
    sys.stdout.write("".join(f"{fault}\n" for fault in found))
    sys.stdout.write(f"{len(sources())} catalogues, {len(found)} faults\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
