"""People without an account: what they typed waits until they confirm it by mail, and the links by which they act."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.actions.jobs import perform
from accounts.errors import IllegalStep

from ..announce import ask_to_confirm
from ..models import Project, Submission, SubmitterMail
from .project_data import Data, packed, unpacked


def keep_submission(email: str, *, name: str, language: str, data: Data, form_key: UUID) -> Submission:
    """Keep what somebody typed and send a link that confirms it. The same form sent twice sends one mail."""
    try:
        with transaction.atomic():
            submission = Submission.objects.create(
                email=email.strip().lower(), name=name, language=language, data=packed(data), form_key=form_key
            )
            ask_to_confirm(submission, data["title"], data["party"])
            record("keep_submission", submission, by=None, party=data["party"].iso2)
    except IntegrityError:
        return Submission.objects.get(form_key=form_key)
    return submission


def find(purpose: str, token: str) -> SubmitterMail | None:
    """The mail whose link ends in this token, whether it still works or not; None where there is none."""
    mails = SubmitterMail.objects.by_token(purpose, token)
    return mails.select_related("project__party", "submission__project").first()


def why_dead(mail: SubmitterMail) -> str:
    """Why a link no longer works, as a sentence that says what to do instead; empty while it works."""
    if mail.used_at:
        return _("This link has been used already. It works only once; you get a mail when something else is asked.")
    if mail.retired_at:
        return _("This link no longer works, because the project has moved on. The newest mail has one that works.")
    if mail.expires_at <= timezone.now():
        return _("The time for this link is over. Submit the project anew, or ask the helpdesk.")
    return ""


def redeem(mail: SubmitterMail, project: Project | None = None) -> SubmitterMail:
    """Use a link up. Raises IllegalStep, with a sentence, where it no longer works or is for something else.

    Call it in the transaction of the act: an act that is refused leaves the link as it was.
    """
    locked = SubmitterMail.objects.select_for_update().get(pk=mail.pk)
    if sentence := why_dead(locked):
        raise IllegalStep(sentence)
    if project is not None and locked.project_id != project.pk:
        raise IllegalStep(_("This link is for another project."))
    locked.used_at = timezone.now()
    locked.save(update_fields=["used_at"])
    return locked


def retire(project: Project) -> int:
    """The project has moved on: links that nobody has used stop working. Returns how many."""
    return SubmitterMail.objects.filter(project=project).exclude(purpose="").unused().update(retired_at=timezone.now())


def submitted_data(submission: Submission) -> Data:
    """What somebody typed, for the page that asks them to confirm it."""
    return unpacked(submission.data)


def forget_unconfirmed() -> int:
    """Delete what nobody has confirmed in time, with its mails. Returns how many."""
    old = Submission.objects.filter(project__isnull=True, expires_at__lte=timezone.now())
    count = old.count()
    old.delete()
    return count


# Sending --------------------------------------------------------------------------------------------------------------


def send_submitter_mail(pk: int) -> None:
    """Send one mail to somebody without an account."""
    perform(SubmitterMail, pk, _send)


def _send(mail: SubmitterMail) -> None:
    _send_now_unsafe(mail)
    mail.finish()


def _send_now_unsafe(mail: SubmitterMail) -> None:
    """Hand a mail to the mail server: outside any transaction, before the job is finished. See accounts.notices."""
    with translation.override(mail.language):
        context = _context(mail)
        body = render_to_string("emails/submitter.txt", context)
        page = render_to_string("emails/submitter.html", context)
    host = urlsplit(settings.SITE_ADDRESS).hostname or "localhost"
    headers = {"Message-ID": f"<submitter-{mail.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(context["subject"], body, to=[mail.email], headers=headers)
    message.attach_alternative(page, "text/html")
    message.send()


def _context(mail: SubmitterMail) -> dict[str, Any]:
    """What the mail says, in the language that is active."""
    link = mail.link
    return {
        "subject": " ".join(mail.subject.split()),
        "mail": mail,
        "act": settings.SITE_ADDRESS + link if link else "",
        "address": settings.SITE_ADDRESS + mail.path if mail.path else "",
        "is_example": mail.is_example,
        "reason": _("You get this mail because this address was given when the project was submitted."),
    }
