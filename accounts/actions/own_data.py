"""What the portal keeps about a person, handed out to them; and their account, erased when they want that.

Records belong to offices and stay. An erased account keeps its number, so that what it did keeps its place in the
trail and in records that nothing may change; whatever tells who it was goes.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ..errors import IllegalStep
from ..models import (
    ApiToken,
    AuditEvent,
    CalendarAddress,
    Claim,
    ImportRun,
    Invitation,
    Membership,
    Notice,
    SavedSearch,
    User,
    Webhook,
)
from .audit import record

ERASED = "Erased account"
NO_MAIL = "erased.invalid"
ABOUT = ("email", "name", "language", "time_zone", "notice_frequency", "date_joined", "last_login")


@dataclass(frozen=True)
class Kept:
    """One kind of rows about a person: its name in their file, the rows, and what of each is theirs to have."""

    name: str
    rows: Callable[[User], QuerySet]
    fields: tuple[str, ...]


def _of(model: Any, path: str) -> Callable[[User], QuerySet]:
    return lambda person: model.objects.filter(**{path: person})


KEPT = [
    Kept("roles", _of(Membership, "user"),
         ("role", "party__iso2", "centre__slug", "organization__slug", "starts_on", "ends_on")),
    Kept("claims", _of(Claim, "user"), ("role", "organization_name", "evidence", "status", "reason", "created_at")),
    Kept("notices", _of(Notice, "recipient"), ("queued_at", "kind", "subject", "text", "read_at")),
    Kept("saved_searches", _of(SavedSearch, "user"), ("kind", "name", "query", "frequency", "created_at")),
    Kept("tokens", _of(ApiToken, "user"), ("name", "scopes", "created", "expiry", "last_used_at")),
    Kept("webhooks", _of(Webhook, "owner"), ("name", "url", "types", "changes", "parties", "state", "created_at")),
    Kept("calendar_address", _of(CalendarAddress, "user"), ("made_at",)),
    Kept("imports", _of(ImportRun, "user"), ("queued_at", "kind", "file_name", "outcome", "counts", "finished_at")),
    Kept("steps", _of(AuditEvent, "actor"), ("at", "action", "object_type", "object_id")),
]  # fmt: skip
# What was written in an office's name, or shows who held it when, stays with the number of the account alone.
STAYS = {"accounts.membership", "knowledge.review"}
_FORGETTERS: list[Callable[[User], None]] = []


def also(*kinds: Kept, forget: Callable[[User], None] | None = None) -> None:
    """What a room above keeps about people, and how it forgets them; called from the `ready()` of its app."""
    KEPT.extend(kind for kind in kinds if kind not in KEPT)
    if forget is not None and forget not in _FORGETTERS:
        _FORGETTERS.append(forget)


def own_data(person: User) -> dict[str, Any]:
    """Everything that the portal keeps about a person, by kind. Secrets are not in it."""
    found: dict[str, Any] = {"account": {name: getattr(person, name) for name in ABOUT}}
    for kind in KEPT:
        found[kind.name] = list(kind.rows(person).order_by("pk").values(*kind.fields))
    return found


@transaction.atomic
def erase_account(person: User) -> None:
    """Erase one's own account: roles end, what it kept for the person goes, name and address with it."""
    person.refresh_from_db(from_queryset=User.objects.select_for_update())
    if person.is_service or person.is_staff or person.is_superuser:
        raise IllegalStep(_("Whoever runs the portal has to take this account's rights away first."))
    record("account_erased", person, by=person)
    for forget in _FORGETTERS:
        forget(person)
    _end_roles(person)
    Invitation.objects.filter(email__iexact=person.email).delete()
    Session.objects.filter(session_key__in=UserSession.objects.filter(user=person).values("session_key")).delete()
    for relation in person._meta.related_objects:
        model: Any = relation.related_model
        if relation.on_delete is models.CASCADE and model._meta.label_lower not in STAYS:
            model._base_manager.filter(**{relation.field.name: person}).delete()
    person.email, person.name, person.is_active = f"{uuid.uuid4().hex}@{NO_MAIL}", ERASED, False
    person.last_login = None
    person.set_unusable_password()
    person.save()


def _end_roles(person: User) -> None:
    yesterday = timezone.now().date() - timedelta(days=1)
    for membership in Membership.objects.not_over().filter(user=person).select_for_update(of=("self",)):
        membership.ends_on = max(membership.starts_on, yesterday)
        membership.save(update_fields=["ends_on"])
        record("membership_ended", membership, by=person, reason_code="account_erased")
