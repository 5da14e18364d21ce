"""Where else a request was filed: written down, brought up to date, taken out again."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import User
from accounts.permissions import Permission, can

from ..lifecycle import ENDED_REQUEST, RequestStatus
from ..models import CooperationRequest, Filing
from .steps import lock

FIELDS = ("mechanism", "name", "external_id", "status", "url")
MOST_FILINGS = 20


def may_change_filings(request: CooperationRequest, user: User) -> bool:
    """Whether `user` may write down filings now: the office and its drafters, later also the centre; not once ended."""
    if request.status in ENDED_REQUEST:
        return False
    staff = request.status != RequestStatus.DRAFT and can(user, Permission.REQUEST_TRIAGE, request)
    return staff or can(user, Permission.REQUEST_DRAFT, request)


def _open(request: CooperationRequest, by: User) -> None:
    lock(request)
    if request.status in ENDED_REQUEST:
        raise IllegalStep(_("This request has ended; what was filed elsewhere is not changed any more."))
    if not may_change_filings(request, by):
        raise NotAllowed(_("The office and the centre that holds the request write down where else it was filed."))


@transaction.atomic
def add_filing(request: CooperationRequest, *, by: User, data: dict[str, Any]) -> Filing:
    """Write down one filing. The same mechanism and reference again is the same row, brought up to date."""
    _open(request, by)
    known = request.filings.filter(
        **{name: data.get(name, "") for name in ("mechanism", "name", "external_id")}
    ).first()
    if known:
        return _write(known, data, by)
    if request.filings.count() >= MOST_FILINGS:
        raise DomainError(_("A request lists at most %(most)s filings elsewhere.") % {"most": MOST_FILINGS})
    return _write(Filing(request=request), data, by)


@transaction.atomic
def change_filing(filing: Filing, *, by: User, data: dict[str, Any]) -> Filing:
    """Bring a filing up to date."""
    _open(filing.request, by)
    return _write(filing, data, by)


def _write(filing: Filing, data: dict[str, Any], by: User) -> Filing:
    for name in FIELDS:
        if name in data:
            setattr(filing, name, data[name])
    filing.updated_at = timezone.now()
    try:
        with transaction.atomic():
            filing.save()
    except IntegrityError:
        raise DomainError(_("This filing is listed already.")) from None
    request = filing.request
    record("file_elsewhere", request, by=by, mechanism=filing.mechanism, at=filing.external_id, status=filing.status)
    return filing


@transaction.atomic
def remove_filing(filing: Filing, *, by: User) -> None:
    """Take a filing out of the list."""
    request = filing.request
    _open(request, by)
    record("take_filing_out", request, by=by, mechanism=filing.mechanism, at=filing.external_id)
    filing.delete()


def replace_filings(request: CooperationRequest, rows: list[dict[str, Any]]) -> None:
    """Part of saving a draft: these are all of its filings.

    Rows that are there already are kept and brought up to date.
    """
    known = {(row.mechanism, row.name, row.external_id): row for row in request.filings.all()}
    for data in rows:
        filing = known.pop((data["mechanism"], data.get("name", ""), data.get("external_id", "")), None)
        filing = filing or Filing(request=request)
        for name in FIELDS:
            if name in data:
                setattr(filing, name, data[name])
        filing.save()
    for left in known.values():
        left.delete()
