"""What both sides and the centre write to each other about a match, on the record, and who translates between them."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import User
from accounts.permissions import Permission, can, require

from .. import announce, uploads
from ..lifecycle import HOLDS_PLACE
from ..models import Match, Message, MessageFile
from . import tidings
from .attachments import MESSAGES, random_name
from .steps import lock

MOST_FILES = 5  # with one message
WRITERS = {
    Message.Side.PARTY: Permission.MATCH_ANSWER_PARTY,
    Message.Side.PROVIDER: Permission.MATCH_ANSWER_PROVIDER,
    Message.Side.CENTRE: Permission.MATCH_OFFER,
}


def sides_of(match: Match, user: Any) -> list[str]:
    """The sides for which somebody may write about a match."""
    return [side.value for side, right in WRITERS.items() if can(user, right, match)]


def is_open(match: Match) -> bool:
    """Whether there is something to talk about: the match is offered or agreed. What was said stays to be read."""
    return match.status in HOLDS_PLACE


def say(
    match: Match,
    *,
    by: User,
    text: str,
    language: str,
    side: str = "",
    files: Sequence[Any] = (),
    form_key: UUID | None = None,
) -> Message:
    """Write to the others about an offered or agreed match. The same `form_key` again gives the same message."""
    side = _side(match, by, side)
    if len(files) > MOST_FILES:
        raise DomainError(
            _("A message has at most %(most)s files. Send the others with the next one.") % {"most": MOST_FILES}
        )
    seen = [(file, uploads.look_at(file, file.name)) for file in files]
    stored = [(one, default_storage.save(random_name(MESSAGES), file)) for file, one in seen]
    try:
        message, made = _keep(match, stored, by=by, side=side, text=text, language=language, form_key=form_key)
    except BaseException:
        _forget(stored)
        raise
    if not made:
        _forget(stored)
    return message


def _forget(stored: list[tuple[Any, str]]) -> None:
    for _one, name in stored:
        default_storage.delete(name)


def _side(match: Match, by: User, side: str) -> str:
    allowed = sides_of(match, by)
    if side in allowed or (not side and len(allowed) == 1):
        return side or allowed[0]
    if not allowed or side:
        raise NotAllowed(_("Only the office of the Party, the provider and the centre write here."))
    raise DomainError(_("Say for which side you write."))


@transaction.atomic
def _keep(
    match: Match, stored: list[tuple[Any, str]], *, by: User, text: str, form_key: UUID | None, **facts: str
) -> tuple[Message, bool]:
    lock(match)
    if form_key and (earlier := Message.objects.filter(form_key=form_key, match=match, by=by).first()):
        return earlier, False
    if not is_open(match):
        raise IllegalStep(_("The conversation has ended with the match. What was said stays here."))
    if not text.strip():
        raise DomainError(_("Write the message."))
    _check_room(match, sum(one.size for one, _name in stored))
    message = Message.objects.create(match=match, text=text, by=by, form_key=form_key, **facts)
    known: set[str] = set()
    for one, name in stored:
        if one.sha256 in known:
            transaction.on_commit(partial(default_storage.delete, name))
            continue
        known.add(one.sha256)
        MessageFile.objects.create(
            message=message, name=one.name, stored_as=name, content_type=one.content_type, size=one.size,
            sha256=one.sha256,
        )  # fmt: skip
    event = record("message", match, by=by, message=message.pk, side=message.side, files=len(known))
    tidings.about_message(message, event, who_of(message))
    return message, True


def _check_room(match: Match, size: int) -> None:
    kept = MessageFile.objects.filter(message__match=match).aggregate(total=Sum("size"))["total"] or 0
    if kept + size > uploads.LARGEST_RECORD:
        raise DomainError(
            _("The files of a conversation have at most 50 MB together. Share a link in the text instead.")
        )


def who_of(message: Message) -> Any:
    """The office, organization or centre that wrote a message; people stay behind their office."""
    match = message.match
    if message.side == Message.Side.PROVIDER:
        return match.offer.organization.name
    request = match.component.request
    if message.side == Message.Side.PARTY:
        return announce.Lazy(lambda: request.party.name)
    return announce.Lazy(lambda: request.centre.name if request.centre else gettext_lazy("the helpdesk"))


@transaction.atomic
def name_translator(match: Match, *, by: User, translator: str, since: date | None) -> Match:
    """The officer writes down who translates between the two sides, and from when; an empty name takes it away."""
    lock(match)
    require(by, Permission.MATCH_OFFER, match)
    if not is_open(match):
        raise IllegalStep(_("The match has ended: there is nothing to translate any more."))
    translator = translator.strip()
    if translator and since is None:
        raise DomainError(_("Say from which day they translate."))
    since = since if translator else None
    if (match.translator, match.translator_from) == (translator, since):
        return match
    match.translator, match.translator_from = translator, since
    match.save(update_fields=["translator", "translator_from", "updated_at"])
    event = record("name_translator", match, by=by, translates=bool(translator))
    if translator:
        tidings.about_translator(match, event)
    return match
