"""A workbook beside the draft to which it belongs: what it would change, in words and as contents for the action."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from accounts.models import User

from ...actions.sheets import SheetChanges, form_key
from ...actions.snapshots import build, digest
from ...models import ActivityIdentity, LineIdentity, Version
from ...wording.differences import Group, count, told
from . import columns as c
from .lists import Lists
from .merging import Merged, merge
from .reading import Book, Cell, Fault
from .rebuilding import Rebuilder
from .rows import Rows, rows_of
from .understanding import Reader

NAMESPACE = UUID("6f1d3c52-7c0e-4d6a-9d0c-0b7d6a4c1e55")


@dataclass
class Comparison:
    """What a workbook would do to a draft. With faults nothing can be applied; they are all here."""

    version: Version
    digest: str
    key: UUID
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    merged: Merged = field(default_factory=Merged)
    changes: SheetChanges = field(default_factory=SheetChanges)
    is_stale: bool = False

    @property
    def number(self) -> int:
        """How many changes a person reads."""
        return count(self.groups)

    @property
    def is_empty(self) -> bool:
        return self.merged.is_empty

    @property
    def removed(self) -> int:
        """How many activities and lines would be taken out: they are asked for once more."""
        return len(self.changes.removed_activities) + len(self.changes.removed_lines)

    @property
    def needs_word(self) -> bool:
        """Whether a tick is needed before it can be applied."""
        return bool(self.removed or self.merged.clashes)


def compare(version: Version, book: Book, *, by: User) -> Comparison:
    """Read a workbook against a draft as it is now."""
    document = build(version)
    found = Comparison(version, digest(document), file_key(book), list(book.faults), book.ignored)
    if not book.is_readable:
        return found
    if sentence := _wrong_book(version, book):
        found.faults = [Fault("", 0, "", "", "", sentence)]
        return found
    years = version.workplan.period.years
    lists, current = Lists(years, by), rows_of(document)
    know_again(book, version, current, found.key)
    understood = Reader(book, lists, years, current).read()
    plan = {code: document[code] for code in ("title", "summary")}
    found.merged = merge(book, understood, current, plan, years)
    found.faults = sorted(found.merged.faults, key=lambda fault: (list(c.TABLE_TITLES).index(fault.sheet), fault.row))
    found.is_stale = book.meta.get("STATE", "") not in {"", found.digest[:16]}
    if not found.faults:
        rebuilder = Rebuilder(found.merged, current, document, lists)
        found.groups = told(document, rebuilder.rebuilt())
        found.changes = rebuilder.changes()
    return found


def file_key(book: Book) -> UUID:
    """What a file is known by; one that does not say it is known by what stands in it."""
    try:
        return UUID(book.meta.get("FILE", ""))
    except ValueError:
        return uuid5(NAMESPACE, str(book.kept()))


def _wrong_book(version: Version, book: Book) -> str:
    """Why a workbook is none for this plan; nothing where it is."""
    if book.meta.get("WORKPLAN") != c.EDITION or not book.tables:
        return _("This is not a workbook of this portal. Download one, or use “Import from another table”.")
    plan = book.meta.get("PLAN", "")
    if plan != version.workplan.reference:
        return _("This workbook belongs to the plan %(plan)s. Upload it on the page of that plan.") % {"plan": plan}
    return ""


# New records of a file that was uploaded before -----------------------------------------------------------------------


def know_again(book: Book, version: Version, current: Rows, key: UUID) -> None:
    """Give the new records of a file the references that they got when the same file was applied before."""
    for name, identity in ((c.ACTIVITIES, ActivityIdentity), (c.BUDGET, LineIdentity)):
        _know(book, current, name, _named(book, version, name, identity, key))
    for name in (c.RESULTS, c.INDICATORS):
        _know(book, current, name, _same_titles(book, name, current))


def _named(book: Book, version: Version, name: str, identity: Any, key: UUID) -> dict[str, str]:
    keys = {form_key(key, name, reference): reference for reference in _new(book, name)}
    rows = identity.objects.filter(workplan=version.workplan_id, form_key__in=keys)
    return {keys[row.form_key]: row.reference for row in rows}


def _new(book: Book, name: str) -> list[str]:
    table = book.tables.get(name)
    written = (line.get(c.REFERENCE).text.strip() for line in table.lines) if table else ()
    return [text.upper() for text in written if text.upper().startswith(c.NEW)]


def _same_titles(book: Book, name: str, current: Rows) -> dict[str, str]:
    """Results and indicators have no key of their own: the same title in the same place is the same record."""
    parent = "activity" if name == c.RESULTS else "result"
    table = book.tables.get(name)
    lines = table.lines if table else []
    in_file = {line.get(c.REFERENCE).text for line in lines}
    free = {
        (cells[parent], cells["title"]): reference
        for reference, cells in current[name].items()
        if reference not in in_file and reference not in book.base
    }
    found = {}
    for line in lines:
        place = (line.get(parent).text, line.get("title").text)
        if line.get(c.REFERENCE).text.startswith(c.NEW) and place in free:
            found[line.get(c.REFERENCE).text] = free.pop(place)
    return found


def _know(book: Book, current: Rows, name: str, names: dict[str, str]) -> None:
    """Rename references in their own sheet and where others point to them."""
    names = {old: new for old, new in names.items() if new in current[name]}
    pointing = {c.ACTIVITIES: (c.RESULTS, c.BUDGET), c.RESULTS: (c.INDICATORS,)}.get(name, ())
    code = "activity" if name == c.ACTIVITIES else "result"
    for sheet, column in [(name, c.REFERENCE), *((one, code) for one in pointing)]:
        for line in book.tables[sheet].lines if sheet in book.tables else ():
            text = line.get(column).text.strip().upper()
            if text in names:
                line.cells[column] = Cell("s", names[text])
