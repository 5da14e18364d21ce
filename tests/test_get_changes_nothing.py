"""Opening a page changes nothing: every address, by everybody, and afterwards each row of each table is as it was."""

import hashlib

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, get_resolver

from tests import factories as f
from tests import worlds
from tests.knowledge.compendium import practice_in, source_in

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", "focal_point", "officer", "provider", "coordinator")
# Signing in and out, and where allauth keeps what is going on: a session is no record.
OF_SESSIONS = {"sessions.session", "usersessions.usersession"}
NOT_OURS = ("admin:", "account_", "mfa_", "usersessions_", "socialaccount_")


def addresses(patterns=None, prefix=""):
    """Every address as its pattern says it, with the name of its page."""
    for pattern in patterns or get_resolver().url_patterns:
        route = prefix + str(getattr(pattern.pattern, "_route", ""))
        if isinstance(pattern, URLPattern):
            yield pattern.name or "", route
        elif str(pattern.pattern) != "admin/":
            yield from addresses(pattern.url_patterns, route)


def filled(route, known):
    """A route with real things in the places of its arguments; nothing where there is none of the kind."""
    parts, place = [], ""
    for part in route.split("/"):
        if "<" not in part:
            place = part or place
            parts.append(part)
            continue
        name = part.split(":")[-1].strip("<>")
        value = known.get((place, name)) or known.get(name)
        if value is None:
            return ""
        parts.append(str(value))
    return "/" + "/".join(parts)


def _world():
    """The people, and what stands for an argument, by the word before it in the address and by its name."""
    people = f.everyone_known()
    agreed = f.match_in("agreed", offer=f.offer_in("published", people.organization))
    engagement = f.engagement_in(match=agreed)
    request = f.request_in("matching", people.party)
    return people, {
        ("requests", "reference"): request.reference,
        ("offers", "reference"): agreed.offer.reference,
        ("matches", "reference"): agreed.reference,
        ("engagements", "reference"): engagement.reference,
        ("components", "reference"): request.components.get().reference,
        ("countries", "iso2"): people.party.iso2,
        ("centres", "slug"): people.centre.slug,
        ("institutions", "slug"): people.centre.hosts.get().slug,
        ("organizations", "slug"): people.organization.slug,
        ("knowledge", "reference"): source_in("published").reference,
        ("practices", "reference"): practice_in("published").reference,
        ("projects", "reference"): f.project_in("published", people.party).reference,
        ("opportunities", "reference"): f.opportunity(by=people.coordinator).reference,
        "iso2": people.party.iso2,
        "name": "accept",
        "pk": 1,
        "number": 1,
    }


built, world = worlds.shared(_world)


def contents():
    """A digest of every table, by name."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label_lower in OF_SESSIONS or not model._meta.managed:
            continue
        rows = model._base_manager.order_by("pk").values_list()
        found[model._meta.label] = hashlib.sha256(repr(list(rows)).encode()).hexdigest()
    return found


@pytest.mark.parametrize("role", ROLES)
def test_opening_every_page_changes_no_row(world, role):
    people, known = world
    client = Client(raise_request_exception=True)
    if role != "anonymous":
        client.force_login(getattr(people, role))
        client.get("/")
    before, opened, faults = contents(), 0, []
    for name, route in addresses():
        address = filled(route, known)
        if not address or name.startswith(NOT_OURS):
            continue
        for ask in (client.get, client.head):
            status = ask(address).status_code
            opened += status == 200
            if status >= 500:
                faults.append((address, status))
    after = contents()
    assert faults == []
    assert {table for table in before if before[table] != after[table]} == set()
    assert opened > 40
