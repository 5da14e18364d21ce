"""Saving a search, and telling its owner what is new in it: once for each new record,
as far as they may see it then.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from ..errors import DomainError
from ..models import SavedSearch, User
from ..models.user import NoticeFrequency
from ..saved_lists import kind_of
from .audit import record
from .digests import period_end
from .notices import tell

log = logging.getLogger(__name__)
MOST = 50  # searches of a person
LISTED = 20  # records named in one notice
# What was written a moment ago may not be committed yet: it is looked for the next time.
LAG = timedelta(minutes=1)


@transaction.atomic
def save_search(kind: str, query: str, *, name: str, frequency: str, by: User) -> SavedSearch:
    """Keep a search; the same one twice stays one row, with the newer name and frequency."""
    found = kind_of(kind)
    cleaned = found.clean(by, query) if found else None
    if found is None or cleaned is None:
        raise DomainError(_("This search cannot be saved. Go back to the list and choose its filters again."))
    User.objects.select_for_update().get(pk=by.pk)
    known = by.saved_searches.filter(kind=kind, query=cleaned).first()
    if known:
        return change_search(known, name=name, frequency=frequency, by=by)
    if by.saved_searches.count() >= MOST:
        raise DomainError(_("You keep %(most)s searches already. Delete one that you no longer need.") % {"most": MOST})
    name = name.strip() or found.words(by, cleaned) or str(found.label)
    made = SavedSearch.objects.create(user=by, kind=kind, query=cleaned, name=name[:120], frequency=frequency)
    record("saved_search_made", made, by=by, kind=kind)
    return made


@transaction.atomic
def change_search(search: SavedSearch, *, name: str, frequency: str, by: User) -> SavedSearch:
    """Change name and frequency. Whoever asks for mail again hears of what comes from now on."""
    search = by.saved_searches.select_for_update().get(pk=search.pk)
    if search.frequency == NoticeFrequency.NONE != frequency:
        search.last_seen_at = timezone.now()
    search.name, search.frequency = name.strip()[:120] or search.name, frequency
    search.save()
    return search


@transaction.atomic
def delete_search(search: SavedSearch, *, by: User) -> None:
    """Forget a search."""
    by.saved_searches.filter(pk=search.pk).delete()


# Telling --------------------------------------------------------------------------------------------------------------


def alert_all(now: datetime | None = None) -> int:
    """Look through every search whose turn it is; returns how many brought something.

    Safe to repeat, in several workers.
    """
    now = now or timezone.now()
    rows = SavedSearch.objects.wanted().select_related("user").order_by("pk")
    due = [row for row in rows.iterator() if until_of(row, now) > row.last_seen_at]
    return sum(_try(row, now) for row in due)


def until_of(search: SavedSearch, now: datetime) -> datetime:
    """Up to which moment a search is looked through: nearly now, or the last morning of its owner."""
    return min(period_end(search.user, now, search.frequency), now - LAG)


def _try(search: SavedSearch, now: datetime) -> int:
    """One fault costs nobody else their news."""
    try:
        return int(alert(search, now))
    except Exception:
        log.exception("a saved search failed", extra={"search": search.pk})
        return 0


@transaction.atomic
def alert(search: SavedSearch, now: datetime) -> bool:
    """Tell the owner of a search what came into it since the last time, in one notice; says whether there was
    something.
    """
    row = (
        SavedSearch.objects.wanted().select_for_update(of=("self",)).select_related("user").filter(pk=search.pk).first()
    )
    if row is None:
        return False
    kind, since, until = kind_of(row.kind), row.last_seen_at, until_of(row, now)
    if kind is None or until <= since:
        return False
    found = kind.news(row.user, row.query, since, until)
    count = found.count()
    if count:
        _tell(row, list(found[:LISTED]), count)
    SavedSearch.objects.filter(pk=row.pk).update(last_seen_at=until)
    return bool(count)


def _tell(search: SavedSearch, rows: list, count: int) -> None:
    event = record("saved_search_news", search, by=None, count=count)
    lines = "\n".join(f"{row.title} ({row.reference})" for row in rows)
    tell(
        [search.user],
        event,
        kind="saved_search",
        subject=ngettext_lazy("“%(name)s”: %(count)s new record", "“%(name)s”: %(count)s new records", count),
        text=gettext_lazy("New in your saved search “%(name)s”:\n\n%(lines)s")
        if count <= LISTED
        else gettext_lazy("New in your saved search “%(name)s”, the first %(listed)s of %(count)s:\n\n%(lines)s"),
        path=reverse_lazy("saved_search_open", args=[search.pk]),
        params={"name": search.name, "count": count, "listed": LISTED, "lines": lines},
    )
