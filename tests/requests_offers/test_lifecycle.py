"""Every step of every table, in every state, by everybody: what was agreed happens, and nothing else does."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.errors import DomainError
from accounts.permissions import HELPDESK_GRANTS, Role
from requests_offers import lifecycle
from requests_offers.actions import engagements, requests
from requests_offers.actions.drafts import edit_need
from requests_offers.lifecycle import component_status, request_status
from requests_offers.models import Component, CooperationRequest, Engagement, Match, Offer
from tests import factories as f
from tests.requests_offers import tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(db):
    return f.everyone_known()


@pytest.fixture
def people(known):
    return tables.people_of(known)


@pytest.fixture
def other_centre(people):
    return people["other_officer"].current_memberships[0].centre


def working_days_from_now(days, weekend=(5, 6)):
    """So many working days after today, counted on the fingers."""
    day = timezone.now().date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() not in weekend
    return day


def long_ago():
    """Let the conditions on days be met, so that only right and state decide."""
    past = timezone.now() - timedelta(days=91)
    CooperationRequest.objects.filter(matching_since__isnull=False).update(matching_since=past)
    CooperationRequest.objects.filter(asked_at__isnull=False).update(asked_at=past)


# The tables in the code are those of the contract ---------------------------------------------------------------------


@pytest.mark.parametrize("noun", tables.TABLES)
def test_the_steps_are_those_of_the_contract(noun):
    assert set(lifecycle.TABLES[noun]) == set(tables.TABLES[noun])


@pytest.mark.parametrize("noun", tables.TABLES)
def test_every_step_starts_and_leads_where_the_contract_says(noun):
    for name, line in tables.TABLES[noun].items():
        step = lifecycle.TABLES[noun][name]
        assert step.sources == line.sources, name
        computed = {"complete", "resume"} if noun == "request" else {"accept", "appraise"}
        assert step.target == ("" if name in computed and noun != "offer" else line.target), name


def test_every_state_is_one_of_the_contract():
    assert set(lifecycle.RequestStatus.values) == tables.OPEN | {
        "draft", "refused", "completed", "paused", "withdrawn",
    }  # fmt: skip
    assert set(lifecycle.ComponentStatus.values) == {"open", "offered", "agreed", "closed", "unmet"}


# Requests -------------------------------------------------------------------------------------------------------------

DUE = {"centre": 10, "office": 15}


def due_as_told(line, obj):
    """The due date that a line of the table promises."""
    if line.due == "unmet":
        return (obj.matching_since + timedelta(days=90)).date()
    return working_days_from_now(DUE[line.due]) if line.due else None


def look_at_request(obj, name, person):
    line = tables.REQUEST[name]
    expected = due_as_told(line, obj)
    # Days are counted where the office sits; at the edge of a day that may be one day on.
    if (obj.due_on is None) == (expected is None) and (expected is None or abs((obj.due_on - expected).days) <= 3):
        return []
    return [f"{name} by {person}: due on {obj.due_on} instead of {expected}"]


@pytest.mark.parametrize("state", f.REQUEST_PATHS)
def test_every_step_of_a_request_by_everybody(people, known, other_centre, state):
    needs = [f.need(), f.need(title="Second")] if state == "partly_matched" else None
    request = f.request_in(state, known.party, needs=needs)
    if state == "matched":
        engagements.conclude(Engagement.objects.get(), by=None, side="party")
    long_ago()
    table = tables.helped(tables.REQUEST) if state == "draft" else tables.REQUEST  # no centre holds a draft
    table = table | {"submit": tables.REQUEST["submit"]}
    wrong = tables.deviations("request", request, people, other_centre, table=table, look=look_at_request)
    if state == "partly_matched":  # with a need still open, whoever may complete is told to wait
        waiting = [line for line in wrong if "–complete→" in line and "DomainError" in line]
        assert len(waiting) == len(tables.REQUEST["complete"].who)
        wrong = [line for line in wrong if line not in waiting]
    assert wrong == []


@pytest.mark.parametrize("state", ["submitted", "clarification", "matching", "answered"])
def test_without_a_centre_the_coordinator_does_what_officer_and_head_do(people, known, other_centre, state):
    known.centre.hostings.update(operating_on=None)
    request = f.request_in(state, known.party, held=False)
    assert request.centre is None
    long_ago()
    assert tables.deviations("request", request, people, other_centre, table=tables.helped(tables.REQUEST)) == []


def test_the_coordinator_stands_in_for_centres_only_where_there_is_none():
    assert set(HELPDESK_GRANTS) == {Role.COORDINATOR}


# Offers ---------------------------------------------------------------------------------------------------------------


def look_at_offer(obj, name, person):
    expected = working_days_from_now(10) if tables.OFFER[name].due else None
    if (obj.due_on is None) == (expected is None) and (expected is None or abs((obj.due_on - expected).days) <= 3):
        return []
    return [f"{name} by {person}: due on {obj.due_on} instead of {expected}"]


@pytest.mark.parametrize("state", f.OFFER_PATHS)
def test_every_step_of_an_offer_by_everybody(people, known, other_centre, state):
    offer = f.offer_in(state, known.organization)
    assert state == "draft" or offer.verifying_centre == known.centre
    if state in {"published", "paused"}:
        Offer.objects.update(expires_on=date(2026, 1, 1))
    table = tables.helped(tables.OFFER) if state == "draft" else tables.OFFER  # nobody verifies a draft yet
    table = table | {"submit": tables.OFFER["submit"]}
    assert tables.deviations("offer", offer, people, other_centre, table=table, look=look_at_offer) == []


@pytest.mark.parametrize("state", ["in_verification", "published"])
def test_offers_seated_where_no_centre_operates_are_verified_by_the_coordinator(people, known, other_centre, state):
    offer = f.offer_in(state, f.organization(f.party("TD")))
    assert offer.verifying_centre is None
    mine = people | {"provider": f.provider_of(offer.organization)}
    Offer.objects.filter(status="published").update(expires_on=date(2026, 1, 1))
    assert tables.deviations("offer", offer, mine, other_centre, table=tables.helped(tables.OFFER)) == []


# Matches --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [*f.MATCH_PATHS, "proposed"])
def test_every_step_of_a_match_by_everybody(people, known, other_centre, state):
    component = f.request_in("matching", known.party).components.get()
    match = f.match_in(state, component=component, offer=f.offer_in("published", known.organization))
    if state == "offered":
        Match.objects.update(due_on=timezone.now().date() - timedelta(days=3))

    def look(obj, name, person):
        kept = date.today() - timedelta(days=3) if name == "accept" else None
        expected = kept or (working_days_from_now(15) if tables.MATCH[name].due else None)
        if (obj.due_on is None) == (expected is None) and (expected is None or abs((obj.due_on - expected).days) <= 3):
            return []
        return [f"{name} by {person}: due on {obj.due_on} instead of {expected}"]

    assert tables.deviations("match", match, people, other_centre, look=look) == []


# Engagements ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["active", "concluded", "appraised", "ended_early"])
def test_every_step_of_an_engagement_by_everybody(people, known, other_centre, state):
    component = f.request_in("matching", known.party).components.get()
    match = f.match_in("agreed", component=component, offer=f.offer_in("published", known.organization))
    engagement = f.engagement_in(state, match=match)
    assert tables.deviations("engagement", engagement, people, other_centre) == []


# Computed states ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_is", "matches", "engagements_are", "expected"),
    [
        ("matching", [], [], "open"),
        ("matching", ["suggested", "declined", "lapsed"], [], "open"),
        ("matching", ["offered", "suggested"], [], "offered"),
        ("matching", ["agreed"], ["active"], "agreed"),
        ("matched", ["agreed", "offered"], ["active"], "agreed"),
        ("matched", ["agreed"], ["concluded"], "closed"),
        ("matched", ["agreed"], ["appraised"], "closed"),
        ("matching", ["agreed"], ["ended_early"], "open"),
        ("unmet", ["agreed"], ["ended_early"], "unmet"),
        ("unmet", [], [], "unmet"),
        ("unmet", ["offered"], [], "offered"),
        ("paused", [], [], "open"),
        ("answered", ["suggested"], [], "closed"),
        ("completed", ["agreed"], ["concluded"], "closed"),
        ("withdrawn", ["retracted"], [], "closed"),
        ("refused", [], [], "closed"),
        ("submitted", [], [], "open"),
    ],
)
def test_the_state_of_a_component_follows_from_its_matches(request_is, matches, engagements_are, expected):
    assert component_status(request_is, matches, engagements_are) == expected


@pytest.mark.parametrize(
    ("matches", "engagements_are", "expected"),
    [
        (["agreed"], ["active"], "open"),
        (["agreed", "offered"], ["active"], "offered"),
        (["agreed", "agreed"], ["active", "active"], "agreed"),
        (["agreed", "agreed"], ["active", "ended_early"], "open"),
        (["agreed", "agreed"], ["active", "concluded"], "agreed"),
        (["agreed"], ["concluded"], "open"),
        (["agreed", "agreed"], ["concluded", "appraised"], "closed"),
    ],
)
def test_a_component_that_wants_two_partners_looks_on_until_it_has_them(matches, engagements_are, expected):
    assert component_status("matching", matches, engagements_are, wanted=2) == expected


def test_a_request_with_one_partner_of_two_is_partly_matched_and_looks_on(known):
    component = f.match_in("agreed", component=_wanting(2, known)).component
    assert (component.status, component.request.status) == ("open", "partly_matched")
    assert Component.objects.scored().filter(pk=component.pk).exists()
    f.match_in("agreed", component=component)
    component = Component.objects.select_related("request").get(pk=component.pk)
    assert (component.status, component.request.status) == ("agreed", "matched")


def test_a_centre_that_lowers_the_number_of_partners_ends_the_search(known):
    component = f.match_in("agreed", component=_wanting(2, known)).component
    edit_need(component, by=f.officer_of(component.request.centre), data={"partners_wanted": 1})
    component = Component.objects.select_related("request").get(pk=component.pk)
    assert (component.status, component.request.status) == ("agreed", "matched")


def _wanting(partners, known):
    component = f.request_in("matching", known.party).components.get()
    component.partners_wanted = partners
    component.save()
    return component


@pytest.mark.parametrize(
    ("now", "components", "expected"),
    [
        ("matching", ["open", "offered"], "matching"),
        ("matching", ["open", "agreed"], "partly_matched"),
        ("matching", ["agreed", "closed"], "matched"),
        ("partly_matched", ["agreed", "agreed"], "matched"),
        ("matched", ["agreed", "open"], "partly_matched"),
        ("matched", ["open", "open"], "matching"),
        ("unmet", ["unmet", "offered"], "unmet"),
        ("unmet", ["agreed", "unmet"], "partly_matched"),
        ("unmet", ["agreed"], "matched"),
        ("partly_matched", ["open"], "matching"),
        ("matching", [], "matching"),
        ("paused", ["agreed"], "paused"),
        ("submitted", ["open"], "submitted"),
    ],
)
def test_the_state_of_a_request_follows_from_its_components(now, components, expected):
    assert request_status(now, components) == expected


# Conditions that no table shows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["ask_clarification", "answer", "appeal", "answer_directly", "reopen"])
def test_a_step_that_asks_for_a_text_is_refused_without_one(known, step):
    state = {"answer": "clarification", "appeal": "refused", "reopen": "answered"}.get(step, "submitted")
    request = f.request_in(state, known.party)
    by = known.focal_point if step in {"answer", "appeal", "reopen"} else known.officer
    before = tables.everything()
    with pytest.raises(DomainError, match="Write"):
        getattr(requests, step)(request, by=by, text="  \n ")
    assert tables.everything() == before


@pytest.mark.parametrize(
    ("noun", "step", "state"),
    [
        ("request", "refuse", "submitted"),
        ("request", "redirect", "submitted"),
        ("request", "withdraw", "matching"),
        ("offer", "return_for_changes", "in_verification"),
        ("offer", "refuse", "in_verification"),
        ("match", "decline", "offered"),
        ("match", "retract", "offered"),
        ("engagement", "end_early", "active"),
    ],
)
@pytest.mark.parametrize("code", ["", "because", "request_paused", "x" * 400])
def test_a_reason_is_one_of_the_list(known, people, other_centre, noun, step, state, code):
    obj, by = in_state(known, noun, state, step)
    act = {"request": requests, "offer": tables.offers, "match": tables.matches, "engagement": engagements}[noun]
    said = {"centre": other_centre} if step == "redirect" else {}
    before = tables.everything()
    with pytest.raises(DomainError, match="Choose a reason"):
        getattr(act, step)(obj, by=by, reason_code=code, **said)
    assert tables.everything() == before


def in_state(known, noun, state, step):
    """A record of any kind in a state, and somebody who may take the step."""
    if noun == "request":
        return f.request_in(state, known.party), known.focal_point if step == "withdraw" else known.head
    if noun == "offer":
        return f.offer_in(state, known.organization), known.officer
    offer = f.offer_in("published", known.organization)
    match = f.match_in("offered" if noun == "match" else "agreed", offer=offer)
    if noun == "engagement":
        return f.engagement_in(state, match=match), known.provider
    return match, known.provider if step == "decline" else known.officer


def test_a_record_reads_its_new_version_after_each_step(known):
    request = f.request_in("submitted", known.party)
    before = request.version
    requests.accept(request, by=known.officer)
    assert request.version == before + 1 == CooperationRequest.objects.get(pk=request.pk).version
