"""Attaching files to a request and taking them away: the file is written first, then its row, in a transaction."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep
from accounts.permissions import Permission, can, require

from .. import uploads
from ..models import Attachment, Component, CooperationRequest, MessageFile, Result
from .drafts import REQUEST_EDITABLE
from .steps import lock

FOLDER, EVIDENCE, MESSAGES = "attachments", "evidence", "messages"
OWNERS: dict[str, Any] = {
    FOLDER: Attachment,
    EVIDENCE: Result,
    MESSAGES: MessageFile,
}  # whose rows name the files of a folder
ORPHAN_AFTER = timedelta(days=1)


def owns(folder: str, model: Any) -> None:
    """Say whose rows name the files of a folder; called from the `ready()` of an app above."""
    OWNERS[folder] = model


def attach(
    request: CooperationRequest,
    *,
    by: Any,
    file: Any,
    name: str,
    kind: str = "file",
    component: Component | None = None,
) -> Attachment:
    """Attach a file; the same bytes again give the row there is. Raises BadUpload, IllegalStep, NotAllowed."""
    require(by, Permission.REQUEST_DRAFT, request)
    return _store(request, file, name, by=by, kind=kind, component=component)


def attach_letter(request: CooperationRequest, *, by: Any, file: Any, name: str) -> Attachment:
    """Attach an official letter to a request, whoever holds it: the caller has checked right and state."""
    kind = Attachment.Kind.ENDORSEMENT_LETTER
    return _store(request, file, name, by=by, kind=kind, component=None, at_any_time=True)


def _store(request: CooperationRequest, file: Any, name: str, **more: Any) -> Attachment:
    seen = uploads.look_at(file, name)
    return keep_file(file, FOLDER, lambda stored_as: _keep(request, seen, stored_as, **more))


def keep_file(file: Any, folder: str, keep: Callable[[str], Any]) -> Any:
    """Write a file, then by `keep` its row, which is returned; the file goes again where no row names it."""
    stored_as = default_storage.save(random_name(folder), file)
    try:
        kept = keep(stored_as)
    except BaseException:  # also a worker that is told to stop: no transaction takes a file back
        default_storage.delete(stored_as)
        raise
    if kept.stored_as != stored_as:
        default_storage.delete(stored_as)
    return kept


def random_name(folder: str) -> str:
    """Where a file is kept: nothing of its own name is in it."""
    name = secrets.token_hex(16)
    return f"{folder}/{name[:2]}/{name}"


@transaction.atomic
def _keep(
    request: CooperationRequest,
    seen: uploads.Seen,
    stored_as: str,
    *,
    by: Any,
    kind: str,
    component: Any,
    at_any_time: bool = False,
) -> Attachment:
    lock(request)
    if not at_any_time:
        _check_open(request, by)
    if kind not in Attachment.Kind.values or (component and component.request_id != request.pk):
        raise DomainError(_("Choose what this file is from the list."))
    same = Attachment.objects.filter(request=request, sha256=seen.sha256).first()
    if same:
        return same
    _check_room(request, seen.size)
    made = Attachment.objects.create(
        request=request, component=component, kind=kind, name=seen.name, stored_as=stored_as,
        content_type=seen.content_type, size=seen.size, sha256=seen.sha256, uploaded_by=by,
    )  # fmt: skip
    record("attach", request, by=by, attachment=made.pk, kind=kind, size=seen.size, sha256=seen.sha256)
    return made


def may_change_files(request: CooperationRequest, user: Any) -> bool:
    """Whether `user` may attach and remove files now: the office, while it can still write."""
    return request.status in REQUEST_EDITABLE and can(user, Permission.REQUEST_DRAFT, request)


def _check_open(request: CooperationRequest, by: Any) -> None:
    require(by, Permission.REQUEST_DRAFT, request)
    if request.status not in REQUEST_EDITABLE:
        raise IllegalStep(_("Files can be attached or removed while the request is a draft or a question is open."))


def _check_room(request: CooperationRequest, size: int) -> None:
    rows = Attachment.objects.filter(request=request)
    if rows.count() >= uploads.MOST_FILES:
        raise DomainError(_("A request has at most %(most)s files. Remove one first.") % {"most": uploads.MOST_FILES})
    if (rows.aggregate(total=Sum("size"))["total"] or 0) + size > uploads.LARGEST_RECORD:
        raise DomainError(_("The files of a request have at most 50 MB together. Remove one first."))


@transaction.atomic
def remove(attachment: Attachment, *, by: Any) -> None:
    """Take a file away again; its bytes go once the row is gone for good."""
    request, stored_as = attachment.request, attachment.stored_as
    lock(request)
    _check_open(request, by)
    record("remove_file", request, by=by, attachment=attachment.pk, kind=attachment.kind, sha256=attachment.sha256)
    attachment.delete()

    def delete_bytes() -> None:
        default_storage.delete(stored_as)

    transaction.on_commit(delete_bytes, robust=True)


def delete_orphans(now: datetime) -> int:
    """Delete stored files without a row that are older than a day: left by a crash, or by a draft that was deleted."""
    return sum(_delete_orphans_in(folder, model, now) for folder, model in OWNERS.items())


def _delete_orphans_in(folder: str, model: Any, now: datetime) -> int:
    count = 0
    for part in _parts(folder):
        names = {f"{folder}/{part}/{name}" for name in default_storage.listdir(f"{folder}/{part}")[1]}
        known = set(model.objects.filter(stored_as__in=names).values_list("stored_as", flat=True))
        for name in sorted(names - known):
            if now - default_storage.get_modified_time(name) > ORPHAN_AFTER:
                default_storage.delete(name)
                count += 1
    return count


def _parts(folder: str) -> list[str]:
    return sorted(default_storage.listdir(folder)[0]) if default_storage.exists(folder) else []
