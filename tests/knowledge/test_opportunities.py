"""Opportunities: entered, suggested, decided on, over at their deadline by themselves; as calendar and as feed."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from uuid import uuid4
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import Notice
from knowledge.actions import opportunities, registry_clock
from knowledge.lifecycle import OPPORTUNITY_STEPS
from knowledge.models import Opportunity
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db
TITLE = "Fellowships; for\ntaxonomists, with a comma"


def said(**more):
    return {
        "kind": "grant", "title": "Fellowships for taxonomists", "summary": "Three months at a museum.",
        "language": "en", "organizer": "A museum", "url": "https://example.org/call", "worldwide": True, "flags": "",
        "has_deadline": True, "closes_on": date.today() + timedelta(days=30), "time_zone": "Pacific/Fiji",
        "targets": [f.target(6)], "subjects": [f.subject()], "cooperation_types": [f.cooperation_type()],
    } | more  # fmt: skip


built, known = worlds.shared(f.everyone_known)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def test_centre_and_coordinator_publish_at_once_others_suggest(known):
    officer, stranger = known.officer, known.stranger
    assert opportunities.enter_opportunity(by=officer, data=said()).centre == known.centre
    assert opportunities.enter_opportunity(by=known.coordinator, data=said()).status == "published"
    suggested = opportunities.enter_opportunity(by=stranger, data=said(title="Suggested"))
    assert suggested.status == "suggested"
    assert Notice.objects.filter(recipient=known.coordinator, kind="opportunity_suggest").exists()
    for person, sees in ((None, False), (stranger, True), (known.coordinator, True), (known.provider, False)):
        client = signed_in(person) if person else Client()
        assert (client.get(suggested.get_absolute_url()).status_code == 200) == sees
        visible = client.get("/api/v1/opportunities/?status=suggested").json()["count"]
        assert visible == int(sees)
    for person in (officer, stranger, known.focal_point):
        with pytest.raises(NotAllowed):
            opportunities.publish(suggested, by=person)
    signed_in(known.coordinator).post(reverse("opportunity_step", args=[suggested.reference, "publish"]))
    assert Client().get(suggested.get_absolute_url()).status_code == 200
    assert Notice.objects.filter(recipient=stranger, kind="opportunity_publish").exists()
    assert signed_in(officer).get(reverse("opportunity_edit", args=[suggested.reference])).status_code == 403
    key = uuid4()
    twice = [opportunities.enter_opportunity(by=known.officer, data=said(), form_key=key) for _time in range(2)]
    assert twice[0] == twice[1]


def test_it_ends_where_its_organizer_sits_without_any_clock(known):
    day = date(2027, 3, 10)
    with time_machine.travel(datetime(2027, 3, 1, tzinfo=UTC), tick=False):
        whole = opportunities.enter_opportunity(by=known.coordinator, data=said(closes_on=day))
        hour = opportunities.enter_opportunity(
            by=known.coordinator, data=said(closes_on=day, closes_time=time(17), time_zone="America/Lima")
        )
        rolling = opportunities.enter_opportunity(by=known.coordinator, data=said(has_deadline=False, closes_on=None))
    assert whole.closes_at == datetime(2027, 3, 10, 12, tzinfo=UTC)  # midnight in Suva
    assert hour.closes_at == datetime(2027, 3, 10, 22, tzinfo=UTC)
    for moment, left in ((11, 3), (13, 2), (23, 1)):
        with time_machine.travel(datetime(2027, 3, 10, moment, tzinfo=UTC), tick=False):
            assert Opportunity.objects.open().count() == left
            assert Client().get("/api/v1/opportunities/").json()["count"] == left
            page = Client().get(whole.get_absolute_url()).content.decode()
            assert ("Deadline has passed" in page) == (left < 3)
    after = datetime(2028, 3, 2, tzinfo=UTC)
    assert registry_clock.tick(after) == 3
    assert registry_clock.tick(after) == 0
    assert Notice.objects.filter(kind="opportunity_expire", recipient=known.coordinator).count() == 1
    rolling.refresh_from_db()
    with time_machine.travel(after, tick=False):
        with pytest.raises(DomainError):
            opportunities.renew(rolling, by=known.coordinator, until=date(2028, 1, 1))
        opportunities.renew(rolling, by=known.coordinator, until=date(2028, 6, 1))
        assert Opportunity.objects.open().get() == rolling


def test_each_step_starts_only_where_the_table_says(known):
    by, made = known.coordinator, opportunities.enter_opportunity(by=known.stranger, data=said())
    until = date.today() + timedelta(days=60)
    calls = {
        "publish": lambda: opportunities.publish(made, by=by),
        "renew": lambda: opportunities.renew(made, by=by, until=until),
        "refuse": lambda: opportunities.refuse(made, by=by, reason="Advertising."),
    }
    for state in ("suggested", "published", "expired", "refused"):
        for name, call in calls.items():
            Opportunity.objects.filter(pk=made.pk).update(status=state, published_at=timezone.now())
            if state in OPPORTUNITY_STEPS[name].sources:
                call()
                made.refresh_from_db()
                assert made.status == OPPORTUNITY_STEPS[name].target
            else:
                with pytest.raises(IllegalStep):
                    call()


def test_for_whom_it_is(known):
    """A Party is named, lies in a region, or has the status asked for."""
    chad, france = f.party("TD"), f.party("FR")
    cases = {
        "all": (said(), {"FJ", "TD", "FR"}),
        "named": (said(worldwide=False, parties=[chad]), {"TD"}),
        "region": (said(worldwide=False, regions=[f.region("009")]), {"FJ"}),
        "part": (said(worldwide=False, regions=[f.region("054")]), {"FJ"}),
        "ldc": (said(flags=" LDC "), {"TD"}),
        "two": (said(flags=" LDC SIDS "), {"TD", "FJ"}),
        "region and status": (said(worldwide=False, regions=[f.region("009")], flags=" LDC "), set()),
    }
    for name, (data, expected) in cases.items():
        made = opportunities.enter_opportunity(by=known.coordinator, data=data | {"title": name})
        found = {
            party.iso2
            for party in (known.party, chad, france)
            if Opportunity.objects.for_party(party).filter(pk=made.pk).exists()
        }
        assert found == expected, name
    shown = Client().get(reverse("opportunity_list"), {"party": "TD"}).context["page_obj"].paginator.count
    assert shown == Client().get("/api/v1/opportunities/?party=TD").json()["count"] == 4


def test_the_form_says_what_is_missing(known):
    client, address = signed_in(known.stranger), reverse("opportunity_new")
    faults = {"kind": "call", "title": "x", "has_deadline": "yes", "amount": "5", "ends_on": "2026-01-01",
              "starts_on": "2026-02-01", "url": "example.org"}  # fmt: skip
    errors = client.post(address, faults).context["form"].errors
    assert set(errors) == {
        "organizer", "summary", "language", "time_zone", "closes_on", "amount", "ends_on", "worldwide"
    }  # fmt: skip
    day = (date.today() + timedelta(days=9)).isoformat()
    good = {"kind": "call", "title": "A call", "organizer": "A fund", "summary": "Money.", "language": "fr",
            "url": "example.org", "has_deadline": "yes", "closes_on": day, "time_zone": "UTC", "worldwide": "on",
            "flags": ["LDC"], "languages": ["fr"], "form_key": "7d444840-9dc0-11d1-b245-5ffdce74fad2"}  # fmt: skip
    for _time in range(2):
        client.post(address, good)
    made = Opportunity.objects.get()
    assert (made.flags, made.url, made.languages) == (" LDC ", "https://example.org", ["fr"])
    past = good | {"closes_on": "2020-01-01", "form_key": ""}
    assert "has passed" in client.post(address, past).content.decode()


def test_calendar_and_feed_hold_what_is_open_and_nothing_else(known):
    made = opportunities.enter_opportunity(by=known.coordinator, data=said(title=TITLE, place="Suva"))
    opportunities.enter_opportunity(by=known.stranger, data=said(title="Only suggested"))
    other = opportunities.enter_opportunity(by=known.coordinator, data=said(title="Other", targets=[f.target(1)]))
    answer = Client().get(reverse("opportunity_calendar"))
    assert answer.headers["Content-Type"].startswith("text/calendar")
    lines = answer.content.decode().replace("\r\n ", "").split("\r\n")
    assert all(len(line.encode()) <= 75 for line in answer.content.decode().split("\r\n"))
    assert lines.count("BEGIN:VEVENT") == 2
    assert r"SUMMARY:Deadline: Fellowships\; for\ntaxonomists\, with a comma" in lines
    assert f"DTSTART;VALUE=DATE:{made.closes_on:%Y%m%d}" in lines
    narrowed = Client().get(reverse("opportunity_calendar"), {"target": 1}).content.decode()
    assert "Fellowships" not in narrowed
    feed = Client().get(reverse("opportunity_feed"), {"target": 6})
    assert feed.headers["Content-Type"].startswith("application/atom+xml")
    names = {"a": "http://www.w3.org/2005/Atom"}
    root = ElementTree.fromstring(feed.content)
    assert [one.text for one in root.findall("a:entry/a:title", names)] == [TITLE]
    assert root.find("a:entry/a:id", names).text.endswith(made.get_absolute_url())
    assert other.reference not in feed.content.decode()


def test_the_api_writes_as_the_pages_do(known):
    client = signed_in(known.officer)
    body = {"kind": "call", "title": "A call", "organizer": "A fund", "summary": "Money.", "language": "en",
            "url": "https://example.org", "closes_on": (date.today() + timedelta(days=9)).isoformat(),
            "regions": ["009"], "targets": [6]}  # fmt: skip
    f.target(6)
    made = client.post("/api/v1/opportunities/", body, "application/json")
    assert (made.status_code, made.json()["status"]) == (201, "published")
    wrong = client.post("/api/v1/opportunities/", body | {"regions": []}, "application/json")
    assert set(wrong.json()["errors"]) == {"worldwide"}
    address = made.json()["url"]
    changed = client.patch(address, body | {"title": "Another"}, "application/json").json()
    assert (changed["title"], changed["open_steps"]) == ("Another", ["refuse"])
    assert client.post(f"{address}renew/", {"until": "2030-01-01"}, "application/json").status_code == 409
    assert signed_in(known.stranger).post(f"{address}refuse/", {"reason": "x"}, "application/json").status_code == 403
    project = {"title": "By machine", "summary": "x", "language": "en", "party": "FJ",
               "funding": [{"funder": "A", "amount": "5.00", "currency": "EUR"}]}  # fmt: skip
    sent = signed_in(known.stranger).post("/api/v1/projects/", project, "application/json")
    assert (sent.status_code, sent.json()["status"]) == (201, "submitted")
    office, place = signed_in(known.focal_point), sent.json()["url"]
    assert Client().get(place).status_code == 404
    assert office.post(f"{place}request_change/", {"reason_code": "facts"}, "application/json").status_code == 400
    mended = signed_in(known.stranger).patch(place, {"title": "Mended"}, "application/json").json()
    assert (mended["title"], mended["summary"]) == ("Mended", "x")
    assert office.post(f"{place}publish/", {}, "application/json").json()["status"] == "published"
    assert "contact" not in Client().get(place).json()


def test_lists_cost_the_same_whatever_there_is(known, django_assert_max_num_queries):
    world = SimpleNamespace(addresses=["/opportunities/", "/api/v1/opportunities/", "/opportunities.atom"])
    for number in range(3):
        opportunities.enter_opportunity(by=known.coordinator, data=said(title=f"Number {number}"))
        for address in world.addresses:
            with django_assert_max_num_queries(16):
                assert Client().get(address).status_code == 200


def test_those_that_fit_stand_beside_the_request_and_on_the_offices_page(known):
    """Chosen by the matcher, only those for which the Party may apply, with the reason; none once it is over."""
    request = f.request_in("matching", known.party)
    fits = {
        "title": "Grants against invasive plants in lagoons", "summary": "Control without herbicide, for fishers.",
        "targets": [f.target(6)], "subjects": [f.subject()], "cooperation_types": [f.cooperation_type()],
    }  # fmt: skip
    far = {
        "title": "Prize for museum architecture", "summary": "For young architects.", "targets": [f.target(1)],
        "subjects": [], "cooperation_types": [],
    }  # fmt: skip
    good = opportunities.enter_opportunity(by=known.coordinator, data=said(**fits))
    closed = said(**fits | {"title": "Not for Fiji"}, worldwide=False, parties=[f.party("TD")])
    opportunities.enter_opportunity(by=known.coordinator, data=closed)
    opportunities.enter_opportunity(by=known.coordinator, data=said(**far))
    page = Client().get(request.get_absolute_url())
    assert page.context["fitting"] == [good]
    assert "Target 6" in page.content.decode()
    mine = signed_in(known.drafter).get(reverse("my")).context["opportunities"]
    assert {one.title for one in mine} == {good.title, far["title"]}
    assert signed_in(known.officer).get(reverse("my")).context["opportunities"] == []
    with time_machine.travel(timezone.now() + timedelta(days=40), tick=False):
        assert Client().get(request.get_absolute_url()).context["fitting"] == []


def test_what_waits_is_on_the_desk(known):
    opportunities.enter_opportunity(by=known.stranger, data=said(title="Look at me"))
    items = signed_in(known.coordinator).get(reverse("my")).context["items"]
    assert "Look at me" in [item.title for item in items]
    assert signed_in(known.officer).get(reverse("my")).context["items"] == []


def test_a_saved_search_tells_of_what_is_new(known):
    from accounts.saved_lists import kind_of

    f.target(6)
    saved, since = kind_of("opportunities"), timezone.now() - timedelta(minutes=1)
    assert saved.clean(known.stranger, "target=6&nonsense=1") == "target=6"
    made = opportunities.enter_opportunity(by=known.coordinator, data=said())
    opportunities.enter_opportunity(by=known.coordinator, data=said(targets=[f.target(1)]))
    opportunities.enter_opportunity(by=known.stranger, data=said())
    until = timezone.now() + timedelta(minutes=1)
    assert list(saved.news(known.stranger, "target=6", since, until)) == [made]
    assert "Save this search" in signed_in(known.stranger).get(reverse("opportunity_list")).content.decode()
