"""Lending an office's rights to a person, and taking them back."""

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..errors import IllegalStep, NotAllowed
from ..models import Membership, User
from ..permissions import Role, lendable_roles
from .audit import record
from .notices import tell

NETWORK = gettext_lazy("the whole network")


def start_membership(user: User, *, role: str, by: User | None, **scope: Any) -> Membership:
    """Give `user` the role from today on. The caller has checked the right to do so and tells the person.

    `scope` is one of party (with office_kind), centre, organization; a role of the network has none. Whoever already
    holds the role there gets the same membership back.
    """
    today = timezone.now().date()
    membership, made = Membership.objects.get_or_create(
        user=user,
        role=role,
        ends_on=None,
        party=scope.get("party"),
        centre=scope.get("centre"),
        organization=scope.get("organization"),
        office_kind=scope.get("office_kind", ""),
        defaults={"starts_on": today, "granted_by": by, "is_example": user.is_example},
    )
    if not made and membership.starts_on > today:
        membership.starts_on = today
        membership.save(update_fields=["starts_on"])
    if made:
        record("membership_started", membership, by=by, after=role, **_where(membership))
    return membership


@transaction.atomic
def grant_membership(user: User, *, role: str, by: User, **scope: Any) -> Membership:
    """Lend a role to `user` from today on, and tell them. Refused outside the reach of `by`."""
    if Role(role) not in lendable_roles(by):
        raise NotAllowed(_("You cannot give this role. A coordinator can."))
    if user.is_service:
        raise IllegalStep(_("A service account acts for its own organization and nobody else."))
    before = Membership.objects.in_force().filter(user=user, role=role, **_filled(scope))
    if before.exists():
        raise IllegalStep(_("This person holds this role already."))
    membership = start_membership(user, role=role, by=by, **scope)
    if not Membership.objects.manageable_by(by).filter(pk=membership.pk).exists():
        raise NotAllowed(_("You cannot give roles there. The office itself or a coordinator can."))
    event = record("membership_granted", membership, by=by, after=role, **_where(membership))
    tell(
        [user],
        event,
        kind="membership_granted",
        subject=gettext_lazy("You now act for %(scope)s as: %(role)s"),
        text=gettext_lazy(
            "%(by)s gave you the role “%(role)s” in %(scope)s from today on. "
            "If this is a mistake, tell them or the helpdesk."
        ),
        path=reverse_lazy("membership_list"),
        params=_words(membership, by),
    )
    return membership


@transaction.atomic
def end_membership(membership: Membership, *, last_day: date, reason: str, by: User) -> Membership:
    """Set the last day of a membership, and tell the person. It takes the rights with it."""
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    if not Membership.objects.manageable_by(by).filter(pk=membership.pk).exists():
        raise NotAllowed(_("You cannot end this role. The office itself or a coordinator can."))
    if not Membership.objects.not_over().filter(pk=membership.pk).exists():
        raise IllegalStep(_("This role has already ended."))
    if last_day < membership.starts_on:
        raise IllegalStep(_("The last day cannot lie before the first day."))
    membership.ends_on = last_day
    membership.save(update_fields=["ends_on"])
    event = record(
        "membership_ended", membership, by=by, before=membership.role, reason=reason, last_day=last_day.isoformat()
    )
    tell(
        [membership.user],
        event,
        kind="membership_ended",
        subject=gettext_lazy("Your role ends: %(role)s, %(scope)s"),
        text=gettext_lazy(
            "%(by)s set %(last_day)s as the last day of your role “%(role)s” in %(scope)s. Reason: %(reason)s"
        ),
        path=reverse_lazy("membership_list"),
        params=_words(membership, by) | {"last_day": last_day, "reason": reason},
    )
    return membership


def _filled(scope: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in scope.items() if value}


def _where(membership: Membership) -> dict[str, Any]:
    """The scope as ids, for the audit trail."""
    ids = {name: getattr(membership, f"{name}_id") for name in ("party", "centre", "organization")}
    return {"user": membership.user_id, "office_kind": membership.office_kind} | _filled(ids)


def _words(membership: Membership, by: User) -> dict[str, object]:
    """What the sentences of a notice are filled with; names are put into the reader's language there."""
    return {"by": by, "role": Role(membership.role).label, "scope": membership.scope or NETWORK}
