"""The answer to a question by the link of a mail: the same act as on the page, once, by the person it was sent to."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import mail_links
from accounts.errors import IllegalStep
from accounts.models import MailLink

from ..lifecycle import RequestStatus
from ..models import CooperationRequest
from . import requests


def request_of(link: MailLink) -> CooperationRequest | None:
    """The request that a link is about, as its person may see it; None where it is out of their sight."""
    rows = CooperationRequest.objects.visible_to(link.user).by_reference(link.subject)
    return rows.select_related("party", "centre").first()


def why_not(link: MailLink, request: CooperationRequest | None) -> str:
    """Why the question cannot be answered by this link (any more); empty while it can."""
    if sentence := mail_links.why_dead(link):
        return sentence
    if request is None or request.status != RequestStatus.CLARIFICATION:
        return _("This question is no longer open. Sign in to see where the request stands.")
    return ""


@transaction.atomic
def answer_by_mail(link: MailLink, *, text: str) -> CooperationRequest:
    """Answer the open question as the person of the link, and use it up. Raises IllegalStep where it is dead."""
    request = request_of(link)
    if sentence := why_not(link, request):
        raise IllegalStep(sentence)
    assert request is not None
    person = mail_links.redeem(link)
    return requests.answer(request, by=person, text=text)
