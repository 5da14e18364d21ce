"""Who holds a permission in a scope: the people to tell, and the people to escalate to."""

from django.contrib.auth import get_user_model
from django.db.models import Exists, Max, OuterRef, Q

from .models import Absence, Membership
from .permissions import GRANTS, HELPDESK_GRANTS, SCOPE_OF, Permission, Role


def holders(permission: Permission, *, party=None, centre=None, organization=None, everywhere=False):
    """Active users whose membership in force grants `permission` for one of the scopes given (instances or None).

    `everywhere` adds those of the whole network, including the helpdesk. Ordered by id.
    """
    granting = [role for role, permissions in GRANTS.items() if permission in permissions]
    scopes = {"party": party, "centre": centre, "organization": organization}
    condition = Q(pk__in=[])
    for kind, scope in scopes.items():
        if scope is not None:
            condition |= Q(role__in=[role for role in granting if SCOPE_OF[role] == kind], **{kind: scope})
    if everywhere:
        helpdesk = [role for role, permissions in HELPDESK_GRANTS.items() if permission in permissions]
        condition |= Q(role__in=[role for role in granting if SCOPE_OF[role] == "network"] + helpdesk)
    members = Membership.objects.in_force().filter(condition).values("user")
    return get_user_model().objects.filter(is_active=True, pk__in=members).order_by("pk")


def holds_at_centre(permission: Permission, person: str, centre: str):
    """A condition on rows with a person and a centre (empty: the helpdesk):
    the person holds `permission` there today.
    """
    here = Membership.objects.in_force().filter(user=OuterRef(person), user__is_active=True)
    granting = [role for role, granted in GRANTS.items() if permission in granted and SCOPE_OF[role] == "centre"]
    helpdesk = [role for role, granted in HELPDESK_GRANTS.items() if permission in granted]
    at_helpdesk = Q(**{f"{centre}__isnull": True}) & Q(Exists(here.filter(role__in=helpdesk)))
    return Q(Exists(here.filter(role__in=granting, centre=OuterRef(centre)))) | at_helpdesk


def office_is_held(permission: Permission, party: str):
    """A condition on rows with a Party: somebody holds `permission` for its office today."""
    granting = [role for role, granted in GRANTS.items() if permission in granted and SCOPE_OF[role] == "party"]
    here = Membership.objects.in_force().filter(role__in=granting, user__is_active=True, party=OuterRef(party))
    return Exists(here)


# Whoever has one of these roles stands in for the absent holder of a role in the same office, centre or organization.
STANDS_IN = {
    Role.DRAFTER: (Role.FOCAL_POINT, Role.DEPUTY),
    Role.FOCAL_POINT: (Role.DEPUTY,),
    Role.DEPUTY: (Role.FOCAL_POINT, Role.DEPUTY),
    Role.OFFICER: (Role.HEAD, Role.OFFICER),
    Role.HEAD: (Role.OFFICER,),
    Role.PROVIDER: (Role.PROVIDER,),
    Role.COORDINATOR: (Role.COORDINATOR,),
}


def with_stand_ins(people):
    """These people, and for those who are absent today also whoever stands in for them; each once, in this order."""
    people = list(people)
    absent = Membership.objects.in_force().filter(user__in=people, absences__in=Absence.objects.on()).distinct()
    condition = Q(pk__in=[])
    for membership in absent:
        same = {f"{kind}_id": getattr(membership, f"{kind}_id") for kind in ("party", "centre", "organization")}
        condition |= Q(role__in=STANDS_IN.get(Role(membership.role), ()), **same)
    members = Membership.objects.in_force().filter(condition).values("user")
    more = get_user_model().objects.filter(is_active=True, pk__in=members).order_by("pk")
    return list(dict.fromkeys([*people, *more]))


# Who would act first in an office and in a centre.
FIRST_TO_ACT = {"office": (Role.FOCAL_POINT,), "centre": (Role.OFFICER, Role.HEAD)}


def away_until(place, **scope):
    """Until when all who would act first in an office or centre are away; None if one of them is there. One query.

    The day is the last before one of them is back.
    """
    today = Q(absences__in=Absence.objects.on())
    first = Membership.objects.in_force().holding(*FIRST_TO_ACT[place]).filter(**scope)
    away = list(first.annotate(until=Max("absences__ends_on", filter=today)).values_list("until", flat=True))
    return min(away) if away and None not in away else None


# Whom a delay reaches, step by step, on the side that delays.
LADDERS = {
    "centre": ((Role.OFFICER,), (Role.HEAD,), (Role.COORDINATOR,)),
    "helpdesk": ((Role.COORDINATOR,), (Role.COORDINATOR,), (Role.COORDINATOR,)),
    "country": ((Role.DRAFTER,), (Role.FOCAL_POINT,), (Role.DRAFTER, Role.FOCAL_POINT, Role.DEPUTY)),
    "provider": ((Role.PROVIDER,), (Role.PROVIDER,), (Role.PROVIDER,)),
}


def on_rung(ladder, level, *, party=None, centre=None, organization=None):
    """The people whom level 1, 2 or 3 of a ladder reaches in a scope; where there is nobody, those of the next."""
    for roles in LADDERS[ladder][level - 1 :]:
        if found := _holding(roles, party=party, centre=centre, organization=organization):
            return found
    return []


def _holding(roles, **scopes):
    """Active users with one of these roles in the scopes that fit them, by id."""
    condition = Q(pk__in=[])
    for role in roles:
        kind = SCOPE_OF[role]
        if kind == "network" or scopes[kind] is not None:
            condition |= Q(role=role) if kind == "network" else Q(role=role, **{kind: scopes[kind]})
    members = Membership.objects.in_force().filter(condition).values("user")
    return list(get_user_model().objects.filter(is_active=True, pk__in=members).order_by("pk"))
