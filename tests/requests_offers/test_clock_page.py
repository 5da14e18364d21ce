"""How long things take: medians in working days, right against counting by hand,
and nothing that tells anybody apart.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import AuditEvent
from centres.models import Hosting
from requests_offers.actions import requests
from requests_offers.durations import ENOUGH, RULES, Event, Measure, days_between, durations, figure, waits
from requests_offers.models import CooperationRequest, Match, Offer
from tests import factories as f

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Place:
    def __init__(self, time_zone="UTC", weekend=(5, 6)):
        self.time_zone, self.weekend = time_zone, list(weekend)


# One wait -------------------------------------------------------------------------------------------------------------


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),
    hours=st.integers(0, 2000),
    zone=st.sampled_from(["UTC", "Pacific/Fiji", "Africa/Ndjamena", "America/Toronto"]),
    weekend=st.sets(st.integers(0, 6), max_size=3),
)
def test_the_days_of_a_wait_are_those_counted_one_by_one(start, hours, zone, weekend):
    start = start.replace(tzinfo=UTC)
    end, place = start + timedelta(hours=hours), ZoneInfo(zone)
    day, last, count = start.astimezone(place).date(), end.astimezone(place).date(), 0
    while day < last:
        day += timedelta(days=1)
        count += day.weekday() not in weekend
    assert days_between(start, end, Place(zone, weekend)) == count


ACTIONS = ["submit", "accept", "ask_clarification", "answer", "redirect", "refuse", "appeal", "pause", "withdraw"]
ACTIONS += ["offer_to_both", "decline", "retract", "lapse", "publish", "return_for_changes", "answer_directly"]


def by_hand(rule, names):
    """Every pair of a start and an end with no other start, no cancel and, where one end is enough, no end between."""
    found = []
    for first, name in enumerate(names):
        for last in range(first + 1, len(names)):
            between = set(names[first + 1 : last])
            stops = rule.starts | rule.cancels | (rule.ends if rule.ends_once else set())
            if name in rule.starts and names[last] in rule.ends and not between & stops:
                found.append((first, last))
    return sorted(found, key=lambda pair: pair[1])


@given(rule=st.sampled_from(RULES), names=st.lists(st.sampled_from(ACTIONS), max_size=14))
def test_the_waits_of_a_record_are_those_found_by_looking_at_every_pair(rule, names):
    events = [Event(NOW, name, None) for name in names]
    assert list(waits(rule, events)) == by_hand(rule, names)


@given(st.lists(st.integers(0, 60), max_size=12))
def test_a_median_is_told_from_five_cases_on(days):
    found = figure(days)
    assert (found.median, found.cases) == ((median(days), len(days)) if len(days) >= ENOUGH else (None, None))


# All of them ----------------------------------------------------------------------------------------------------------


HISTORIES = st.lists(
    st.lists(
        st.tuples(st.integers(0, 500), st.sampled_from(["submit", "accept", "ask_clarification", "answer", "pause"])),
        max_size=8,
    ),
    max_size=14,
)


class TheWholeNetwork(TestCase):
    """Random histories of requests in two centres with different weeks: the page's figures against a plain count."""

    def setUp(self):
        self.parties = [f.party(time_zone="Pacific/Fiji"), f.party(time_zone="Africa/Ndjamena", weekend=[4, 5])]
        self.centres = [f.centre(party) for party in self.parties]
        for centre, party in zip(self.centres, self.parties, strict=True):
            Hosting.objects.filter(centre=centre).update(organization=f.organization(party))
        by = f.user()
        now = timezone.now()
        self.requests = [
            CooperationRequest.objects.create(
                party=self.parties[number % 2],
                centre=[*self.centres, None][number % 3],
                status="submitted",
                submitted_at=now,
                title="x",
                created_by=by,
            )
            for number in range(14)
        ]

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(histories=HISTORIES)
    def test_the_figures_are_those_of_a_plain_count(self, histories):
        written = {}
        for request, history in zip(self.requests, histories, strict=False):
            written[request] = [
                (NOW - timedelta(days=days, minutes=days), name) for days, name in sorted(history, reverse=True)
            ]
            for at, name in written[request]:
                AuditEvent.objects.create(
                    at=at, action=name, object_type="requests_offers.cooperationrequest", object_id=request.pk
                )
        found = durations(NOW)
        expected = self.count(written)
        assert found.network == self.figures([case for cases in expected.values() for case in cases])
        assert dict(found.centres) == {centre: self.figures(cases) for centre, cases in expected.items()}

    def count(self, written):
        cases = {}
        rules = {rule.measure: rule for rule in RULES[:2]}
        for request, history in written.items():
            for measure, rule in rules.items():
                names = [name for _at, name in history]
                for first, last in by_hand(rule, names):
                    if history[last][0] < NOW - timedelta(days=365):
                        continue
                    calendar = request.party
                    if measure == Measure.FIRST_ANSWER:
                        calendar = self.week_of(request.centre)
                    days = days_between(history[first][0], history[last][0], calendar)
                    cases.setdefault(request.centre, []).append((measure, days))
        return cases

    def week_of(self, centre):
        places = dict(zip(self.centres, self.parties, strict=True))
        return places.get(centre) or Place("America/Toronto")

    def figures(self, cases):
        return {measure: figure([days for kind, days in cases if kind == measure]) for measure in Measure}


# From the portal's own steps ------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return f.everyone_known()


def took(record, action, days):
    """Move a step's event so many days back."""
    kind = record._meta.label_lower
    events = AuditEvent.objects.filter(object_type=kind, object_id=record.pk, action=action)
    events.update(at=timezone.now() - timedelta(days=days))


def test_the_steps_of_the_portal_fill_all_four_measures(people):
    for _ in range(ENOUGH):
        request = f.request_in("clarification", people.party)
        requests.answer(request, by=people.focal_point, text="Yes.")
        requests.accept(request, by=people.officer)
        match = f.match_in("agreed", component=request.components.get())
        took(request, "submit", 40)
        took(request, "ask_clarification", 26)
        took(match, "offer_to_both", 14)
        took(match.offer, "submit", 7)
    found = durations(timezone.now())
    assert {measure: row.median for measure, row in found.network.items()} == {
        Measure.FIRST_ANSWER: 10,
        Measure.CLARIFICATION: days_between(timezone.now() - timedelta(26), timezone.now(), people.party),
        Measure.MATCH_ANSWER: 10,
        Measure.VERIFICATION: 5,
    }
    assert found.network[Measure.MATCH_ANSWER].cases == 2 * ENOUGH  # both sides answered
    assert [centre for centre, _figures in found.centres] == [people.centre]


def test_a_request_that_was_handed_on_counts_for_the_centre_that_had_it(people):
    other = f.centre()
    for _ in range(ENOUGH):
        request = f.request_in("submitted", people.party)
        requests.redirect(request, by=people.officer, centre=other, reason_code="expertise")
        requests.accept(request, by=f.officer_of(other))
    found = dict(durations(timezone.now()).centres)
    assert found[people.centre][Measure.FIRST_ANSWER].cases == ENOUGH
    assert other not in found


def test_under_five_cases_nothing_is_told(client, people):
    for _ in range(ENOUGH - 1):
        f.request_in("matching", people.party)
    page = client.get(reverse("clock"))
    assert page.status_code == 200
    [(_centre, figures)] = page.context["found"].centres
    assert {(figure.median, figure.cases) for figure in figures.values()} == {(None, None)}
    assert "under 5" in page.content.decode()
    f.request_in("matching", people.party)
    assert durations(timezone.now()).network[Measure.FIRST_ANSWER].cases == ENOUGH


def test_what_is_older_than_twelve_months_is_not_counted(people):
    for _ in range(ENOUGH):
        request = f.request_in("matching", people.party)
        took(request, "submit", 400)
        took(request, "accept", 366)
    assert durations(timezone.now()).network[Measure.FIRST_ANSWER].median is None


def test_the_page_names_nobody(client, people):
    for _ in range(ENOUGH):
        f.match_in("agreed", offer=f.offer_in("published", people.organization))
    page = client.get(reverse("clock")).content.decode()
    assert str(people.centre) in page
    words = Counter({str(person): page.count(str(person)) for person in (people.officer, people.focal_point)})
    assert sum(words.values()) == 0
    for record in (*CooperationRequest.objects.all(), *Offer.objects.all(), *Match.objects.all()):
        assert record.reference not in page
    assert people.party.name not in page
    assert people.organization.name not in page


def test_the_page_says_from_when_to_when(client):
    page = client.get(reverse("clock"))
    assert page.context["found"].until == timezone.now().date()
    assert page.context["found"].since == timezone.now().date() - timedelta(days=365)


def test_the_page_asks_as_often_for_fifteen_cases_as_for_five(client, people, django_assert_num_queries):
    for _ in range(2):
        for _ in range(ENOUGH):
            f.match_in("agreed")
        client.get(reverse("clock"))
        with django_assert_num_queries(11):
            client.get(reverse("clock"))


def test_an_empty_portal_has_a_page_too(client):
    assert "No centre has answered anything" in client.get(reverse("clock")).content.decode()
    assert durations(NOW).network == {measure: figure([]) for measure in Measure}
    assert date(2025, 11, 20) == durations(NOW).since
