"""What happens to a practice: begun from lessons or by hand, reviewed by a centre, published."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.audit import record
from accounts.actions.notices import tell
from accounts.errors import DomainError, IllegalStep, NotAllowed, StaleWrite
from accounts.models import AuditEvent, User
from accounts.people import holders
from accounts.permissions import Permission, can, require
from accounts.steps import Step

from ..lifecycle import PRACTICE_STEPS, PracticeStatus
from ..models import Practice

FIELDS = ("title", "summary", "lessons", "language")
SETS = ("constraints", "targets", "subjects", "cooperation_types", "sources")


# Writing --------------------------------------------------------------------------------------------------------------


def start(*, by: User | None, data: dict[str, Any], form_key: UUID | None = None, **scope: Any) -> Practice:
    """Begin a practice for one's office, organization or centre. The same form sent twice makes one draft."""
    try:
        with transaction.atomic():
            return _start(by, data, form_key=form_key, **scope)
    except IntegrityError:
        known = Practice.objects.filter(form_key=form_key, author=by).first() if form_key else None
        if known is None:
            raise
        return known


def _start(by: User | None, data: dict[str, Any], **scope: Any) -> Practice:
    practice = Practice(**{"author": by, "is_example": bool(by and by.is_example)} | scope)
    if by is not None:
        require(by, Permission.PRACTICE_WRITE, practice)
    if not str(data.get("title", "")).strip():
        raise DomainError(_("Give the practice a title."))
    _fill(practice, data)
    practice.save()
    _set(practice, data)
    record("start", practice, by=by, after=practice.status)
    return practice


def scope_of(user: User) -> dict[str, Any]:
    """For whom somebody writes a practice by hand: the first of their offices with the right to."""
    for membership in user.current_memberships:
        for kind in ("party", "organization", "centre"):
            owner = getattr(membership, kind)
            if owner is not None and can(user, Permission.PRACTICE_WRITE, Practice(**{kind: owner})):
                return {kind: owner}
    return {}


def may_write(practice: Practice, user: Any) -> bool:
    """Whether `user` may change a draft."""
    own = user.is_authenticated and practice.author_id == user.pk
    return practice.status == PracticeStatus.DRAFT and bool(own or can(user, Permission.PRACTICE_WRITE, practice))


@transaction.atomic
def save(practice: Practice, *, by: User | None, data: dict[str, Any], version: int | None = None) -> Practice:
    """Change a draft. Raises StaleWrite when somebody else saved first."""
    _lock(practice)
    if by is not None and not may_write(practice, by):
        if practice.status != PracticeStatus.DRAFT:
            raise IllegalStep(_("Only a draft can be changed."), [step.name for step in open_steps(practice, by)])
        raise NotAllowed(_("Only those who write this practice can change it."))
    if version is not None and version != practice.version:
        raise StaleWrite(_("Somebody else has changed this practice meanwhile. Read it again before you change it."))
    _fill(practice, data)
    practice.version += 1
    practice.save()
    _set(practice, data)
    record("change", practice, by=by, before=practice.status, after=practice.status, fields=sorted(data))
    return practice


def _fill(practice: Practice, data: dict[str, Any]) -> None:
    for name in FIELDS:
        if name in data:
            setattr(practice, name, data[name])
    practice.refresh_search_text()


def _set(practice: Practice, data: dict[str, Any]) -> None:
    for name in SETS:
        if name in data:
            getattr(practice, name).set(data[name])


# Steps ----------------------------------------------------------------------------------------------------------------


def may_take(practice: Practice, step: Step, user: Any) -> bool:
    """Whether `user` has the right to a step, whatever the state."""
    if not user.is_authenticated:
        return False
    if step.permission == Permission.PRACTICE_WRITE:
        return practice.author_id == user.pk or can(user, Permission.PRACTICE_WRITE, practice)
    if practice.centre_id is None:  # nobody's region: whoever reviews anywhere
        return can(user, Permission.PRACTICE_REVIEW)
    return can(user, Permission.PRACTICE_REVIEW, practice)


def open_steps(practice: Practice, user: Any) -> list[Step]:
    """The steps that `user` may take now."""
    steps = PRACTICE_STEPS.values()
    return [step for step in steps if practice.status in step.sources and may_take(practice, step, user)]


@transaction.atomic
def submit(practice: Practice, *, by: User | None) -> Practice:
    """Send a draft to those who review."""
    _lock(practice)
    if not practice.summary.strip() or not practice.lessons.strip():
        raise DomainError(_("Write what was done and what others should know before you send it."))
    event = _take(practice, "submit", by, {"review_note": ""})
    people = holders(Permission.PRACTICE_REVIEW, centre=practice.centre, everywhere=practice.centre is None)
    sentence = gettext_lazy("“%(title)s” was sent for review. Publish it, or say what should be changed.")
    _tell(people, practice, event, gettext_lazy("A practice waits for review: %(title)s"), sentence)
    return practice


@transaction.atomic
def return_for_changes(practice: Practice, *, by: User | None, text: str) -> Practice:
    """Give a practice back to its authors, with what should be changed."""
    if not text.strip():
        raise DomainError(_("Write what should be changed."))
    event = _take(practice, "return_for_changes", by, {"review_note": text.strip()})
    sentence = gettext_lazy("Please change “%(title)s” before it is published: %(note)s")
    _tell(_authors(practice), practice, event, gettext_lazy("Please change your practice: %(title)s"), sentence)
    return practice


@transaction.atomic
def publish(practice: Practice, *, by: User | None) -> Practice:
    """Publish a practice, for everybody."""
    changes = {"published_at": practice.published_at or timezone.now(), "review_note": ""}
    event = _take(practice, "publish", by, changes)
    sentence = gettext_lazy("“%(title)s” is public now. Thank you for sharing what you learned.")
    _tell(_authors(practice), practice, event, gettext_lazy("Published: %(title)s"), sentence)
    return practice


STEPS: dict[str, Callable[..., Practice]] = {
    "submit": submit,
    "return_for_changes": return_for_changes,
    "publish": publish,
}


def _authors(practice: Practice) -> list[User]:
    return [practice.author] if practice.author else []


def _lock(practice: Practice) -> None:
    practice.refresh_from_db(from_queryset=Practice.objects.select_for_update())


def _take(practice: Practice, name: str, by: User | None, changes: dict[str, Any]) -> AuditEvent:
    step = PRACTICE_STEPS[name]
    _lock(practice)
    if by is not None and not may_take(practice, step, by):
        raise NotAllowed(_("Authors send a practice for review; centres and the coordinator publish or return it."))
    if practice.status not in step.sources:
        words = {"step": step.label, "title": practice.title, "state": practice.get_status_display()}
        sentence = _("“%(step)s” is not possible now: “%(title)s” is in the state “%(state)s”.")
        raise IllegalStep(sentence % words, [other.name for other in open_steps(practice, by)] if by else [])
    before, practice.status = practice.status, step.target
    for field, value in changes.items():
        setattr(practice, field, value)
    practice.save()
    public = PracticeStatus.PUBLISHED in {before, practice.status}
    return record(name, practice, by=by, before=before, after=practice.status, public=public)


def _tell(people: Any, practice: Practice, event: AuditEvent, subject: Any, text: Any) -> None:
    params = {"title": practice.title, "note": practice.review_note}
    path = practice.get_absolute_url()
    tell(people, event, kind="practice", subject=subject, text=text, path=path, params=params)
