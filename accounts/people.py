"""Who holds a permission in a scope: the people to tell, and the people to escalate to."""

from django.contrib.auth import get_user_model
from django.db.models import Q

from .models import Membership
from .permissions import GRANTS, HELPDESK_GRANTS, SCOPE_OF, Permission


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
