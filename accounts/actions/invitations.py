"""Inviting somebody by mail to hold a role. The link shows on GET and acts on POST, once, for the invited address."""

from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse, reverse_lazy
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..days import DAY
from ..errors import IllegalStep, NotAllowed
from ..models import Invitation, Membership, User
from ..outbox import nudge
from ..permissions import LENDS, Role, lendable_roles
from .audit import record
from .jobs import perform
from .memberships import NETWORK, start_membership
from .notices import message_id, tell


@transaction.atomic
def invite(email: str, *, role: str, by: User, language: str = "en", note: str = "", **scope: Any) -> Invitation:
    """Ask somebody by mail to take a role. Refused outside the reach of `by`.

    `scope` is one of party (with office_kind), centre, organization; a role of the network has none. An earlier
    invitation of the same address to the same role is withdrawn, so only the newest link works.
    """
    if Role(role) not in lendable_roles(by):
        raise NotAllowed(_("You cannot give this role. A coordinator can."))
    email = email.strip().lower()
    same = {name: scope.get(name) for name in ("party", "centre", "organization")}
    if Membership.objects.in_force().filter(user__email__iexact=email, role=role, **_exactly(same)).exists():
        raise IllegalStep(_("%(email)s holds this role already.") % {"email": email})
    for earlier in Invitation.objects.pending().filter(email=email, role=role, **_exactly(same)):
        _withdraw(earlier, by)
    invitation = Invitation(email=email, role=role, invited_by=by, language=language, note=note, **scope)
    invitation.is_example = by.is_example
    invitation.seal()
    invitation.save()
    if not Invitation.objects.manageable_by(by).filter(pk=invitation.pk).exists():
        raise NotAllowed(_("You cannot give roles there. The office itself or a coordinator can."))
    record("invited", invitation, by=by, after=role, **_where(invitation))
    nudge(invitation)
    return invitation


def _exactly(scope: dict[str, Any]) -> dict[str, Any]:
    """A look-up by the one scope that is filled, and by the emptiness of the others."""
    return {f"{name}_id": value.pk if value else None for name, value in scope.items()}


def _where(invitation: Invitation) -> dict[str, Any]:
    """The scope as ids, for the audit trail. The address is personal and stays out of it."""
    ids = {name: getattr(invitation, f"{name}_id") for name in ("party", "centre", "organization")}
    return {"office_kind": invitation.office_kind} | {name: value for name, value in ids.items() if value}


@transaction.atomic
def withdraw(invitation: Invitation, *, by: User) -> Invitation:
    """Take an invitation back: its link no longer works."""
    invitation = _locked(invitation)
    if not Invitation.objects.manageable_by(by).filter(pk=invitation.pk).exists():
        raise NotAllowed(_("You cannot take this invitation back. The office itself or a coordinator can."))
    _withdraw(invitation, by)
    return invitation


def _withdraw(invitation: Invitation, by: User) -> None:
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    record("invitation_withdrawn", invitation, by=by, **_where(invitation))


def _locked(invitation: Invitation) -> Invitation:
    """The invitation under lock, and still to be answered."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at:
        raise IllegalStep(_("This invitation has been accepted already. It works only once."))
    if invitation.withdrawn_at:
        raise IllegalStep(_("This invitation was taken back. Ask whoever sent it for a new one."))
    if not invitation.is_pending:
        raise IllegalStep(_("This invitation is older than 14 days. Ask whoever sent it for a new one."))
    return invitation


def is_for(invitation: Invitation, user: User) -> bool:
    """Whether somebody signed in with the address that was invited."""
    return user.is_authenticated and user.email.casefold() == invitation.email.casefold()


def _still_stands(invitation: Invitation) -> bool:
    """Whether the office that invited may still give the role. An invitation belongs to it, not to whoever wrote it.

    It outlives a focal point who leaves, for the others see it on the page of the office and can take it back. Where
    nobody is left who could give the role, it gives none: rights that have ended leave no links behind that give
    rights.
    """
    return any(_may_give(person, invitation) for person in _inviters(invitation))


def _may_give(person: User, invitation: Invitation) -> bool:
    within_reach = Invitation.objects.manageable_by(person).filter(pk=invitation.pk).exists()
    return within_reach and Role(invitation.role) in lendable_roles(person)


def _inviters(invitation: Invitation) -> list[User]:
    """Whoever invited, and those who look after the office for which they did so then."""
    by = invitation.invited_by
    if by is None or not by.is_active:  # with the account goes what tells of its office, or what speaks for it
        return []
    lending = [role for role, lent in LENDS.items() if invitation.role in lent]
    day = invitation.created_at.date()
    # A day more on both sides: days begin and end where the office sits.
    held = by.memberships.filter(role__in=lending, starts_on__lte=day + DAY)
    held = held.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day - DAY))
    places = Q(pk__in=[])
    for party, centre, organization in held.values_list("party", "centre", "organization"):
        places |= Q(party=party, centre=centre, organization=organization)
    members = Membership.objects.in_force().filter(places, role__in=lending).values("user")
    return [by, *User.objects.filter(is_active=True, pk__in=members).exclude(pk=by.pk).order_by("pk")]


@transaction.atomic
def accept(invitation: Invitation, *, by: User) -> Membership:
    """Take the role one was invited to. It works once, and for the invited address only."""
    invitation = _locked(invitation)
    if not is_for(invitation, by):
        raise NotAllowed(_("This invitation is for another address. Sign in with the address that it was sent to."))
    if not _still_stands(invitation):
        raise IllegalStep(_("The office that invited you no longer gives this role. Ask it for a new invitation."))
    scope = {name: getattr(invitation, name) for name in ("party", "centre", "organization", "office_kind")}
    membership = start_membership(by, role=invitation.role, by=invitation.invited_by, **scope)
    invitation.accepted_at, invitation.membership = timezone.now(), membership
    invitation.save(update_fields=["accepted_at", "membership"])
    event = record("invitation_accepted", invitation, by=by, after=invitation.role, **_where(invitation))
    tell(
        [
            person
            for person in _inviters(invitation)
            if person == invitation.invited_by or _may_give(person, invitation)
        ],
        event,
        kind="invitation_accepted",
        subject=gettext_lazy("%(person)s has accepted: %(role)s, %(scope)s"),
        text=gettext_lazy("%(person)s has accepted your invitation and now acts for %(scope)s as: %(role)s."),
        path=reverse_lazy("membership_list"),
        params={"person": by, "role": Role(invitation.role).label, "scope": invitation.scope or NETWORK},
    )
    return membership


# Mail ---------------------------------------------------------------------------------------------------------------


def send_invitation(pk: int) -> None:
    """Send the mail of one invitation; one that was withdrawn meanwhile is not sent."""
    perform(Invitation, pk, _send)


def _send(invitation: Invitation) -> None:
    effect: dict[str, Any] = {}
    if invitation.is_pending:
        try:
            send_mail_unsafe(invitation)
            effect = {"mailed_at": timezone.now()}
        except SMTPRecipientsRefused as refusal:
            effect = {"bounced_at": timezone.now(), "bounce_note": _answer(refusal)}
    with transaction.atomic():
        if invitation.finish():
            Invitation.objects.filter(pk=invitation.pk).update(**effect or {"error": ""})


def _answer(refusal: SMTPRecipientsRefused) -> str:
    """What the mail server said about the address, without the address."""
    return "; ".join(f"{code} {text.decode(errors='replace')}" for code, text in refusal.recipients.values())[:300]


def send_mail_unsafe(invitation: Invitation) -> None:
    """Hand the mail to the mail server, outside any transaction. A second attempt has the same Message-ID."""
    with translation.override(invitation.language):
        words = {"by": invitation.invited_by or _("The TSC Portal"), "scope": invitation.scope or NETWORK}
        subject = _("%(by)s invites you to act for %(scope)s in the TSC Portal") % words
        address = settings.SITE_ADDRESS + reverse("invitation", args=[invitation.token])
        subject = " ".join(subject.split())
        context = {"invitation": invitation, "subject": subject, "address": address, **words}
        context |= {"is_example": invitation.is_example, "role": Role(invitation.role).label}
        body = render_to_string("emails/invitation.txt", context)
        page = render_to_string("emails/invitation.html", context)
    headers = {"Message-ID": message_id("invitation", invitation.pk), "Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(subject, body, to=[invitation.email], headers=headers)
    mail.attach_alternative(page, "text/html")
    mail.send()


@transaction.atomic
def note_bounce(invitation: Invitation, *, note: str, by: User | None) -> Invitation:
    """Note that the mail came back. `by` is whoever got it back, or None for the portal's own mailbox."""
    if by and not Invitation.objects.manageable_by(by).filter(pk=invitation.pk).exists():
        raise NotAllowed(_("Only those who look after the office can note this."))
    invitation.bounced_at, invitation.bounce_note = timezone.now(), note[:300]
    invitation.save(update_fields=["bounced_at", "bounce_note"])
    record("invitation_bounced", invitation, by=by, **_where(invitation))
    return invitation
