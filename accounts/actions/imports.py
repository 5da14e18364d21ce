"""Importing what somebody sent: every row is checked first; then the good ones are stored, each by itself.

A row is found again by the identifier that its sender gave it. So the same file may come twice, and a worker that
vanished in the middle leaves nothing behind that the next attempt would not find.
"""

import json
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ..errors import DomainError, NotAllowed
from ..imported import Importer, Stored, kind_of
from ..models import ImportRun, User
from ..models.import_run import no_counts
from ..outbox import nudge
from ..sheets.cells import Row
from ..sheets.files import READERS, Fault, Table, read_content
from .audit import record
from .jobs import perform

LARGEST_FILE = 10 * 1024 * 1024
MOST_ROWS = 5_000
MOST_WAITING = 5
MOST_FAULTS = 10_000  # kept; a file with more is another file
STEP = 25  # rows between two looks at the lease


@transaction.atomic
def start_import(
    kind: str, *, by: User, name: str, content: bytes, system: str = "file", trial: bool = False, skip_bad: bool = False
) -> ImportRun:
    """Queue the import of a file whose ending says how it is written.

    `trial` checks and stores nothing; `skip_bad` stores the good rows of a file with faults. Raises NotAllowed where
    `by` may not send this kind, DomainError where the file cannot be taken.
    """
    found = kind_of(kind)
    if found is None:
        raise DomainError(_("Records of this kind cannot be imported."))
    if not found.open_to(by):
        raise NotAllowed(_("None of your offices may write such records."))
    if PurePath(name).suffix.lower() not in READERS:
        raise DomainError(_("Use a file that ends in .json, .jsonl, .csv or .xlsx."))
    if len(content) > LARGEST_FILE:
        raise DomainError(_("The file is larger than 10 MB. Split it into smaller ones."))
    User.objects.select_for_update().get(pk=by.pk)
    if ImportRun.objects.visible_to(by).filter(state__in=["queued", "running"]).count() >= MOST_WAITING:
        raise DomainError(_("Several of your files wait already. Send the next one when one of them is done."))
    run = ImportRun.objects.create(
        user=by, kind=kind, system=system, file_name=name[-150:], content=content, is_trial=trial, skip_bad=skip_bad,
        language=translation.get_language() or "en",
    )  # fmt: skip
    record("import_started", run, by=by, kind=kind, system=system, trial=trial)
    nudge(run)
    return run


def perform_import(pk: int) -> None:
    """Check and store one file. Safe to call twice with the same id."""
    perform(ImportRun, pk, _import)


def _import(run: ImportRun) -> None:
    with translation.override(run.language):
        kind = kind_of(run.kind)
        assert kind is not None
        importer = kind.begin(run.user, run.system)
        table = read_content(run.file_name, bytes(run.content or b""))
        if len(table.rows) > MOST_ROWS:
            words = {"most": MOST_ROWS}
            table = Table([], [Fault(0, "", _("The file has more than %(most)s rows. Split it.") % words)])
        ImportRun.objects.filter(pk=run.pk).update(rows_total=len(table.rows))
        if run.user.is_active:
            entries, faults = _check(table, importer)
        else:
            entries, faults = [], [Fault(0, "", _("The account that sent the file is closed."))]
        if faults and not (run.skip_bad and entries):
            _close(run, ImportRun.Outcome.REFUSED, faults, [])
            return
        act = importer.foresee if run.is_trial else importer.store
        results = _go_through(run, entries, act, faults)
        if results is not None:
            outcome = ImportRun.Outcome.CHECKED if run.is_trial else ImportRun.Outcome.IMPORTED
            _close(run, outcome, faults, results)


def _check(table: Table, importer: Importer) -> tuple[list[tuple[int, Any]], list[Fault]]:
    """The good rows, each with its place, and every fault of the others."""
    entries, faults = [], list(table.faults)
    seen: dict[str, int] = {}
    for place, values in table.rows:
        row = Row(place, values)
        entry = importer.read(row)
        refuse_twice(row, importer.identifier(entry), seen)
        faults += row.faults
        if not row.faults:
            entries.append((place, entry))
    return entries, faults


def refuse_twice(row: Row, identifier: str, seen: dict[str, int]) -> None:
    """Leave a fault at a row whose identifier another row of the file has."""
    if identifier and identifier in seen:
        row.fault("id", _("Row %(row)s has the same id. Each record needs its own.") % {"row": seen[identifier]})
    seen.setdefault(identifier, row.place)


def own_id(values: dict[str, Any]) -> str:
    """What a record without an id is known by when the same file comes again: its content."""
    content = json.dumps(values, sort_keys=True, default=str)
    return f"content-{sha256(content.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _go_through(
    run: ImportRun, entries: list[tuple[int, Any]], act: Callable[[Any], Stored], faults: list[Fault]
) -> list[dict[str, Any]] | None:
    """What became of each row; what only storing could refuse is a fault. None when another worker took over."""
    results = []
    for number, (place, entry) in enumerate(entries, start=1):
        try:
            stored = act(entry)
        except (DomainError, PermissionDenied, ValidationError) as error:
            sentences = error.messages if isinstance(error, ValidationError) else [str(error)]
            faults.append(Fault(place, "", " ".join(sentences)))
        else:
            results.append({"row": place, "reference": stored.reference, "outcome": str(stored.end)})
        if number % STEP == 0 and not run.go_on(number):
            return None
    return results


def _close(run: ImportRun, outcome: str, faults: list[Fault], results: list[dict[str, Any]]) -> None:
    kept = [{"row": one.row, "field": one.field, "detail": one.detail} for one in sorted(faults)[:MOST_FAULTS]]
    counts = no_counts() | Counter(result["outcome"] for result in results)
    done = {"outcome": outcome, "faults": kept, "fault_count": len(faults), "results": results, "counts": counts}
    with transaction.atomic():
        if run.finish():
            ImportRun.objects.filter(pk=run.pk).update(**done, rows_done=len(results), content=None)
            record("import_done", run, by=run.user, after=outcome, rows=len(results), faults=len(faults))
