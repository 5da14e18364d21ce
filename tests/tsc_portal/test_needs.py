"""The needs board agrees with counting by hand on random worlds, and tells nobody who asks."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from requests_offers.models import CooperationRequest
from tests import factories as f
from tests import factories_workplans as fw
from tsc_portal.needs_board import Money, Need, Supply, board
from tsc_portal.views.needs import count_cells, groups_by

TARGETS = range(1, 6)
PARTIES = range(8)
targets = st.frozensets(st.sampled_from(TARGETS), max_size=3)
parties = st.frozensets(st.sampled_from(PARTIES), max_size=4)
amounts = st.decimals(min_value=0, max_value=1000, places=2)
needs = st.lists(st.builds(Need, st.sampled_from(PARTIES), targets, st.booleans(), st.booleans()), max_size=12)
offers = st.lists(st.builds(Supply, targets, st.none() | parties), max_size=8)
money = st.lists(st.builds(Money, targets, parties, amounts, amounts), max_size=6)
groups = st.dictionaries(st.sampled_from("ABCD"), parties, min_size=1, max_size=4)


@given(groups, needs, offers, money, offers, offers)
def test_the_board_is_what_one_counts_by_hand(groups, needs, offers, money, projects, sources):
    cells = board(TARGETS, groups, needs, offers, money, projects, sources)
    for target in TARGETS:
        for code, members in groups.items():
            cell = cells[target, code]
            here = [need for need in needs if target in need.targets and need.party in members]
            assert cell.needs == len(here)
            assert cell.unmet == sum(need.is_unmet for need in here)
            assert cell.hidden == sum(not need.is_seen for need in here)
            covering = [
                o for o in offers if target in o.targets and (members if o.parties is None else o.parties & members)
            ]
            assert cell.offers == len(covering)
            assert cell.sources == sum(
                bool(target in s.targets and (members if s.parties is None else s.parties & members)) for s in sources
            )
            assert cell.projects == sum(
                bool(target in p.targets and (members if p.parties is None else p.parties & members)) for p in projects
            )
            funded = [one for one in money if target in one.targets and one.parties & members]
            assert cell.firm_gap == sum((one.firm_gap for one in funded), Decimal(0))
            assert cell.is_told == (cell.hidden == 0 or cell.needs >= 5)
            assert (cell.tone == 4) == (cell.needs > 0 and cell.offers == 0)


@pytest.fixture
def world(db):
    """A need of Fiji for target 6, an offer for it, and a plan with money."""
    made = fw.version_in("finalized")
    request = f.request_in("matching", made.known.party)
    return made, request


def cell_of(user, group="LDC", by="region"):
    groups = groups_by(by)
    return count_cells(user, [f.target(6)], groups)[6, group]


@pytest.mark.django_db
def test_rows_come_to_the_board(world):
    from centres.models import PartyFlag

    made, request = world
    PartyFlag.objects.get_or_create(party=request.party, kind="SIDS", defaults={"source": "test"})
    cell = cell_of(made.known.stranger, "SIDS")
    assert cell.needs == request.components.filter(targets__number=6).count()
    assert cell.firm_gap == Decimal("10000.00")


@pytest.mark.django_db
def test_fewer_than_five_that_are_not_public_are_not_told(world, client):
    from centres.models import PartyFlag

    made, request = world
    PartyFlag.objects.get_or_create(party=request.party, kind="SIDS", defaults={"source": "test"})
    assert cell_of(made.known.stranger, "SIDS").is_told
    CooperationRequest.objects.filter(pk=request.pk).update(visibility="restricted")
    assert not cell_of(made.known.stranger, "SIDS").is_told
    assert cell_of(made.known.officer, "SIDS").is_told
    page = client.get(reverse("needs"), {"target": 6, "group": "SIDS"}).content.decode()
    assert request.title not in page
    assert "under 5" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", [{}, {"by": "un"}, {"target": 6, "group": "LDC"}, {"by": "un", "target": 6, "group": "SIDS"}]
)
def test_the_page_is_there_for_everybody(world, client, query):
    assert client.get(reverse("needs"), query).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", [{"target": 99, "group": "LDC"}, {"target": "x"}, {"group": "LDC"}, {"target": 6, "group": "ZZ"}]
)
def test_a_cell_that_is_not_there_is_not_found(world, client, query):
    assert client.get(reverse("needs"), query).status_code == 404


@pytest.mark.django_db
def test_the_board_asks_the_same_number_of_questions_whatever_there_is(world, client):
    def asked():
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("needs"))
        return len(found)

    made, _request = world
    one = asked()
    for _each in range(3):
        f.request_in("matching", made.known.party)
    assert asked() == one
