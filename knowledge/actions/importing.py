"""Files of sources: read and checked row by row, then all of it is stored or nothing. Twice the same changes nothing.

The portal's own list (knowledge/reference/sources.csv) comes in by the same reader.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.sheets.cells import Row, short
from accounts.sheets.files import BadFile, Fault, read_file
from centres.codes import EVERYWHERE, KnownCodes, target_number
from centres.models import Region, fold

from ..lifecycle import SourceStatus
from ..models import Access, Convention, Kind, Rhythm, Source
from . import sources

REFERENCE_FILE = Path(__file__).resolve().parent.parent / "reference" / "sources.csv"
CHECKED = URLValidator(schemes=["http", "https"])
SETS = sources.SETS


@dataclass
class Report:
    """What an import or a load did."""

    made: list[Source] = field(default_factory=list)
    changed: list[Source] = field(default_factory=list)
    same: int = 0
    kept: list[Source] = field(default_factory=list)  # changed in the portal, and left alone
    retired: list[Source] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_unchanged(self) -> bool:
        return not (self.made or self.changed or self.retired)


# Reading --------------------------------------------------------------------------------------------------------------


def read_source(row: Row, known: KnownCodes) -> dict[str, Any]:
    """One source in the words of the compendium; what is wrong is left at the row."""
    worldwide, regions = _places(row, known)
    languages = [str(code).strip().lower() for code in row.items("languages")[1]]
    conventions = {code: code for code in Convention.values}
    return {
        "external_id": row.line("external_id", "id", longest=200),
        "data": {
            "kind": _needed(row, "kind", row.choice(Kind.values, "kind")),
            "name": row.line("name", "title", longest=250, required=True),
            "owner": row.line("owner", "organization", longest=250, required=True),
            "url": _address(row),
            "description": row.text("description", "text", longest=5000, required=True),
            "language": row.line("language", longest=35) or "en",
            "access": row.choice(Access.values, "access", default=Access.OPEN),
            "languages": languages,
            "targets": row.known(
                known.targets, "targets", what=_("Give target numbers from 1 to 23."), key=target_number
            ),
            "subjects": row.known(known.subjects, "subjects", what=_("The API lists the codes under subjects.")),
            "worldwide": worldwide,
            "regions": regions,
            "update_rhythm": row.choice(Rhythm.values, "update_rhythm", default=Rhythm.IRREGULAR),
            "conventions": row.known(conventions, "conventions", what=_("Use codes such as cites or ramsar.")),
            "fair_notes": row.text("fair_notes"),
            "care_notes": row.text("care_notes"),
            "source": row.line("source", longest=500),
        },
    }


def _needed(row: Row, name: str, value: str) -> str:
    if not value and not any(fault.field == name for fault in row.faults):
        row.fault(name, _("This is missing. Fill it in."))
    return value


def _address(row: Row) -> str:
    url = row.line("url", "address", longest=500, required=True)
    try:
        if url:
            CHECKED(url)
    except ValidationError:
        row.fault("url", _("“%(value)s” is not the address of a page.") % {"value": short(url)})
    return url


def _places(row: Row, known: KnownCodes) -> tuple[bool, list[Region]]:
    name, values = row.items("regions")
    worldwide, regions = row.flag("worldwide"), []
    for value in values:
        word = fold(str(value))
        if word in EVERYWHERE:
            worldwide = True
        elif word.isdigit() and word.zfill(3) in known.regions:  # a table may have taken 002 for a number
            regions.append(known.regions[word.zfill(3)])
        elif word in known.regions:
            regions.append(known.regions[word])
        else:
            words = {"value": short(value)}
            row.fault(name, _("“%(value)s” is not known. Use M49 codes or names of regions.") % words)
    return worldwide, list(dict.fromkeys(regions))


def read_all(path: Path) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The good rows of a file, and every fault of the others."""
    table, known = read_file(path), KnownCodes()
    entries: list[dict[str, Any]] = []
    faults, seen = list(table.faults), dict[str, int]()
    for number, values in table.rows:
        row = Row(number, values)
        entry = read_source(row, known)
        key = entry["external_id"] or entry["data"]["url"]
        if key in seen:
            row.fault("external_id", _("Row %(row)s has the same id. Each record needs its own.") % {"row": seen[key]})
        seen.setdefault(key, number)
        faults += row.faults
        if not row.faults:
            entries.append(entry)
    return entries, sorted(faults)


# Storing --------------------------------------------------------------------------------------------------------------


def import_sources(path: Path, *, by: User | None = None, state: str = "suggested", skip_bad: bool = False) -> Report:
    """Import a file as suggestions, or published at once; known sources are brought up to date. Raises BadFile."""
    if by is not None:
        require(by, Permission.SOURCE_CURATE)
    entries, faults = read_all(path)
    if faults and not (skip_bad and entries):
        raise BadFile(faults)
    report = Report(faults=faults)
    with transaction.atomic():
        for entry in entries:
            _store(entry, report, by, state)
    return report


def _store(entry: dict[str, Any], report: Report, by: User | None, state: str) -> None:
    known = _known(entry)
    if known is None:
        made = sources.suggest(by=by, data=entry["data"], external_id=entry["external_id"])
        if state == SourceStatus.PUBLISHED:
            sources.publish(made, by=by)
        report.made.append(made)
    elif sources.differences(known, entry["data"]):
        report.changed.append(sources.save(known, by=by, data=entry["data"]))
    else:
        report.same += 1


def _known(entry: dict[str, Any]) -> Source | None:
    if entry["external_id"]:
        return Source.objects.filter(external_id=entry["external_id"]).first()
    return sources.same_address(entry["data"]["url"]).filter(name=entry["data"]["name"]).first()


@transaction.atomic
def load_sources(path: Path = REFERENCE_FILE, *, dry_run: bool = False) -> Report:
    """Bring the portal's own list in: published at once, changed where the file differs, taken out where it is gone.

    What somebody has changed in the portal, or taken out there, stays as it is.
    """
    entries, faults = read_all(path)
    if faults:
        raise BadFile(faults)
    report, new = Report(), []
    rows = Source.objects.filter(external_id__in=[entry["external_id"] for entry in entries])
    known = {row.external_id: row for row in rows.prefetch_related(*SETS)}
    for entry in entries:
        row = known.get(entry["external_id"])
        if row is None:
            new.append(entry)
        elif not sources.differences(row, entry["data"]):
            report.same += 1
        elif row.from_reference:
            report.changed.append(sources.save(row, by=None, data=entry["data"], of_reference=True))
        else:
            report.kept.append(row)
    report.made = _make_all(new)
    gone = (
        Source.objects.listed().filter(from_reference=True).exclude(external_id__in=[e["external_id"] for e in entries])
    )
    for row in gone.order_by("pk"):
        report.retired.append(sources.remove(row, by=None, reason=_("It is not in the portal’s own list any more.")))
    transaction.set_rollback(dry_run)
    return report


def _make_all(entries: list[dict[str, Any]]) -> list[Source]:
    """New sources with their words, in a few queries for all."""
    now, made = timezone.now(), []
    for entry in entries:
        plain = {name: value for name, value in entry["data"].items() if name not in SETS}
        row = Source(status=SourceStatus.PUBLISHED, external_id=entry["external_id"], from_reference=True, **plain)
        row.published_at = row.suggested_at = now
        row.refresh_search_text()
        made.append(row)
    Source.objects.bulk_create(made, batch_size=200)
    for name in SETS:
        through = getattr(Source, name).through
        other = getattr(Source, name).field.m2m_reverse_field_name()
        links = [
            through(**{"source": row, other: word})
            for row, entry in zip(made, entries, strict=True)
            for word in entry["data"][name]
        ]
        through.objects.bulk_create(links, batch_size=500)
    if made:
        record("load", made[0], by=None, sources=len(made))
    return made
