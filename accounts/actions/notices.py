"""Telling people: one notice per person and event, in their language, by mail if they want one."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from babel.dates import format_date
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import get_language_bidi, gettext, ngettext

from ..cldr import cldr_locale
from ..models import AuditEvent, Job, Notice, User
from ..models.user import NoticeFrequency
from ..outbox import nudge
from .jobs import perform

Words = str | Promise
COLLECTED = {NoticeFrequency.DAILY, NoticeFrequency.WEEKLY}


def tell(
    recipients: Iterable[User],
    event: AuditEvent,
    *,
    kind: str,
    subject: Words,
    text: Words,
    path: Words,
    params: dict[str, Any],
) -> list[Notice]:
    """Tell each of `recipients` once about `event`. `subject` and `text` are lazy sentences with %(named)s parts.

    `path` may be lazy as well: it leads to the page in the reader's language. Days among `params` are put into words.
    Call it inside the act's transaction. The person who acted is not told of their own act.
    """
    notices = []
    for person in {person.pk: person for person in recipients if person.pk != event.actor_id}.values():
        with translation.override(person.language):
            said = {name: spoken(value) for name, value in params.items()}
            words = {"subject": (str(subject) % said)[:300], "text": str(text) % said, "path": str(path)}
        notice, made = Notice.objects.get_or_create(
            recipient=person, event=event, defaults={"kind": kind, "is_example": person.is_example, **words}
        )
        if made:
            notices.append(notice)
            nudge(notice)
    return notices


ISOLATE, END = "\u2068", "\u2069"  # a name or title in another script must not turn the signs beside it around


def spoken(value: Any) -> Any:
    """How a value stands in a sentence: a day in the words of the active language; other words set apart where that
    runs from right to left.
    """
    if not isinstance(value, date):
        text = str(value)
        return f"{ISOLATE}{text}{END}" if get_language_bidi() and text and "\n" not in text else value
    return format_date(value, "long", locale=cldr_locale())


def send_notice(pk: int) -> None:
    """Send the mail of one notice, keep it for the next collected mail, or neither, as the person wishes."""
    perform(Notice, pk, _send)


def _send(notice: Notice) -> None:
    person = notice.recipient
    if person.is_active and person.notice_frequency == NoticeFrequency.AT_ONCE:
        send_mail_unsafe(person, "notice", notice, notices=[notice])
        effect: dict[str, Any] = {"mailed_at": timezone.now()}
    else:
        effect = {"is_collected": person.notice_frequency in COLLECTED}
    with transaction.atomic():
        if notice.finish():
            Notice.objects.filter(pk=notice.pk).update(**effect)


def send_mail_unsafe(person: User, template: str, job: Job, *, notices: list[Notice]) -> None:
    """Hand a mail to the mail server. Outside any transaction, and before the job is finished.

    A server that refuses queues the job again. Only a process that dies between sending and finishing sends twice; the
    same Message-ID lets mail programs show such a pair as one.
    """
    with translation.override(person.language), timezone.override(person.zone):
        context = _mail_context(notices)
        body = render_to_string(f"emails/{template}.txt", context)
        page = render_to_string(f"emails/{template}.html", context)
    headers = {"Message-ID": message_id(template, job.pk), "Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(context["subject"], body, to=[person.email], headers=headers)
    mail.attach_alternative(page, "text/html")
    mail.send()


def _mail_context(notices: list[Notice]) -> dict[str, Any]:
    """What the mail says, in the language that is active."""
    count = len(notices)
    several = ngettext("%(count)s notice from the TSC Portal", "%(count)s notices from the TSC Portal", count)
    subject = notices[0].subject if count == 1 else several % {"count": count}
    return {
        "subject": " ".join(subject.split()),
        "told": [_told(notice) for notice in notices],
        "is_example": any(notice.is_example for notice in notices),
        "reason": gettext("You get this mail because you have an account on the portal."),
        "settings_url": settings.SITE_ADDRESS + reverse("account_home"),
    }


def _told(notice: Notice) -> dict[str, Any]:
    """A notice with its addresses: the page, and where there is one the link that acts without a sign-in."""
    link = notice.mail_link
    works = link is not None and not link.used_at and not link.retired_at and link.expires_at > timezone.now()
    return {
        "notice": notice,
        "address": settings.SITE_ADDRESS + notice.path,
        "act": settings.SITE_ADDRESS + link.path if link and works else "",
        "act_until": link.expires_at if link else None,
    }


def message_id(kind: str, pk: int) -> str:
    """The same for every attempt to send the same thing."""
    return f"<{kind}-{pk}@{urlsplit(settings.SITE_ADDRESS).hostname or 'localhost'}>"
