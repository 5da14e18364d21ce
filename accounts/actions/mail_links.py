"""Links in mails that act without a sign-in: issued with a notice, shown on GET, redeemed on POST, once.

Whoever redeems one acts as its person, through the same action and the same checks as on the page.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..errors import IllegalStep
from ..models import MailLink, Membership, Notice, User
from ..permissions import Permission, lending
from .audit import record


@transaction.atomic
def issue(notice: Notice, *, purpose: str, subject: str, permission: Permission, obj: Any, expires_at: datetime) -> Any:
    """Give a notice's mail a link by which its recipient may act on `obj` until a moment; None where they have no
    right.

    `purpose` is the name of the address that takes the token, `subject` the record's reference. The link stands and
    falls with the membership that gives the right today. Call it in the transaction of the act that tells the notice.
    """
    membership = lending(notice.recipient, permission, obj)
    if membership is None:
        return None
    link = MailLink(purpose=purpose, subject=subject, user=notice.recipient, membership=membership)
    link.expires_at = expires_at
    link.seal()
    link.save()
    notice.mail_link = link
    notice.save(update_fields=["mail_link"])
    return link


def find(purpose: str, token: str) -> MailLink | None:
    """The link whose address ends in this token, whether it still works or not; None where there is none."""
    links = MailLink.objects.by_token(purpose, token)
    return links.select_related("user", "membership").first()


def why_dead(link: MailLink) -> str:
    """Why a link no longer works, as a sentence that says what to do instead; empty while it works."""
    if link.used_at:
        return _("This link has been used already. It works only once: sign in to see what became of it.")
    if link.retired_at:
        return _("This link no longer works, because the record has moved on. Sign in to see where it stands.")
    if link.expires_at <= timezone.now():
        return _("The time for this link is over. Sign in to see where the record stands.")
    held = Membership.objects.in_force().filter(pk=link.membership_id, user=link.user_id).exists()
    if not link.user.is_active or not held:
        return _("You no longer hold the role for which this link was sent. Your office can answer in the portal.")
    return ""


@transaction.atomic
def redeem(link: MailLink) -> User:
    """Use a link up and return the person who acts. Raises IllegalStep, with a sentence, where it no longer works.

    Call it in the transaction of the act: an act that is refused leaves the link as it was.
    """
    locked = MailLink.objects.select_for_update(of=("self",)).select_related("user", "membership").get(pk=link.pk)
    if sentence := why_dead(locked):
        raise IllegalStep(sentence)
    locked.used_at = timezone.now()
    locked.save(update_fields=["used_at"])
    record("mail_link_used", locked, by=locked.user, purpose=locked.purpose, subject=locked.subject)
    return locked.user


def retire(purpose: str, subject: str) -> int:
    """The record has moved on: its links that nobody has used stop working. Returns how many."""
    return MailLink.objects.filter(purpose=purpose, subject=subject).unused().update(retired_at=timezone.now())
