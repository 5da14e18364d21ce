"""Somebody claims an office or an organization; whoever may verify it decides until a day."""

from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.audit import record
from accounts.actions.memberships import start_membership
from accounts.actions.notices import tell
from accounts.errors import IllegalStep, NotAllowed
from accounts.models import AuditEvent, Claim, Membership, User
from accounts.people import holders
from accounts.permissions import Permission, Role, lendable_roles
from centres.actions.verification import VERIFIED_FOR
from centres.calendars import CoordinationCalendar
from centres.clock_lengths import length
from centres.models import Clock, Organization, Party, SupportCentre
from centres.working_week import due_on

# Claiming -----------------------------------------------------------------------------------------------------------


def claim_office(party: Party, *, role: str, office_kind: str, evidence: str, by: User) -> Claim:
    """Say that one acts for an office of a Party: as focal point, deputy or drafter."""
    if Role(role) not in Claim.OFFICE_ROLES:
        raise ValueError(f"{role} is not a role of an office.")
    _refuse_if_held(by, role=role, party=party, office_kind=office_kind)
    return _claim(by, role=role, party=party, office_kind=office_kind, evidence=evidence)


def claim_organization(organization: Organization, *, role: str, evidence: str, by: User) -> Claim:
    """Say that one acts for an organization that the network knows."""
    if Role(role) not in Claim.ORGANIZATION_ROLES:
        raise ValueError(f"{role} is not a role of an organization.")
    _refuse_if_held(by, role=role, organization=organization)
    return _claim(by, role=role, organization=organization, seat=organization.party, evidence=evidence)


def propose_organization(name: str, *, kind: str, seat: Party, role: str, evidence: str, by: User) -> Claim:
    """Name an organization that is new to the network, and say that one acts for it."""
    if Role(role) not in Claim.ORGANIZATION_ROLES:
        raise ValueError(f"{role} is not a role of an organization.")
    return _claim(by, role=role, organization_name=name, organization_kind=kind, seat=seat, evidence=evidence)


def _refuse_if_held(user: User, **held: Any) -> None:
    if Membership.objects.in_force().filter(user=user, **held).exists():
        raise IllegalStep(_("You hold this role already."))


@transaction.atomic
def _claim(user: User, **fields: Any) -> Claim:
    calendar = fields.get("party") or fields.get("seat") or CoordinationCalendar()
    claim = Claim(user=user, due_on=due_on(calendar, length(Clock.VERIFICATION), timezone.now()), **fields)
    claim.is_example = user.is_example or bool(getattr(claim.claimed, "is_example", False))
    try:
        with transaction.atomic():
            claim.save()
    except IntegrityError:
        raise IllegalStep(_("Your claim is here already and waits for an answer.")) from None
    event = record("claim_made", claim, by=user, after=claim.status, role=claim.role)
    tell(
        deciders(claim),
        event,
        kind="claim_made",
        subject=gettext_lazy("Verify until %(due_on)s: %(person)s claims to act for %(claimed)s"),
        text=gettext_lazy(
            "%(person)s says that they act for %(claimed)s as: %(role)s. Please check this and verify or refuse "
            "the claim until %(due_on)s. What they wrote: %(evidence)s"
        ),
        path=reverse_lazy("claim_list"),
        params=_words(claim),
    )
    return claim


# Deciding -----------------------------------------------------------------------------------------------------------


def deciders(claim: Claim) -> list[User]:
    """Who may decide a claim today: the Party's own office or the heads of its centres; and the coordinators."""
    if claim.party:
        asked = holders(Permission.CLAIM_OFFICE_DECIDE, party=claim.party, everywhere=True)
        found = [person for person in asked if claim.role in lendable_roles(person)]
    else:
        centres = SupportCentre.objects.serving(claim.seat) if claim.seat else []
        found = [
            person for centre in centres for person in holders(Permission.CLAIM_ORGANIZATION_DECIDE, centre=centre)
        ]
        found += holders(Permission.CLAIM_ORGANIZATION_DECIDE, everywhere=True)
    return [person for person in dict.fromkeys(found) if person.pk != claim.user_id]


@transaction.atomic
def verify_claim(claim: Claim, *, by: User) -> Membership:
    """Say that the claim is right: the person holds the role from today on, and a proposed organization comes to be."""
    claim = _locked(claim, by)
    if claim.party is None:
        claim.organization = _verified_organization(claim)
    membership = start_membership(
        claim.user,
        role=claim.role,
        by=by,
        party=claim.party,
        organization=claim.organization,
        office_kind=claim.office_kind,
    )
    event = _decide(claim, Claim.Status.VERIFIED, by=by)
    tell(
        [claim.user],
        event,
        kind="claim_verified",
        subject=gettext_lazy("You now act for %(claimed)s"),
        text=gettext_lazy("Your claim is verified. From today on you act for %(claimed)s as: %(role)s."),
        path=reverse_lazy("account_home"),
        params=_words(claim),
    )
    return membership


@transaction.atomic
def refuse_claim(claim: Claim, *, reason: str, by: User) -> Claim:
    """Say that the claim cannot be verified, and why. The person may claim again with better evidence."""
    claim = _locked(claim, by)
    event = _decide(claim, Claim.Status.REFUSED, by=by, reason=reason)
    tell(
        [claim.user],
        event,
        kind="claim_refused",
        subject=gettext_lazy("Your claim to act for %(claimed)s was not verified"),
        text=gettext_lazy(
            "Whoever checked your claim to act for %(claimed)s could not verify it. Reason: %(reason)s. "
            "You can claim again and say how it can be checked."
        ),
        path=reverse_lazy("claim_list"),
        params=_words(claim),
    )
    return claim


def _locked(claim: Claim, by: User) -> Claim:
    """The claim under lock, still undecided, and in the hands of `by`."""
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    if not Claim.objects.decidable_by(by).filter(pk=claim.pk).exists():
        raise NotAllowed(_("You cannot decide this claim. The office itself, a head of centre or a coordinator can."))
    if claim.status != Claim.Status.CLAIMED:
        raise IllegalStep(_("Somebody has decided this claim already."))
    return claim


def _decide(claim: Claim, status: str, *, by: User, reason: str = "") -> AuditEvent:
    before, claim.status = claim.status, status
    claim.decided_at, claim.decided_by, claim.reason = timezone.now(), by, reason
    claim.save(update_fields=["status", "decided_at", "decided_by", "reason", "organization"])
    return record(f"claim_{status}", claim, by=by, before=before, after=status, reason=reason, role=claim.role)


def _verified_organization(claim: Claim) -> Organization:
    """The claimed organization, made if it was only proposed, and verified from now on."""
    if claim.organization:
        organization = claim.organization
        if not organization.is_verified:
            organization.is_verified, organization.verified_at = True, timezone.now()
            organization.verified_until = timezone.now().date() + VERIFIED_FOR
            organization.verification_lapsed_on = None
            organization.save()
        return organization
    # The lock on the seat lets two people who propose the same organization at once become colleagues, not rivals.
    seat = Party.objects.select_for_update().get(seat_claims=claim)
    known = Organization.objects.current().filter(name__iexact=claim.organization_name, party=seat, is_verified=True)
    return known.order_by("pk").first() or Organization.objects.create(
        slug=_free_slug(claim.organization_name),
        name=claim.organization_name,
        kind=claim.organization_kind or Organization.Kind.OTHER,
        party=seat,
        is_verified=True,
        verified_at=timezone.now(),
        verified_until=timezone.now().date() + VERIFIED_FOR,
        is_example=claim.is_example,
    )


def _free_slug(name: str) -> str:
    """An address made from the name that no organization has yet."""
    stem = slugify(name)[:60].strip("-") or "organization"
    taken = set(Organization.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    candidates = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)


def _words(claim: Claim) -> dict[str, object]:
    """What the sentences of a notice are filled with; names are put into the reader's language there."""
    return {
        "person": claim.user,
        "claimed": claim.claimed,
        "role": Role(claim.role).label,
        "due_on": claim.due_on,
        "evidence": claim.evidence,
        "reason": claim.reason,
    }
