"""Attaching files to a request and taking them away: the file is written first, then its row, in a transaction."""

import secrets
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
from ..models import Attachment, Component, CooperationRequest
from .drafts import REQUEST_EDITABLE
from .steps import lock

FOLDER = "attachments"
ORPHAN_AFTER = timedelta(days=1)


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
    seen = uploads.look_at(file, name)
    stored_as = default_storage.save(_random_name(), file)
    try:
        made = _keep(request, seen, stored_as, by=by, kind=kind, component=component)
    except BaseException:
        default_storage.delete(stored_as)
        raise
    if made.stored_as != stored_as:
        default_storage.delete(stored_as)
    return made


def _random_name() -> str:
    name = secrets.token_hex(16)
    return f"{FOLDER}/{name[:2]}/{name}"


@transaction.atomic
def _keep(
    request: CooperationRequest, seen: uploads.Seen, stored_as: str, *, by: Any, kind: str, component: Any
) -> Attachment:
    lock(request)
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
    count = 0
    for folder in _folders():
        names = {f"{FOLDER}/{folder}/{name}" for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]}
        known = set(Attachment.objects.filter(stored_as__in=names).values_list("stored_as", flat=True))
        for name in sorted(names - known):
            if now - default_storage.get_modified_time(name) > ORPHAN_AFTER:
                default_storage.delete(name)
                count += 1
    return count


def _folders() -> list[str]:
    return sorted(default_storage.listdir(FOLDER)[0]) if default_storage.exists(FOLDER) else []
