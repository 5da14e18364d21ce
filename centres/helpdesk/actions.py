"""What can be done with a ticket: one function per step. Raises NotAllowed, IllegalStep or DomainError.

Every step locks the ticket, checks right and state, tells those concerned, and leaves a trace without anybody's words.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.audit import record
from accounts.actions.notices import tell
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, User
from accounts.people import holders, with_stand_ins
from accounts.permissions import Permission, can
from centres.calendars import centre_calendar
from centres.clock_lengths import length
from centres.models import Clock, Party, SupportCentre, Ticket, TicketMessage
from centres.working_week import due_on

from .lifecycle import ASKER, COORDINATOR, HELPDESK, STEPS, Step

# Who ----------------------------------------------------------------------------------------------------------------


def handlers(ticket: Ticket) -> list[User]:
    """Who answers a ticket: whoever took it on, else the staff of its centre, else the coordinators."""
    if ticket.assigned_to and can(ticket.assigned_to, Permission.TICKET_HANDLE, ticket):
        return with_stand_ins([ticket.assigned_to])
    if ticket.centre and (staff := list(holders(Permission.TICKET_HANDLE, centre=ticket.centre))):
        return staff
    return list(holders(Permission.TICKET_HANDLE, everywhere=True))


def parts_of(ticket: Ticket, user: User) -> set[str]:
    """As what somebody may act on a ticket."""
    found = {ASKER} if user.is_authenticated and ticket.asker_id == user.pk else set()
    if can(user, Permission.TICKET_HANDLE, ticket):
        found.add(HELPDESK)
    if can(user, Permission.TICKET_HAND_OVER):
        found.add(COORDINATOR)
    return found


def open_steps(ticket: Ticket, user: User) -> list[Step]:
    """The steps that `user` may take now, in the order of the table."""
    parts = parts_of(ticket, user)
    found = [step for step in STEPS.values() if ticket.status in step.sources and step.who & parts]
    useless = {"give_back"} if ticket.centre_id is None else set()
    return [step for step in found if step.name not in useless]


# Steps --------------------------------------------------------------------------------------------------------------


def ask(
    *, by: User, subject: str, text: str, kind: str, party: Party | None = None, form_key: UUID | None = None, **of: Any
) -> Ticket:
    """Ask the helpdesk. The same form sent twice makes one ticket."""
    try:
        with transaction.atomic():
            return _ask(by, subject=subject, text=text, kind=kind, party=party, form_key=form_key, **of)
    except IntegrityError:
        known = Ticket.objects.filter(form_key=form_key, asker=by).first() if form_key else None
        if known is None:
            raise
        return known


def _ask(by: User, **fields: Any) -> Ticket:
    _needs(fields["subject"], _("Write in a few words what it is about."))
    _needs(fields["text"], _("Write your question."))
    ticket = Ticket(asker=by, language=by.language, is_example=by.is_example, **fields)
    ticket.due_on = _due(ticket)
    ticket.save()
    event = record("ask", ticket, by=by, after=ticket.status, kind=ticket.kind)
    _tell(
        handlers(ticket),
        ticket,
        event,
        gettext_lazy("Helpdesk: %(subject)s. Please answer until %(until)s"),
        gettext_lazy("%(person)s asks the helpdesk:\n\n%(text)s"),
        text=ticket.text,
    )
    return ticket


@transaction.atomic
def reply(ticket: Ticket, *, text: str, by: User) -> Ticket:
    """Answer the asker. The ticket waits for them; whoever replies has taken it on."""
    ticket = _locked(ticket, "reply", by)
    _needs(text, _("Write the reply."))
    ticket.assigned_to = ticket.assigned_to or by
    event = _move(ticket, "reply", by, due_on=None, assigned_to=ticket.assigned_to)
    _say(ticket, text, by)
    _tell(
        [ticket.asker],
        ticket,
        event,
        gettext_lazy("The helpdesk has answered: %(subject)s"),
        gettext_lazy("%(text)s\n\nIf this helps, mark your question as solved. If not, write more."),
        text=text,
    )
    return ticket


@transaction.atomic
def note(ticket: Ticket, *, text: str, by: User) -> Ticket:
    """Keep a note that only those who answer read."""
    ticket = _locked(ticket, "note", by)
    _needs(text, _("Write the note."))
    _move(ticket, "note", by)
    _say(ticket, text, by, is_internal=True)
    return ticket


@transaction.atomic
def write(ticket: Ticket, *, text: str, by: User) -> Ticket:
    """The asker writes more: the ticket is open again and its clock starts anew."""
    ticket = _locked(ticket, "write", by)
    _needs(text, _("Write what you want to add."))
    event = _move(ticket, "write", by, due_on=_due(ticket), solved_at=None)
    _say(ticket, text, by, is_from_asker=True)
    _tell(
        handlers(ticket),
        ticket,
        event,
        gettext_lazy("Helpdesk, more about: %(subject)s. Please answer until %(until)s"),
        gettext_lazy("%(person)s writes:\n\n%(text)s"),
        text=text,
    )
    return ticket


@transaction.atomic
def take_on(ticket: Ticket, *, by: User) -> Ticket:
    """Say that one answers this ticket oneself."""
    ticket = _locked(ticket, "take_on", by)
    _move(ticket, "take_on", by, assigned_to=by)
    return ticket


@transaction.atomic
def hand_over(ticket: Ticket, *, centre: SupportCentre, reason: str, by: User) -> Ticket:
    """Hand a ticket to a centre; its clock starts anew in the week of that centre."""
    ticket = _locked(ticket, "hand_over", by)
    _needs(reason, _("Write why the centre should answer."))
    if ticket.centre_id == centre.pk:
        raise DomainError(_("That centre has the ticket already. Choose another one."))
    return _hand(ticket, "hand_over", centre, reason, by)


@transaction.atomic
def give_back(ticket: Ticket, *, reason: str, by: User) -> Ticket:
    """A centre gives a ticket back to the helpdesk."""
    ticket = _locked(ticket, "give_back", by)
    _needs(reason, _("Write why the helpdesk should answer."))
    if ticket.centre_id is None:
        raise DomainError(_("The helpdesk has this ticket already."))
    return _hand(ticket, "give_back", None, reason, by)


def _hand(ticket: Ticket, name: str, centre: SupportCentre | None, reason: str, by: User) -> Ticket:
    former = ticket.centre
    ticket.centre = centre
    slugs = {"former": former.slug if former else "", "centre": centre.slug if centre else ""}
    event = _move(ticket, name, by, reason=reason, centre=centre, assigned_to=None, due_on=_due(ticket), said=slugs)
    _say(ticket, reason, by, is_internal=True)
    _tell(
        handlers(ticket),
        ticket,
        event,
        gettext_lazy("A question was handed to you: %(subject)s. Please answer until %(until)s"),
        gettext_lazy("%(by)s hands you a question of %(person)s: %(reason)s\n\n%(text)s"),
        text=ticket.text,
        reason=reason,
    )
    return ticket


@transaction.atomic
def solve(ticket: Ticket, *, by: User) -> Ticket:
    """Say that nothing more is to be done. The asker can write again at any time."""
    ticket = _locked(ticket, "solve", by)
    event = _move(ticket, "solve", by, due_on=None, solved_at=timezone.now())
    _tell(
        [ticket.asker, *handlers(ticket)],
        ticket,
        event,
        gettext_lazy("Solved: %(subject)s"),
        gettext_lazy("%(by)s has marked “%(subject)s” as solved. The asker can write again at any time."),
    )
    return ticket


ACTS: dict[str, Callable[..., Ticket]] = {
    "take_on": take_on,
    "reply": reply,
    "note": note,
    "write": write,
    "hand_over": hand_over,
    "give_back": give_back,
    "solve": solve,
}


# One step -----------------------------------------------------------------------------------------------------------


def _locked(ticket: Ticket, name: str, by: User) -> Ticket:
    """The ticket under lock, in a state from which the step leads on, and in the hands of `by`."""
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("asker", "centre", "assigned_to", "party")
    ticket = rows.get(pk=ticket.pk)
    step = STEPS[name]
    if not step.who & parts_of(ticket, by):
        raise NotAllowed(_("You cannot do this with the ticket. Whoever has it now can, and whoever asked."))
    if ticket.status not in step.sources:
        names = [other.name for other in open_steps(ticket, by)]
        raise IllegalStep(_("This ticket is solved. Write more to open it again."), names)
    return ticket


def _move(ticket: Ticket, name: str, by: User, *, reason: str = "", said: Any = None, **changes: Any) -> AuditEvent:
    before, ticket.status = ticket.status, STEPS[name].target or ticket.status
    for field, value in changes.items():
        setattr(ticket, field, value)
    ticket.save()
    return record(name, ticket, by=by, before=before, after=ticket.status, reason=reason, **(said or {}))


def _say(ticket: Ticket, text: str, by: User, **fields: bool) -> None:
    TicketMessage.objects.create(ticket=ticket, author=by, text=text, **fields)


def _due(ticket: Ticket) -> Any:
    return due_on(centre_calendar(ticket.centre), length(Clock.HELPDESK), timezone.now())


def _tell(
    people: Iterable[User | None], ticket: Ticket, event: AuditEvent, heading: Any, sentence: Any, **params: Any
) -> None:
    words = {"subject": ticket.subject, "until": ticket.due_on, "person": ticket.asker, "by": event.actor, "reason": ""}
    found = [person for person in people if person]
    path = reverse_lazy("ticket_detail", args=[ticket.reference])
    tell(found, event, kind=f"ticket_{event.action}", subject=heading, text=sentence, path=path, params=words | params)


def _needs(text: str, sentence: str) -> None:
    if not text.strip():
        raise DomainError(sentence)
