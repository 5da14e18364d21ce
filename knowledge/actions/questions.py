"""Questions about knowledge: asked of the helpdesk; once answered, published for others without saying who asked."""

import re
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep
from accounts.models import User
from accounts.permissions import Permission, require
from centres.models import Ticket

from ..models import AnsweredQuestion

SETS = ("targets", "subjects", "sources")
PERSONAL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|\+?\d[\d ()/.-]{7,}\d")


@transaction.atomic
def publish_answer(
    ticket: Ticket, *, by: User, question: str, answer: str, language: str = "en", **sets: Any
) -> AnsweredQuestion:
    """Publish question and answer of a ticket that was answered, in words that name nobody. Once for each ticket."""
    require(by, Permission.TICKET_HANDLE, ticket)
    ticket.refresh_from_db(from_queryset=Ticket.objects.select_for_update())
    if not ticket.messages.filter(is_from_asker=False, is_internal=False).exists():
        raise IllegalStep(_("Answer the question first; then others may read it too."))
    if not question.strip() or not answer.strip():
        raise DomainError(_("Write the question and the answer for everybody."))
    refuse_personal(ticket, question, answer)
    made = AnsweredQuestion.objects.filter(ticket=ticket).first() or AnsweredQuestion(ticket=ticket)
    made.question, made.answer, made.language = question.strip(), answer.strip(), language
    made.published_by, made.withdrawn_at, made.is_example = by, None, ticket.is_example
    made.refresh_search_text()
    made.save()
    for name in SETS:
        if name in sets:
            getattr(made, name).set(sets[name])
    record("publish_answer", ticket, by=by)
    return made


def refuse_personal(ticket: Ticket, *texts: str) -> None:
    """Refuse texts that name who asked, or hold an address or a telephone number."""
    whole = " ".join(texts)
    asker = ticket.asker.name.strip() if ticket.asker else ""
    if PERSONAL.search(whole):
        raise DomainError(_("Leave out mail addresses and telephone numbers: everybody will read this."))
    if len(asker) > 3 and asker.casefold() in whole.casefold():
        raise DomainError(_("Leave out who asked: everybody will read this."))


@transaction.atomic
def withdraw_answer(made: AnsweredQuestion, *, by: User) -> AnsweredQuestion:
    """Take a published question away again."""
    require(by, Permission.TICKET_HANDLE, made.ticket)
    made.refresh_from_db(from_queryset=AnsweredQuestion.objects.select_for_update())
    if made.withdrawn_at is None:
        made.withdrawn_at = timezone.now()
        made.save(update_fields=["withdrawn_at"])
        record("withdraw_answer", made.ticket, by=by)
    return made
