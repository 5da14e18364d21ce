"""Papers of hosts: the head puts them there for donors or everybody, and takes them back.

Raises NotAllowed or DomainError.
"""

from typing import Any, BinaryIO

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError
from accounts.models import User
from accounts.permissions import Permission, require
from centres.models import Hosting, Organization, SupportCentre
from requests_offers import uploads
from requests_offers.actions.attachments import keep_file

from ..models import HostDocument

FOLDER = "papers"
MOST = 100  # papers of a centre


def add_document(
    centre: SupportCentre | None,
    *,
    by: User,
    document: BinaryIO,
    name: str,
    kind: str,
    title: str,
    audience: str,
    year: int | None = None,
    language: str = "en",
    organization: Organization | None = None,
) -> HostDocument:
    """Put a paper there: the file first, then its row. The same bytes again are the paper there is, told anew."""
    facts: dict[str, Any] = {"kind": kind, "title": title, "audience": audience, "year": year, "language": language}
    require(by, Permission.FIDUCIARY_EDIT, HostDocument(centre=centre))
    if organization and not Hosting.objects.current().filter(centre=centre, organization=organization).exists():
        raise DomainError(_("Choose an institution that hosts this centre."))
    seen = uploads.look_at(document, name)
    facts |= {"organization": organization}
    return keep_file(document, FOLDER, lambda stored_as: _keep(centre, seen, stored_as, by=by, facts=facts))


@transaction.atomic
def _keep(
    centre: SupportCentre | None, seen: uploads.Seen, stored_as: str, *, by: User, facts: dict[str, Any]
) -> HostDocument:
    """The row of a paper. Two people who send the same at once make one: the centre is locked."""
    if centre is not None:
        SupportCentre.objects.select_for_update().get(pk=centre.pk)
    rows = HostDocument.objects.current().filter(centre=centre)
    kept = rows.filter(sha256=seen.sha256).first()
    if kept is None and rows.count() >= MOST:
        raise DomainError(_("A centre has at most %(most)s papers. Take one back first.") % {"most": MOST})
    bytes_of = {"name": seen.name, "content_type": seen.content_type, "size": seen.size, "sha256": seen.sha256}
    row = kept or HostDocument(centre=centre, stored_as=stored_as, uploaded_by=by, **bytes_of)
    for field, value in facts.items():
        setattr(row, field, value)
    row.is_example = centre.is_example if centre else by.is_example
    row.full_clean(validate_constraints=False)
    row.save()
    record("add_paper", row, by=by, kind=row.kind, audience=row.audience, sha256=row.sha256)
    return row


@transaction.atomic
def withdraw_document(document: HostDocument, *, by: User) -> None:
    """Take a paper back: nobody finds it any more; that it was there stays on the record. Its bytes go."""
    row = HostDocument.objects.select_for_update().get(pk=document.pk)
    require(by, Permission.FIDUCIARY_EDIT, row)
    if row.withdrawn_at is not None:
        return
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    record("withdraw_paper", row, by=by, kind=row.kind, sha256=row.sha256)

    def delete_bytes() -> None:
        default_storage.delete(row.stored_as)

    transaction.on_commit(delete_bytes, robust=True)
