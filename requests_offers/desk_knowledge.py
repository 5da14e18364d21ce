"""What waits in the compendium: sources that an advisor is asked about, suggestions, practices to write or review."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission, can, reach
from centres.calendars import CoordinationCalendar
from knowledge.lifecycle import PracticeStatus, SourceStatus
from knowledge.models import Practice, Review, Source

MOST = 100
ASSIGNED = (gettext_lazy("Sources to review"), gettext_lazy("Say keep, change or take out"))
SUGGESTED = (gettext_lazy("Suggested source"), gettext_lazy("Publish or refuse"))
TO_REVIEW = (gettext_lazy("Practice to review"), gettext_lazy("Publish or return"))
TO_WRITE = (gettext_lazy("Draft of a practice"), gettext_lazy("Finish and send for review"))


def sources(desk: Any) -> tuple:
    """The sources of items, for a desk that knows the person, the moment and how an item is made."""
    return (lambda: _assignments(desk), lambda: _suggestions(desk), lambda: _to_review(desk), lambda: _to_write(desk))


def _assignments(desk: Any) -> Iterator[Any]:
    """One item for each round, with how many sources wait in it."""
    if not can(desk.user, Permission.SOURCE_REVIEW):
        return
    rows = Review.objects.waiting_for(desk.user).select_related("round").order_by("round__due_on", "pk")
    waiting: dict[Any, int] = {}
    for review in rows:
        waiting[review.round] = waiting.get(review.round, 0) + 1
    for made, count in list(waiting.items())[:MOST]:
        of = _("%(count)s of your sources wait") % {"count": count}
        facts = {"url": made.get_absolute_url(), "title": made.title, "reference": ""}
        yield desk.item(made, ASSIGNED, due=made.due_on, calendar=CoordinationCalendar(), of=of, **facts)


def _suggestions(desk: Any) -> Iterator[Any]:
    """For the coordinator: centres may decide as well, and find suggestions in the list."""
    if not reach(desk.user, Permission.SOURCE_CURATE).everywhere:
        return
    for row in Source.objects.filter(status=SourceStatus.SUGGESTED).order_by("suggested_at", "pk")[:MOST]:
        facts = {"url": row.get_absolute_url(), "title": row.name, "reference": row.reference, "of": row.owner}
        yield desk.item(row, SUGGESTED, **facts)


def _to_review(desk: Any) -> Iterator[Any]:
    part = reach(desk.user, Permission.PRACTICE_REVIEW)
    if not part:
        return
    nobodys = Q(centre__isnull=True) if part.everywhere else Q(pk__in=[])
    rows = Practice.objects.filter(part.as_q({"centre": "centre"}) | nobodys, status=PracticeStatus.IN_REVIEW)
    yield from _practices(desk, rows, TO_REVIEW)


def _to_write(desk: Any) -> Iterator[Any]:
    part = reach(desk.user, Permission.PRACTICE_WRITE)
    if part.everywhere or not part:
        return
    own = part.as_q({"party": "party", "organization": "organization"}) | Q(author=desk.user)
    yield from _practices(desk, Practice.objects.filter(own, status=PracticeStatus.DRAFT), TO_WRITE)


def _practices(desk: Any, rows: Any, words: Any) -> Iterator[Any]:
    for row in rows.select_related("party", "organization").order_by("pk")[:MOST]:
        of = row.party.name if row.party else row.organization.name if row.organization else _("The network")
        facts = {"url": reverse("practice_detail", args=[row.reference]), "title": row.title}
        record = SimpleNamespace(language=row.language, is_example=row.is_example)
        yield desk.item(record, words, reference=row.reference, of=of, **facts)
