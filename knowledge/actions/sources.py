"""What happens to a source of the compendium: suggested, published, changed, taken out. Each step leaves its trace."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit
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

from ..lifecycle import LISTED_SOURCE, SOURCE_STEPS, SourceStatus
from ..models import Source

FIELDS = (
    "kind", "name", "owner", "url", "description", "language", "access", "languages", "worldwide", "update_rhythm",
    "fair_notes", "care_notes", "conventions", "source",
)  # fmt: skip
SETS = ("targets", "subjects", "regions")
NEEDED = ("name", "owner", "url", "description", "kind")


# Writing --------------------------------------------------------------------------------------------------------------


def suggest(*, by: User | None, data: dict[str, Any], form_key: UUID | None = None, **extra: Any) -> Source:
    """Suggest a source; whoever is signed in may. The same form sent twice makes one suggestion."""
    try:
        with transaction.atomic():
            return _suggest(by, data, form_key=form_key, **extra)
    except IntegrityError:
        known = Source.objects.filter(form_key=form_key, suggested_by=by).first() if form_key else None
        if known is None:
            raise
        return known


def _suggest(by: User | None, data: dict[str, Any], **extra: Any) -> Source:
    source = Source(suggested_by=by, **{"is_example": bool(by and by.is_example)} | extra)
    _fill(source, data)
    _refuse_incomplete(source)
    _refuse_known(source)
    source.save()
    _set(source, data)
    event = record("suggest", source, by=by, after=source.status)
    tell(
        holders(Permission.SOURCE_CURATE, everywhere=True),
        event,
        kind="source_suggested",
        subject=gettext_lazy("A knowledge source was suggested: %(name)s"),
        text=gettext_lazy("Somebody suggests “%(name)s” of %(owner)s for the compendium:\n\n%(description)s"),
        path=source.get_absolute_url(),
        params={"name": source.name, "owner": source.owner, "description": source.description},
    )
    return source


def may_write(source: Source, user: Any) -> bool:
    """Whether `user` may change a source: those who curate always, whoever suggested it while it is a suggestion."""
    if can(user, Permission.SOURCE_CURATE):
        return True
    own = user.is_authenticated and source.suggested_by_id == user.pk
    return bool(own and source.status == SourceStatus.SUGGESTED)


@transaction.atomic
def save(
    source: Source,
    *,
    by: User | None,
    data: dict[str, Any],
    version: int | None = None,
    of_reference: bool = False,
    **details: Any,
) -> Source:
    """Change a source; the trail keeps each field as it was. Raises StaleWrite when somebody else saved first.

    What a person changes in the portal is not overwritten by the reference tables any more (`of_reference`).
    """
    _lock(source)
    if by is not None and not may_write(source, by):
        raise NotAllowed(_("Centres and the coordinator change sources, and whoever suggested one while it waits."))
    if version is not None and version != source.version:
        raise StaleWrite(_("Somebody else has changed this source meanwhile. Read it again before you change it."))
    changes = differences(source, data)
    if not changes:
        return source
    _fill(source, data)
    _refuse_incomplete(source)
    if "url" in changes:
        _refuse_known(source)
        source.failures, source.failed_since, source.checked_on = 0, None, None
    source.version += 1
    source.from_reference = source.from_reference and of_reference
    source.save()
    _set(source, data)
    record("change", source, by=by, before=source.status, after=source.status, public=True, changes=changes, **details)
    return source


def differences(source: Source, data: dict[str, Any]) -> dict[str, list[Any]]:
    """By field, what it says now and what `data` would make of it; sets as sorted codes."""
    found: dict[str, list[Any]] = {}
    for name in FIELDS:
        if name in data and _plain(data[name]) != (now := _plain(getattr(source, name))):
            found[name] = [now, _plain(data[name])]
    for name in SETS:
        if name in data:
            now, then = codes(getattr(source, name).all()), codes(data[name])
            if now != then:
                found[name] = [now, then]
    return found


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list | tuple | set) else value


def codes(rows: Iterable[Any]) -> list[str]:
    """The natural codes of reference rows, sorted; targets by their number."""
    found = [row.reference for row in rows]
    return sorted(found, key=lambda code: (len(code), code)) if all(code.isdigit() for code in found) else sorted(found)


def _fill(source: Source, data: dict[str, Any]) -> None:
    for name in FIELDS:
        if name in data:
            setattr(source, name, data[name])
    source.refresh_search_text()


def _set(source: Source, data: dict[str, Any]) -> None:
    for name in SETS:
        if name in data:
            getattr(source, name).set(data[name])


def _refuse_incomplete(source: Source) -> None:
    if any(not str(getattr(source, name)).strip() for name in NEEDED):
        raise DomainError(_("A source needs a name, an owner, an address, a kind and a description."))
    if urlsplit(source.url).scheme not in {"http", "https"}:
        raise DomainError(_("Give an address that begins with https://."))


def same_address(url: str) -> Any:
    """The sources with this address, whatever its end and its beginning look like."""
    bare = url.split("://", 1)[-1].removeprefix("www.").rstrip("/")
    forms = [
        f"{scheme}://{www}{bare}{end}" for scheme in ("https", "http") for www in ("", "www.") for end in ("", "/")
    ]
    return Source.objects.filter(url__in=forms)


def _refuse_known(source: Source) -> None:
    waiting = [*LISTED_SOURCE, SourceStatus.SUGGESTED]
    same = same_address(source.url).filter(status__in=waiting, name__iexact=source.name).exclude(pk=source.pk)
    if known := same.first():
        words = {"name": known.name, "reference": known.reference}
        raise DomainError(_("“%(name)s” is in the compendium already: %(reference)s.") % words)


# Steps ----------------------------------------------------------------------------------------------------------------


def open_steps(source: Source, user: Any) -> list[Step]:
    """The steps that `user` may take now: what the buttons and the API's 409 answer show."""
    if not can(user, Permission.SOURCE_CURATE):
        return []
    return [step for step in SOURCE_STEPS.values() if step.permission and source.status in step.sources]


@transaction.atomic
def publish(source: Source, *, by: User | None) -> Source:
    """Put a source into the compendium, for everybody."""
    _refuse_incomplete(source)
    changes = {"published_at": source.published_at or timezone.now(), "reason": ""}
    event = _take(source, "publish", by, changes)
    _tell_suggester(
        source,
        event,
        gettext_lazy("Published: %(name)s"),
        gettext_lazy("Thank you: the source that you suggested, “%(name)s”, is in the compendium now."),
    )
    return source


@transaction.atomic
def refuse(source: Source, *, by: User | None, reason: str) -> Source:
    """Leave a suggestion out, with the reason that whoever suggested it reads."""
    event = _take(source, "refuse", by, {"reason": _needed(reason)})
    _tell_suggester(
        source,
        event,
        gettext_lazy("Not taken into the compendium: %(name)s"),
        gettext_lazy("Thank you for suggesting “%(name)s”. It was not taken into the compendium: %(reason)s"),
    )
    return source


@transaction.atomic
def remove(source: Source, *, by: User | None, reason: str) -> Source:
    """Take a source out of the compendium; its history stays."""
    _take(source, "remove", by, {"reason": _needed(reason), "failures": 0, "failed_since": None})
    return source


@transaction.atomic
def confirm_address(source: Source, *, by: User | None) -> Source:
    """A person, or the link checker, found the source where it is said to be."""
    today = timezone.now().date()
    _take(source, "confirm_address", by, {"checked_on": today, "failures": 0, "failed_since": None})
    return source


@transaction.atomic
def find_unreachable(source: Source) -> Source:
    """The address did not answer several times, days apart: the source is shown with a warning."""
    event = _take(source, "find_unreachable", None, {})
    tell(
        holders(Permission.SOURCE_CURATE, everywhere=True),
        event,
        kind="source_unreachable",
        subject=gettext_lazy("An address does not answer: %(name)s"),
        text=gettext_lazy(
            "The address of “%(name)s” did not answer several times: %(url)s\n\nPlease look for a new one."
        ),
        path=source.get_absolute_url(),
        params={"name": source.name, "url": source.url},
    )
    return source


STEPS: dict[str, Callable[..., Source]] = {
    "publish": publish,
    "refuse": refuse,
    "remove": remove,
    "confirm_address": confirm_address,
}


def _needed(reason: str) -> str:
    if not reason.strip():
        raise DomainError(_("Give the reason in a sentence."))
    return reason.strip()


def _lock(source: Source) -> None:
    source.refresh_from_db(from_queryset=Source.objects.select_for_update())


def _take(source: Source, name: str, by: User | None, changes: dict[str, Any]) -> AuditEvent:
    """Lock, check right and state, move, leave a trace."""
    step = SOURCE_STEPS[name]
    _lock(source)
    if by is not None:
        if step.permission is None:
            raise NotAllowed(_("The portal itself does this when its day has come."))
        require(by, step.permission)
    if source.status not in step.sources:
        words = {"step": step.label, "name": source.name, "state": source.get_status_display()}
        sentence = _("“%(step)s” is not possible now: “%(name)s” is in the state “%(state)s”.")
        raise IllegalStep(sentence % words, [other.name for other in open_steps(source, by)] if by else [])
    before, source.status = source.status, step.target
    for field, value in changes.items():
        setattr(source, field, value)
    source.save()
    public = before in LISTED_SOURCE or source.status in LISTED_SOURCE
    said = {"reason": changes.get("reason", "")} if name in {"refuse", "remove"} else {}
    return record(name, source, by=by, before=before, after=source.status, public=public, **said)


def _tell_suggester(source: Source, event: AuditEvent, subject: Any, text: Any) -> None:
    if source.suggested_by is None:
        return
    params = {"name": source.name, "reason": source.reason}
    path = source.get_absolute_url()
    tell([source.suggested_by], event, kind="source_decided", subject=subject, text=text, path=path, params=params)
