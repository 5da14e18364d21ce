"""The one publisher of changes: compares what was touched with what was said last, and numbers each difference."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from rest_framework.utils.encoders import JSONEncoder

from .. import feed
from ..models import Change, ChangeHead, ChangeState, ChangeTouch

AT_ONCE = 60  # touches in one batch: their records are read outside of the transaction, and written in a short one
BATCHES = 50  # in one call; whoever is left waits for the next
SILENT = frozenset({"scored_at", "whats_next"})  # what the portal notes for itself, or words of the reader's language
ROUTINE_AT_ONCE = 1000
Digests = dict[str, list[str]]  # field → digest of what insiders read, digest of what everybody reads ("" for nothing)


class Overtaken(Exception):
    """Another publisher was faster; look again."""


@dataclass
class Seen:
    """One record as it is now; without `digests` it is not there any more."""

    kind: str
    object_id: int
    reference: str = ""
    digests: Digests = field(default_factory=dict)
    seats: set[str] = field(default_factory=set)
    party: str = ""
    is_example: bool = False


def publish() -> int:
    """Publish what waits, in batches; returns how many changes got a number. Safe to call at any time, by several."""
    published = 0
    for _batch in range(BATCHES):
        try:
            looked_at, changes = publish_batch()
        except Overtaken:
            return published  # the faster one looks again, and finds what we left
        published += changes
        if not looked_at:
            return published
    return published


def publish_batch() -> tuple[int, int]:
    """Publish one batch; returns how many touches were looked at and how many changes came of them.

    Raises Overtaken where another publisher wrote meanwhile: what was read may be older than what that one published.
    """
    ChangeHead.objects.get_or_create(pk=1)
    turn = ChangeHead.objects.get(pk=1).turn
    touches = list(ChangeTouch.objects.order_by("is_routine", "pk")[:AT_ONCE])
    if not touches:
        return 0, 0
    with translation.override("en"):
        seen = _look(touches)
    with transaction.atomic():
        if not ChangeHead.objects.filter(pk=1, turn=turn).update(turn=F("turn") + 1):
            raise Overtaken
        changes = _write(seen, ChangeHead.objects.get(pk=1).seq, timezone.now())
        ChangeTouch.objects.filter(pk__in=[touch.pk for touch in touches]).delete()
    return len(touches), changes


def wake_if_waiting() -> None:
    """For the sweep: wake the publisher where an act could not, because the broker was down or its process died."""
    if ChangeTouch.objects.exists():
        feed.wake()


def look_at_everything() -> int:
    """Leave word about every record: what changed without an act (a day that came, reference files) is found so."""
    count = 0
    for name, kind in feed.kinds().items():
        batch: list[ChangeTouch] = []
        known = ChangeState.objects.filter(kind=name).values_list("object_id", flat=True)
        for number in sorted({*kind.all_ids(), *known}):
            batch.append(ChangeTouch(model=name, object_id=number, is_routine=True))
        ChangeTouch.objects.bulk_create(batch, batch_size=ROUTINE_AT_ONCE)
        count += len(batch)
    return count


# Looking --------------------------------------------------------------------------------------------------------------


def _look(touches: Iterable[ChangeTouch]) -> list[Seen]:
    """The records that these touches may have changed, kind by kind."""
    by_model: dict[str, list[int]] = {}
    for touch in touches:
        by_model.setdefault(touch.model, []).append(touch.object_id)
    found: list[Seen] = []
    for name, kind in feed.kinds().items():
        ids = {number for model, numbers in by_model.items() for number in kind.touched(model, numbers)}
        ids.update(by_model.get(name, ()))
        if ids:
            found += _look_at(kind, sorted(ids))
    return found


def _look_at(kind: feed.Kind, ids: list[int]) -> list[Seen]:
    rows = kind.rows(ids)
    there = sorted(rows)
    insiders, everybody = _records(kind, rows, feed.Seat(feed.COORDINATOR)), _records(kind, rows, AnonymousUser())
    seats = _seats(kind, there)
    found = []
    for number in ids:
        if number not in rows:
            found.append(Seen(kind.name, number))
            continue
        full, public = insiders[number], everybody[number] if feed.PUBLIC in seats[number] else {}
        found.append(
            Seen(
                kind.name,
                number,
                reference=kind.reference(rows[number]),
                digests={name: [_digest(full, name), _digest(public, name)] for name in full | public},
                seats=seats[number],
                party=_party(full),
                is_example=bool(full.get("is_example")),
            )
        )
    return found


def _records(kind: feed.Kind, rows: Mapping[int, Any], reader: Any) -> dict[int, dict[str, Any]]:
    ordered = [rows[number] for number in sorted(rows)]
    records = kind.records(ordered, reader) if ordered else []
    return {row.pk: _audible(record) for row, record in zip(ordered, records, strict=True)}


def _audible(value: Any) -> Any:
    """A record without what nobody needs to hear about."""
    if isinstance(value, dict):
        return {name: _audible(inner) for name, inner in value.items() if name not in SILENT}
    return [_audible(inner) for inner in value] if isinstance(value, list) else value


def _digest(record: Mapping[str, Any], name: str) -> str:
    if name not in record:
        return ""
    said = json.dumps(record[name], sort_keys=True, cls=JSONEncoder)
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _party(record: Mapping[str, Any]) -> str:
    party = record.get("party")
    return party if isinstance(party, str) and len(party) == 2 else ""


def _seats(kind: feed.Kind, ids: list[int]) -> dict[int, set[str]]:
    """Who sees each record, by asking the records' own `visible_to` for everybody and for the offices concerned."""
    seats: dict[int, set[str]] = {number: set() for number in ids}
    offices = kind.offices(ids)
    asked: dict[str, list[int]] = {feed.NETWORK: ids, feed.COORDINATOR: ids}
    for number, names in offices.items():
        for name in names:
            asked.setdefault(name, []).append(number)
    for number in kind.visible(ids, AnonymousUser()) if ids else ():
        seats[number].add(feed.PUBLIC)
    for name, numbers in asked.items():
        for number in kind.visible(numbers, feed.Seat(name)) if numbers else ():
            seats[number].add(name)
    return seats


# Writing --------------------------------------------------------------------------------------------------------------


def _write(seen: list[Seen], seq: int, now: datetime) -> int:
    """Number and store what differs from what was said last; returns how many changes there are."""
    known = _known(seen)
    changes: list[Change] = []
    states: list[ChangeState] = []
    for record in seen:
        state = known.get((record.kind, record.object_id))
        change = _difference(record, state)
        if change is None:
            continue
        change.seq, change.at = seq + len(changes) + 1, now
        changes.append(change)
        states.append(
            ChangeState(
                kind=record.kind,
                object_id=record.object_id,
                reference=change.reference,
                version=change.version,
                digests=record.digests,
                seats=sorted(record.seats),
            )
        )
    Change.objects.bulk_create(changes)
    ChangeState.objects.bulk_create(
        states,
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=["reference", "version", "digests", "seats"],
    )
    ChangeHead.objects.filter(pk=1).update(seq=seq + len(changes))
    return len(changes)


def _known(seen: list[Seen]) -> dict[tuple[str, int], ChangeState]:
    by_kind: dict[str, list[int]] = {}
    for record in seen:
        by_kind.setdefault(record.kind, []).append(record.object_id)
    return {
        (state.kind, state.object_id): state
        for kind, numbers in by_kind.items()
        for state in ChangeState.objects.filter(kind=kind, object_id__in=numbers)
    }


def _difference(record: Seen, state: ChangeState | None) -> Change | None:
    """What there is to tell; None where nothing differs, or where nobody ever heard of the record."""
    before: Digests = state.digests if state else {}
    heard = set(state.seats) if state else set()
    if not record.seats and not heard:
        return None
    fields, public_fields = ([name for name in _names(before, record) if _differs(before, record, name, side)]
                             for side in (0, 1))  # fmt: skip
    if not fields and not public_fields and heard == record.seats:
        return None
    if not record.digests:
        fields = public_fields = []
    return Change(
        kind=record.kind,
        object_id=record.object_id,
        reference=record.reference or (state.reference if state else ""),
        version=(state.version if state else 0) + 1,
        fields=fields,
        public_fields=public_fields,
        seats=sorted(heard | record.seats),
        is_public=bool(public_fields) or (feed.PUBLIC in heard) != (feed.PUBLIC in record.seats),
        party=record.party,
        is_example=record.is_example,
    )


def _names(before: Digests, record: Seen) -> list[str]:
    return list(record.digests | before)


def _differs(before: Digests, record: Seen, name: str, side: int) -> bool:
    return before.get(name, ["", ""])[side] != record.digests.get(name, ["", ""])[side]
