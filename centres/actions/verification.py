"""How long an organization counts as verified: asking for renewal, renewing, the reminders before and the end."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.audit import record
from accounts.actions.notices import tell
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, User
from accounts.people import holders
from accounts.permissions import Permission, reach, require
from centres.calendars import CoordinationCalendar
from centres.models import Organization, SupportCentre
from centres.working_week import due_on

VERIFIED_FOR = timedelta(days=730)
ASKED_BEFORE = timedelta(days=90)  # from when on a renewal can be asked for
REMINDED_BEFORE = (timedelta(days=60), timedelta(days=14))
DECIDED_WITHIN = 10  # working days


def decidable_by(user: User) -> Q:
    """A condition on organizations: those whose verification `user` may renew or end."""
    return reach(user, Permission.CLAIM_ORGANIZATION_DECIDE).as_q_of_seats("party")


def may_decide(user: User, organization: Organization) -> bool:
    """Whether `user` verifies organizations seated there."""
    return Organization.objects.filter(decidable_by(user), pk=organization.pk).exists()


def deciders(organization: Organization) -> list[User]:
    """The heads of the centres that serve the seat, and the coordinators."""
    centres = SupportCentre.objects.serving(organization.party) if organization.party else []
    found = [person for one in centres for person in holders(Permission.CLAIM_ORGANIZATION_DECIDE, centre=one)]
    return [*found, *holders(Permission.CLAIM_ORGANIZATION_DECIDE, everywhere=True)]


def may_ask(organization: Organization, today: date) -> bool:
    """Whether the organization may ask now: its verification is over or ends soon, and it has not asked yet."""
    if organization.renewal_asked_at:
        return False
    if organization.verification_lapsed_on:
        return True
    until = organization.verified_until
    return until is not None and until - ASKED_BEFORE <= today


@transaction.atomic
def ask_renewal(organization: Organization, *, by: User, evidence: str) -> Organization:
    """The organization asks to be verified for longer, and says what has changed."""
    organization.refresh_from_db(from_queryset=Organization.objects.select_for_update())
    require(by, Permission.ORGANIZATION_EDIT, organization)
    now = timezone.now()
    if organization.renewal_asked_at:
        return organization  # a second click changes nothing
    if not may_ask(organization, now.date()):
        raise IllegalStep(_("The verification can be renewed in the last three months of its time."))
    if not evidence.strip():
        raise DomainError(_("Say what has changed, or that nothing has, and how this can be checked."))
    organization.renewal_asked_at, organization.renewal_evidence = now, evidence
    organization.renewal_due_on = due_on(organization.party or CoordinationCalendar(), DECIDED_WITHIN, now)
    organization.save()
    event = record("ask_renewal", organization, by=by)
    tell(
        deciders(organization),
        event,
        kind="organization_renewal_asked",
        subject=gettext_lazy("Until %(until)s: renew the verification of %(organization)s?"),
        text=gettext_lazy(
            "%(organization)s asks to be verified for longer. Please decide until %(until)s: %(evidence)s"
        ),
        path=reverse_lazy("verification_list"),
        params={"organization": organization.name, "until": organization.renewal_due_on, "evidence": evidence},
    )
    return organization


@transaction.atomic
def renew(organization: Organization, *, by: User | None) -> Organization:
    """Verify an organization for two more years from today, whether it has asked or not."""
    organization.refresh_from_db(from_queryset=Organization.objects.select_for_update())
    if by is not None and not may_decide(by, organization):
        raise NotAllowed(_("The head of a centre that serves its seat, or the coordinator, verifies an organization."))
    now = timezone.now()
    organization.is_verified, organization.verified_at = True, now
    organization.verified_until = now.date() + VERIFIED_FOR
    organization.verification_lapsed_on = organization.verification_reminded_for = None
    organization.renewal_asked_at = organization.renewal_due_on = None
    organization.renewal_evidence = ""
    organization.save()
    event = record("renew_verification", organization, by=by, public=True)
    tell(
        holders(Permission.ORGANIZATION_EDIT, organization=organization),
        event,
        kind="organization_renewed",
        subject=gettext_lazy("%(organization)s is verified until %(until)s"),
        text=gettext_lazy("The verification of %(organization)s is renewed until %(until)s."),
        path=reverse_lazy("organization_detail", args=[organization.slug]),
        params={"organization": organization.name, "until": organization.verified_until},
    )
    return organization


@transaction.atomic
def refuse_renewal(organization: Organization, *, by: User, reason: str) -> Organization:
    """Do not renew yet, and say why; the organization may ask again."""
    organization.refresh_from_db(from_queryset=Organization.objects.select_for_update())
    if not may_decide(by, organization):
        raise NotAllowed(_("The head of a centre that serves its seat, or the coordinator, verifies an organization."))
    if organization.renewal_asked_at is None:
        raise IllegalStep(_("Somebody has decided this already."))
    if not reason.strip():
        raise DomainError(_("Say why, in a sentence that the organization reads."))
    organization.renewal_asked_at = organization.renewal_due_on = None
    organization.save()
    event = record("refuse_renewal", organization, by=by, reason=reason)
    tell(
        holders(Permission.ORGANIZATION_EDIT, organization=organization),
        event,
        kind="organization_renewal_refused",
        subject=gettext_lazy("The verification of %(organization)s is not renewed yet"),
        text=gettext_lazy("The verification of %(organization)s is not renewed yet: %(reason)s You may ask again."),
        path=reverse_lazy("organization_profile", args=[organization.slug]),
        params={"organization": organization.name, "reason": reason},
    )
    return organization


# The clock ------------------------------------------------------------------------------------------------------------


def look_after(now: datetime) -> int:
    """Remind organizations before their verification ends, and end it past its day. Returns how many were told."""
    today = now.date()
    verified = Organization.objects.current().filter(is_verified=True, verified_until__isnull=False)
    over = verified.filter(verified_until__lt=today).order_by("pk").values_list("pk", flat=True)
    ended = sum(_end(pk, today) for pk in list(over))
    near = verified.filter(verified_until__gte=today, verified_until__lte=today + max(REMINDED_BEFORE))
    return ended + sum(_remind(pk, today) for pk in list(near.order_by("pk").values_list("pk", flat=True)))


def _reminder_day(until: date, today: date) -> date | None:
    """The newest of the days on which a reminder is due that has come."""
    days = [until - before for before in REMINDED_BEFORE]
    return max((day for day in days if day <= today), default=None)


@transaction.atomic
def _remind(pk: int, today: date) -> int:
    organization = Organization.objects.select_for_update().get(pk=pk)
    day = _reminder_day(organization.verified_until, today) if organization.verified_until else None
    told_for = organization.verification_reminded_for
    if day is None or organization.renewal_asked_at or (told_for and told_for >= day):
        return 0
    organization.verification_reminded_for = day
    organization.save(update_fields=["verification_reminded_for"])
    event = record("remind_of_verification", organization, by=None)
    return _tell_its_people(
        organization,
        event,
        gettext_lazy("%(organization)s is verified until %(until)s: please ask for renewal"),
        gettext_lazy("The verification of %(organization)s ends on %(until)s. One form asks for its renewal."),
    )


@transaction.atomic
def _end(pk: int, today: date) -> int:
    organization = Organization.objects.select_for_update().get(pk=pk)
    until = organization.verified_until
    if not organization.is_verified or until is None or until >= today:
        return 0
    organization.is_verified, organization.verification_lapsed_on = False, today
    organization.verified_at = organization.verified_until = None
    organization.save()
    event = record("end_verification", organization, by=None, public=True)
    return _tell_its_people(
        organization,
        event,
        gettext_lazy("%(organization)s is not verified any more"),
        gettext_lazy(
            "The verification of %(organization)s has ended. Its page says so, and needs that are shown to the network "
            "only "
            "are hidden from it, until the verification is renewed."
        ),
    )


def _tell_its_people(organization: Organization, event: AuditEvent, subject: Any, text: Any) -> int:
    people = holders(Permission.ORGANIZATION_EDIT, organization=organization)
    words = {"organization": organization.name, "until": organization.verified_until or ""}
    path = reverse_lazy("organization_profile", args=[organization.slug])
    tell(people, event, kind="organization_verification", subject=subject, text=text, path=path, params=words)
    return 1
