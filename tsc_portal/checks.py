"""System checks: what must never meet. Example people and known passwords in production, real people in the demo."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Q, QuerySet

from tsc_portal import marks

DEMO_ADDRESS = "@demo.tsc"
STAFF_LOOKED_AT = 50  # each look at a password is slow on purpose


@register(Tags.security)
def debug_is_off(**_: Any) -> list[CheckMessage]:
    """Outside tests nobody sees tracebacks, settings and queries."""
    if not settings.DEBUG:
        return []
    return [Error("DEBUG is on.", hint="Remove it: error pages would show settings and data.", id="portal.E001")]


@register()
def reporting_organization_is_one(**_: Any) -> list[CheckMessage]:
    """An identifier that IATI refuses would make every activity of ours invalid."""
    if not set(settings.IATI_REPORTING_ORG) & set("/&|? \t\n"):
        return []
    return [
        Error(
            f"IATI_REPORTING_ORG cannot be “{settings.IATI_REPORTING_ORG}”.",
            hint="Write the identifier of the organization as the registry has it, without spaces, /, &, | or ?.",
            id="portal.E005",
        )
    ]


@register(Tags.database)
def people_fit_the_mode(databases: Iterable[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Production knows no example people and no known password; the demo knows example people only."""
    if DEFAULT_DB_ALIAS not in (databases or ()) or not _has_people():
        return []
    if settings.PRODUCTION:
        return [*_examples_in_production(), *_known_passwords()]
    return _real_people_in_demo() if settings.DEMO else []


def _has_people() -> bool:
    """Whether the table of users is there; before the first migration it is not."""
    return get_user_model()._meta.db_table in connections[DEFAULT_DB_ALIAS].introspection.table_names()


def _users() -> QuerySet[Any]:
    return get_user_model()._default_manager.all()


def _examples_in_production() -> list[CheckMessage]:
    if not _users().filter(Q(is_example=True) | Q(email__iendswith=DEMO_ADDRESS)).exists():
        return []
    return [
        Error(
            "This database holds the example people of the demo, and the portal is in production mode.",
            hint="Use an empty database (DATABASE_URL, TSC_DATA_DIR), or start the demo with: make run",
            id="portal.E002",
        )
    ]


def _known_passwords() -> list[CheckMessage]:
    """The password that the demo tells everybody must open no door to the administration."""
    staff = _users().filter(Q(is_staff=True) | Q(is_superuser=True), is_active=True).order_by("pk")[:STAFF_LOOKED_AT]
    return [
        Error(
            f"The account number {user.pk} has the password that the demo tells everybody.",
            hint=f"Change it: manage.py changepassword {user.get_username()}",
            id="portal.E003",
        )
        for user in staff
        if user.check_password(settings.DEMO_PASSWORD)
    ]


def _real_people_in_demo() -> list[CheckMessage]:
    # Who signs up in a demo is no example, and welcome there.
    if marks.made_by_demo() or not _users().filter(is_example=False).exists():
        return []
    return [
        Error(
            "This database was not made by the demo: it holds real people.",
            hint="Set TSC_DATA_DIR to an empty directory, or DATABASE_URL to an empty database.",
            id="portal.E004",
        )
    ]
