"""What waits besides requests and offers: claims to decide, questions to the helpdesk, and answers to one's own."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Claim
from accounts.permissions import Permission, can
from centres.calendars import CoordinationCalendar, centre_calendars
from centres.models import Ticket

MOST = 100
CLAIM = (_("Claim to decide"), _("Verify or refuse"))
QUESTION = (_("Question to answer"), _("Reply, or hand it on"))
ANSWER = (_("Answer of the helpdesk"), _("Say whether it helps"))


def sources(desk: Any) -> tuple:
    """The sources of items, for a desk that knows the person, the moment and how an item is made."""
    return (lambda: _claims(desk), lambda: _questions(desk), lambda: _answers(desk))


def _claims(desk: Any) -> Iterator[Any]:
    rights = (Permission.CLAIM_OFFICE_DECIDE, Permission.CLAIM_ORGANIZATION_DECIDE)
    if not any(can(desk.user, right) for right in rights):
        return
    rows = Claim.objects.waiting().decidable_by(desk.user).select_related("user", "party", "organization", "seat")
    for row in rows.order_by("due_on", "pk")[:MOST]:
        facts = {
            "url": f"{reverse('claim_list')}#claim-{row.pk}",
            "title": str(row.user),
            "reference": "",
            "of": str(row.claimed),
        }
        record = SimpleNamespace(language="", is_example=row.is_example)
        calendar = row.party or row.seat or CoordinationCalendar()
        yield desk.item(record, CLAIM, due=row.due_on, calendar=calendar, **facts)


def _questions(desk: Any) -> Iterator[Any]:
    """Those that nobody has taken on, or the person has."""
    if not can(desk.user, Permission.TICKET_HANDLE):
        return
    open_now = Ticket.objects.handled_by(desk.user).filter(status=Ticket.Status.OPEN)
    rows = open_now.filter(Q(assigned_to__isnull=True) | Q(assigned_to=desk.user)).select_related("party")
    found = list(rows.by_due_day()[:MOST])
    calendars = centre_calendars({row.centre_id for row in found} - {None}) if found else {}
    for row in found:
        yield _ticket(desk, row, QUESTION, calendars[row.centre_id])


def _answers(desk: Any) -> Iterator[Any]:
    rows = Ticket.objects.filter(asker=desk.user, status=Ticket.Status.WAITING).select_related("party")
    for row in rows.order_by("-updated_at", "pk")[:MOST]:
        yield _ticket(desk, row, ANSWER, None)


def _ticket(desk: Any, row: Ticket, words: tuple, calendar: Any) -> Any:
    facts = {"url": row.get_absolute_url(), "title": row.subject, "reference": row.reference}
    of = row.party.name if row.party else str(row.get_kind_display())
    return desk.item(row, words, due=row.due_on, calendar=calendar, of=of, **facts)
