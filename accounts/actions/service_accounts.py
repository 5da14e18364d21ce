"""Service accounts: systems of an organization, with tokens and webhooks of their own, looked after by people."""

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ..errors import IllegalStep
from ..models import User
from ..models.user import NoticeFrequency
from ..permissions import Permission, Role, reach, require
from .audit import record
from .memberships import start_membership

MOST_OF_ONE = 20
NO_MAIL = "service.invalid"  # a name that no mail reaches: the account is told by nobody and signs in nowhere


def looked_after_by(user: Any) -> list[int]:
    """The ids of the organizations whose service accounts `user` looks after: people, never a service account."""
    if not user.is_authenticated or user.is_service:
        return []
    return sorted(reach(user, Permission.ORGANIZATION_EDIT).organizations)


@transaction.atomic
def make_service_account(organization: Any, *, name: str, by: User) -> User:
    """An account for a system of an organization, with the rights of its people; nobody can sign in as it."""
    _refuse_others(organization, by)
    type(organization).objects.select_for_update().filter(pk=organization.pk).first()
    if accounts_of([organization.pk]).count() >= MOST_OF_ONE:
        raise IllegalStep(_("There are as many service accounts as there can be. End one that is not needed any more."))
    made = User.objects.create_user(
        f"{uuid.uuid4().hex}@{NO_MAIL}",
        name=name,
        is_service=True,
        is_example=organization.is_example,
        notice_frequency=NoticeFrequency.NONE,
    )
    start_membership(made, role=Role.PROVIDER, by=by, organization=organization)
    record("service_account_made", made, by=by, organization=organization.slug)
    return made


@transaction.atomic
def end_service_account(account: User, *, by: User) -> None:
    """End an account at once, with its tokens and webhooks. What it did keeps its name."""
    organization: Any = account.memberships.select_related("organization").get().organization
    _refuse_others(organization, by)
    account.is_active = False
    account.save(update_fields=["is_active"])
    account.auth_token_set.all().delete()
    account.webhooks.all().delete()
    record("service_account_ended", account, by=by, organization=organization.slug)


def accounts_of(organizations: list[int]) -> Any:
    """The active service accounts of these organizations."""
    return User.objects.filter(is_service=True, is_active=True, memberships__organization__in=organizations)


def _refuse_others(organization: Any, by: User) -> None:
    """People of the organization decide; a service account makes no other, so that a lost token cannot multiply."""
    require(by, Permission.ORGANIZATION_EDIT, organization)
    if by.is_service:
        raise IllegalStep(_("Only people make and end service accounts."))
