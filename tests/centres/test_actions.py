from datetime import date

import pytest

from accounts.models import AuditEvent
from centres.actions.hosting import record_operating
from centres.actions.practice import PARTIES, build_practice_network
from centres.actions.reference import load_reference
from centres.models import Coverage, Hosting, Organization, Party, PartyFlag, SupportCentre
from tests.factories import centre, coordinator, organization

pytestmark = pytest.mark.django_db


def test_the_practice_network_serves_the_practice_parties_and_is_all_example():
    load_reference()
    made = build_practice_network()
    assert sorted(party.iso2 for party in made.parties.all()) == sorted(PARTIES)
    assert made.operates
    rows = [made, *made.parties.all(), *Organization.objects.filter(is_practice=True)]
    assert [row for row in rows if not row.is_example] == []


def test_building_the_practice_network_twice_adds_nothing():
    load_reference()
    build_practice_network(date(2026, 1, 1))
    models = (Party, PartyFlag, Organization, SupportCentre, Hosting, Coverage)
    before = [model.objects.count() for model in models]
    opened = Hosting.objects.get(centre__slug="practice").operating_on
    build_practice_network(date(2027, 1, 1))
    assert [model.objects.count() for model in models] == before
    assert Hosting.objects.get(centre__slug="practice").operating_on == opened


def test_the_reference_tables_leave_the_practice_network_alone():
    load_reference()
    build_practice_network()
    assert [report.name for report in load_reference() if not report.is_unchanged] == []
    assert Party.objects.get(iso2="XA").retired_on is None


def test_a_centre_operates_from_the_day_that_is_recorded_with_a_trace():
    made = centre(operating=False)
    made.hostings.update(from_reference=True)
    Hosting.objects.create(centre=made, organization=organization(), role=Hosting.Role.CO_HOST)
    record_operating(made, date(2026, 1, 5), by=coordinator())
    assert [made.status_on(date(2026, 1, 4)), made.status_on(date(2026, 1, 5))] == ["designated", "operating"]
    assert not made.hostings.get(role="lead").from_reference
    assert AuditEvent.objects.of(made).get().action == "record_operating"
