"""The audit trail is only added to: the database refuses everything else, and closed batches are sealed by a digest.

What stands in an event is sealed in two parts, because an account may be erased: who acted may become unknown, never
somebody else; what was done, when, to what and why stays as it was.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.utils import timezone

from ..models.audit import AuditEvent, AuditSeal

log = logging.getLogger(__name__)
CLOSED_AFTER = timedelta(minutes=15)  # the longest transaction is over by then
OVERDUE_AFTER = timedelta(days=1)
LATE = timedelta(days=2)  # how far back a number is looked for that was committed after its neighbours were sealed
MOST = 5000
GUARDED: tuple[type[models.Model], ...] = (AuditEvent, AuditSeal)
REFUSAL = "The audit trail is only added to."


# The guard ------------------------------------------------------------------------------------------------------------


def guard(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """Let the database refuse to change or delete what happened. Safe to repeat; each start of a portal does it."""
    if is_guarded(using=using):
        return
    connection = connections[using]
    statements = _for_sqlite if connection.vendor == "sqlite" else _for_postgresql
    with transaction.atomic(using=using):
        unguard(using=using)
        with connection.cursor() as cursor:
            for statement in statements():
                cursor.execute(statement)


def unguard(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """Take the guard away: for a restore, for the demo's way into the past, for tests that empty the database."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for name, table in _names():
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def is_guarded(*, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether all triggers are there and switched on."""
    connection = connections[using]
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"
    with connection.cursor() as cursor:
        cursor.execute(query)
        there = {row[0] for row in cursor.fetchall()}
    return {name for name, _table in _names()} <= there


@contextmanager
def unguarded() -> Iterator[None]:
    """Without the guard for a while, and with it again afterwards if it was there."""
    was_guarded = is_guarded()
    if was_guarded:
        unguard()
    try:
        yield
    finally:
        if was_guarded:
            guard()


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table


def _names() -> list[tuple[str, str]]:
    """Every trigger with its table, on either engine."""
    kinds = ("insert", "update", "delete", "truncate")
    names = [(f"{_table(model)}_{kind}", _table(model)) for model in GUARDED for kind in kinds]
    truncating = connections[DEFAULT_DB_ALIAS].vendor == "postgresql"
    unwanted = "insert" if truncating else "truncate"  # SQLite has no TRUNCATE; PostgreSQL no INSERT OR REPLACE
    return [(name, table) for name, table in names if not name.endswith(unwanted)]


def _for_sqlite() -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for model in GUARDED:
        table = _table(model)
        yield f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} {refuse}"
        yield (
            f"CREATE TRIGGER {table}_insert BEFORE INSERT ON {table} "  # noqa: S608 (names of our own tables)
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) {refuse}"
        )
        yield f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} WHEN {_is_more_than_erasure(model)} {refuse}"


def _is_more_than_erasure(model: type[models.Model]) -> str:
    """SQLite's condition for a change that does more than forget the actor."""
    if model is not AuditEvent:
        return "1"
    kept = [column.column for column in model._meta.local_concrete_fields if column.name != "actor"]
    same = " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in kept)
    return f"NOT (NEW.actor_id IS NULL AND {same})"


def _for_postgresql() -> Iterator[str]:
    yield f"""
        CREATE OR REPLACE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = '{_table(AuditEvent)}' THEN
                OLD.actor_id := NULL;
                IF NEW IS NOT DISTINCT FROM OLD THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';
        END $$
    """
    for model in GUARDED:
        table = _table(model)
        act = "EXECUTE FUNCTION audit_is_only_added_to()"
        yield f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} FOR EACH ROW {act}"
        yield f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} FOR EACH ROW {act}"
        yield f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {act}"


# Seals ----------------------------------------------------------------------------------------------------------------


def seal(now: datetime | None = None) -> AuditSeal | None:
    """Seal the events that are old enough; None if there are none.

    Of two that seal at once, one finds its number taken.
    """
    closed = (now or timezone.now()) - CLOSED_AFTER
    last = AuditSeal.objects.order_by("-number").first()
    events = list(AuditEvent.objects.filter(pk__in=_unsealed(closed)[:MOST]).order_by("pk"))
    if not events:
        return None
    what, who = _digests(events, last.digest if last else "")
    with transaction.atomic():
        made = AuditSeal.objects.create(
            number=last.number + 1 if last else 1,
            spans=_spans(event.pk for event in events),
            count=len(events),
            without_actor=sum(event.actor_id is None for event in events),
            digest=what,
            actors_digest=who,
        )
    # Whoever keeps the logs elsewhere can show later that nobody sealed the trail anew.
    log.info("audit sealed", extra={"seal": made.number, "digest": made.digest})
    return made


def _unsealed(closed: datetime) -> list[int]:
    """Numbers of events beyond the last seal, and of those that were committed late into a gap of a recent one."""
    recent = AuditSeal.objects.filter(sealed_at__gte=closed - LATE).order_by("-number")
    last = AuditSeal.objects.order_by("-number").first()
    spans = [
        span for spans in [*recent.values_list("spans", flat=True), *([last.spans] if last else [])] for span in spans
    ]
    sealed = {number for first, last in spans for number in range(first, last + 1)}
    since = min((first for first, _last in spans), default=0)
    there = AuditEvent.objects.filter(pk__gte=since, at__lt=closed).order_by("pk").values_list("pk", flat=True)
    return [number for number in there.iterator() if number not in sealed]


def _spans(numbers: Iterable[int]) -> list[list[int]]:
    """Numbers in order as spans from … to."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return spans


def _digests(events: Iterable[AuditEvent], before: str) -> tuple[str, str]:
    """A digest of what happened, beginning with the one of the seal before, and one of who acted."""
    what, who = hashlib.sha256(before.encode()), hashlib.sha256(before.encode())
    for event in events:
        facts: list[Any] = [
            event.pk, event.at.astimezone(UTC).isoformat(), event.actor_office, event.action, event.object_type,
            event.object_id, event.before, event.after, event.reason_code, event.reason, event.details, event.is_public,
        ]  # fmt: skip
        what.update(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode() + b"\n")
        who.update(f"{event.pk} {event.actor_id}\n".encode())
    return what.hexdigest(), who.hexdigest()


@dataclass
class Verdict:
    """What a check of the trail found: faults, and what only needs to be known."""

    seals: int = 0
    events: int = 0
    unsealed: int = 0
    last_digest: str = ""
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def verify(now: datetime | None = None) -> Verdict:
    """Look at the guard and compute every seal anew."""
    verdict = Verdict()
    if not is_guarded():
        verdict.faults.append("The database does not guard the trail. Run: manage.py guard_audit")
    for number, sealed in enumerate(AuditSeal.objects.order_by("number").iterator(), start=1):
        _verify_seal(sealed, number, verdict)
    now = now or timezone.now()
    verdict.unsealed = len(_unsealed(now))
    if overdue := len(_unsealed(now - OVERDUE_AFTER)):
        verdict.faults.append(f"{overdue} events older than a day are not sealed. Does the worker for bulk work run?")
    return verdict


def has_seal(digest: str) -> bool:
    """Whether one of the seals has this digest, which somebody kept elsewhere."""
    return AuditSeal.objects.filter(digest=digest).exists()


def _verify_seal(sealed: AuditSeal, number: int, verdict: Verdict) -> None:
    if sealed.number != number:
        verdict.faults.append(f"Seal {number} is missing.")
    numbers = {number for first, last in sealed.spans for number in range(first, last + 1)}
    near = AuditEvent.objects.filter(pk__range=(min(numbers), max(numbers))).order_by("pk")
    events = [event for event in near.iterator() if event.pk in numbers]
    what, who = _digests(events, verdict.last_digest)
    forgotten = sum(event.actor_id is None for event in events) - sealed.without_actor
    if len(events) != sealed.count:
        verdict.faults.append(f"Seal {sealed.number} holds {sealed.count} events, and {len(events)} are there.")
    elif what != sealed.digest:
        verdict.faults.append(f"Seal {sealed.number}: an event was changed, or a seal before it.")
    elif who != sealed.actors_digest and forgotten <= 0:
        verdict.faults.append(f"Seal {sealed.number}: somebody else stands as the one who acted.")
    elif forgotten > 0:
        verdict.remarks.append(f"Seal {sealed.number}: the accounts behind {forgotten} events were erased.")
    verdict.seals, verdict.events = verdict.seals + 1, verdict.events + sealed.count
    verdict.last_digest = sealed.digest
