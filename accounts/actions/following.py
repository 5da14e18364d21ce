"""Following the changes: what a reader is told after a number, as they may see it now."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from .. import feed
from ..errors import DomainError
from ..models import Change, ChangeHead
from ..models.change import KEPT_FOR

LOOKED_AT = 1000  # changes that one call goes through: a reader with narrow sight gets a shorter page, not a slow one


class CursorTooOld(DomainError):
    """What came after the cursor is not kept any more."""


class CursorAhead(DomainError):
    """The cursor was never given out by this portal, or by one that has since been restored from a backup."""


@dataclass(frozen=True)
class Told:
    """One change as one reader is told of it: the record changed, or it is gone from their sight."""

    change: Change
    is_gone: bool
    fields: list[str]


@dataclass(frozen=True)
class Page:
    """What one call brings, and the cursor with which the next one goes on."""

    told: list[Told]
    cursor: int
    has_more: bool


def as_record(told: Told, prefix: str) -> dict[str, Any]:
    """One change as readers get it, in the feed and by webhook; `prefix` begins the address of the record."""
    change = told.change
    return {
        "seq": change.seq,
        "at": change.at,
        "type": change.kind,
        "reference": change.reference,
        "url": f"{prefix}{reverse(f'api-{change.kind}-list')}{change.reference}/",
        "change": "gone" if told.is_gone else "changed",
        "version": change.version,
        "fields": told.fields,
        "is_example": change.is_example,
    }


def newest() -> int:
    """The number of the last change that was published; 0 before the first."""
    return ChangeHead.objects.filter(pk=1).values_list("seq", flat=True).first() or 0


def read(user: Any, since: int | None, *, kinds: Collection[str] = (), most: int = 100) -> Page:
    """What `user` is told after the number `since` (from the oldest that is kept, where it is None), at most `most`.

    A record that `user` may see now is told as changed; one that only could be seen then, as gone. In five queries and
    one for each kind of record, however many changes there are.
    Raises CursorTooOld and CursorAhead.
    """
    last = newest()
    start = _start(since, last)
    rows = Change.objects.after(start)
    if not user.is_authenticated:
        rows = rows.for_everybody()
    if kinds:
        rows = rows.filter(kind__in=kinds)
    # Up to the number that was the last one before: what is published meanwhile comes with the next call.
    looked_at = list(rows.filter(seq__lte=last)[: LOOKED_AT + 1])
    told: list[Told] = []
    ahead, cursor = len(looked_at) > LOOKED_AT, last
    for one, telling in _tell(looked_at[:LOOKED_AT], user):
        if len(told) == most:
            return Page(told, cursor, True)
        cursor = one.seq
        if telling:
            told.append(telling)
    return Page(told, cursor if ahead else last, ahead)


def _start(since: int | None, last: int) -> int:
    oldest = Change.objects.order_by("seq").values_list("seq", flat=True).first()
    first_kept = oldest if oldest is not None else last + 1
    if since is None:
        return first_kept - 1
    if since > last:
        raise CursorAhead(
            _("This cursor is ahead of the feed. Read the lists again, then follow from the cursor “now”.")
        )
    if since < first_kept - 1:
        days = KEPT_FOR.days
        sentence = _("Changes are kept for %(days)s days, and this cursor is older. Read the lists again, then follow "
                     "from the cursor “now”.")  # fmt: skip
        raise CursorTooOld(sentence % {"days": days})
    return since


def _tell(changes: list[Change], user: Any) -> list[tuple[Change, Told | None]]:
    """Each change with what the reader is told of it, or None."""
    by_kind: dict[str, set[int]] = {}
    for change in changes:
        by_kind.setdefault(change.kind, set()).add(change.object_id)
    known = feed.kinds()
    seen = {name: known[name].visible(ids, user) for name, ids in by_kind.items() if name in known}
    seats = feed.seats_of(user) if changes else set()
    return [(change, _telling(change, change.object_id in seen.get(change.kind, ()), seats)) for change in changes]


def _telling(change: Change, sees: bool, seats: set[str]) -> Told | None:
    could = seats.intersection(change.seats)
    if not could:  # it happened before they could see the record: how often a draft was changed is nobody else's
        return None
    if not sees:
        return Told(change, True, [])
    if could - {feed.PUBLIC, feed.NETWORK}:
        return Told(change, False, change.fields)
    if change.public_fields or change.is_public:
        return Told(change, False, change.public_fields)
    # One of the network hears that there is something to read; what everybody sees has not changed.
    return Told(change, False, []) if feed.PUBLIC not in change.seats else None
