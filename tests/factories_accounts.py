"""People, Parties, centres and organizations for tests of accounts and claims: plain functions without surprises."""

from itertools import count

from accounts.models import AuditEvent, Membership, Notice, User
from accounts.permissions import Role
from centres.models import Coverage, Organization, Party, SupportCentre

numbers = count(1)
PASSWORD = "a long enough sentence"


def make_user(name="", **fields):
    number = next(numbers)
    return User.objects.create(email=f"person{number}@example.org", name=name or f"Person {number}", **fields)


def make_party(name="", **fields):
    number = next(numbers)
    letters = chr(ord("A") + number // 26 % 26) + chr(ord("A") + number % 26)
    return Party.objects.create(iso2=letters, name_en=name or f"Party {number}", **fields)


def make_centre(*parties, **fields):
    number = next(numbers)
    centre = SupportCentre.objects.create(slug=f"centre-{number}", name_en=f"Centre {number}", **fields)
    for party in parties:
        Coverage.objects.create(centre=centre, party=party)
    return centre


def make_organization(party=None, name="", **fields):
    number = next(numbers)
    fields = {"slug": f"organization-{number}", "name": name or f"Organization {number}"} | fields
    return Organization.objects.create(party=party, **fields)


def make_member(role, *, user=None, **scope):
    """Somebody who holds a role; an office role is that of the TSC focal point unless `office_kind` says otherwise."""
    if role in {Role.DRAFTER, Role.FOCAL_POINT, Role.DEPUTY}:
        scope.setdefault("office_kind", "TSC")
    user = user or make_user()
    Membership.objects.create(user=user, role=role, **scope)
    return User.objects.get(pk=user.pk)


def make_event(actor=None):
    return AuditEvent.objects.create(actor=actor, action="tested", object_type="accounts.user", object_id=1)


def make_notice(recipient, **fields):
    fields = {"kind": "tested", "subject": "Something happened", "text": "It happened.", "path": "/accounts/"} | fields
    return Notice.objects.create(recipient=recipient, event=make_event(), **fields)
