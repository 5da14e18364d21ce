"""A question can be answered from the mail that brought it: a link for each person of the office who may answer."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.actions import mail_links
from accounts.models import Notice
from accounts.permissions import Permission

from ..models import CooperationRequest

PURPOSE = "clarification_by_mail"  # the name of the address that takes the link


def issue_links(request: CooperationRequest, notices: Iterable[Notice]) -> None:
    """Give the mail of each person who may answer a link that works until the due day is over where the office sits."""
    retire_links(request)
    if request.due_on is None:
        return
    until = datetime.combine(request.due_on + timedelta(days=1), time(), ZoneInfo(request.party.time_zone))
    for notice in notices:
        mail_links.issue(
            notice,
            purpose=PURPOSE,
            subject=request.reference,
            permission=Permission.REQUEST_SUBMIT,
            obj=request,
            expires_at=until,
        )


def retire_links(request: CooperationRequest) -> None:
    """The question is answered, or the request has moved on: links in mails that nobody has used stop working."""
    mail_links.retire(PURPOSE, request.reference)
