"""The forms of a draft save themselves, and its pages say truly who is there."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories as f
from tests import factories_workplans as w
from workplans.actions import drafting
from workplans.models import Activity, BudgetLine, Change, Indicator, Presence

pytestmark = pytest.mark.django_db
BY_SCRIPT = {"headers": {"X-Autosave": "1"}}


@pytest.fixture
def made(client):
    made = w.plan_with()
    client.force_login(made.officer)
    return made


def at(made, *parts):
    return "/".join([reverse("workplan_edit", args=[made.workplan.reference]).rstrip("/"), *parts, ""])


def form_of(client, url):
    """What a browser would send from this page."""
    form = client.get(url).context["form"]
    values = {bound.name: bound.value() for bound in form}
    return {name: value for name, value in values.items() if value is not None}


def test_an_activity_saves_itself_and_stays_one_edit(client, made):
    url = at(made, "activities", Activity.objects.get().reference)
    given = form_of(client, url)
    for title in ("T", "Train", "Train all"):
        answer = client.post(url, given | {"title": title}, **BY_SCRIPT).json()
        given["revision"] = answer["version"]
    assert (Activity.objects.get().title, answer["url"]) == ("Train all", url)
    assert "Draft saved at" in answer["saved"]
    client.post(url, given | {"title": "Train all groups"})  # the button: the same edit ends
    given["revision"] += 1
    client.post(url, given | {"title": "Another edit"}, **BY_SCRIPT)
    for title in ("Train all groups", "Train fishing groups"):
        client.post(at(made, "undo"))
        assert Activity.objects.get().title == title


def test_what_cannot_be_kept_does_not_hold_up_the_rest(client, made):
    url = at(made, "activities", Activity.objects.get().reference)
    answer = client.post(url, form_of(client, url) | {"title": "", "description": "New words"}, **BY_SCRIPT).json()
    assert "Title" in answer["saved"]
    activity = Activity.objects.get()
    assert (activity.title, activity.description) == ("Train fishing groups", "New words")
    days = {"revision": answer["version"], "starts_on": "2026-01-01", "ends_on": "2025-01-01"}
    assert client.post(url, form_of(client, url) | days, **BY_SCRIPT).status_code == 422


def test_nothing_of_somebody_else_is_overwritten(client, made):
    activity, line = Activity.objects.get(), BudgetLine.objects.get()
    here = at(made, "activities", activity.reference)
    pages = {
        here: {"title": "Mine"},
        f"{here}lines/{line.reference}/": {"amount": "7"},
        f"{here}results/1/": {"title": "Mine"},
        at(made): {"title": "Mine"},
    }
    forms = {url: form_of(client, url) for url in pages}
    other = f.member("officer", centre=made.known.centre)
    drafting.save_activity(activity, by=other, data={"title": "Theirs"})
    drafting.save_line(line, by=other, data={"amount": "5"})
    drafting.save_plan(made.version, by=other, data={"title": "Theirs"})
    for url, mine in pages.items():
        assert client.post(url, forms[url] | mine, **BY_SCRIPT).status_code == 409, url
        assert client.post(url, forms[url] | mine | {"revision": ""}, **BY_SCRIPT).status_code == 409, url
        both = client.post(url, forms[url] | mine)
        assert both.status_code == 409, url
        assert b'data-autosave="compare"' in both.content, url
    assert (Activity.objects.get().title, BudgetLine.objects.get().amount) == ("Theirs", 5)


def test_new_rows_come_to_be_once_and_newer_words_of_a_lost_answer_count(client, made):
    new = at(made, "activities", "new")
    assert client.post(new, {"title": ""}, **BY_SCRIPT).json() == {"saved": ""}
    key = {"form_key": uuid.uuid4()}
    client.post(new, key | {"title": "A"}, **BY_SCRIPT)
    url = client.post(new, key | {"title": "A course"}, **BY_SCRIPT).json()["url"]
    fresh = Activity.objects.get(title="A course")
    assert fresh.reference in url
    assert Activity.objects.count() == 2
    late = client.post(new, key | {"title": "A late word"})  # edited since: both texts, and saving goes to the activity
    assert (late.status_code, late.context["action"]) == (409, url)
    lines = f"{url}lines/new/"
    money = {"year": "2025", "category": "meetings", "currency": "USD", "funding": "sought"}
    assert client.post(lines, money, **BY_SCRIPT).json() == {"saved": ""}, "not complete"
    key = {"form_key": uuid.uuid4()}
    for _each in range(2):
        answer = client.post(lines, money | key | {"amount": "10.50"}, **BY_SCRIPT).json()
    assert fresh.budget_lines.get().reference in answer["url"]


def test_a_result_saves_itself_and_its_indicators_keep_their_references(client, made):
    activity = Activity.objects.get()
    url = at(made, "activities", activity.reference, "results", "2")
    given = {"revision": activity.revision, "kind": "outcome", "title": "Lagoons are open", "i0-title": "Lagoons"}
    assert "Baseline" in client.post(url, given | {"i0-baseline": "x"}, **BY_SCRIPT).json()["refused"]
    answer = client.post(url, given, **BY_SCRIPT).json()
    given |= {"revision": answer["version"], "i1-title": "Fish"} | answer["fields"]
    answer = client.post(url, given, **BY_SCRIPT).json()
    assert list(answer["fields"]) == ["i1-reference"]
    client.post(url, given | {"revision": answer["version"], "title": "Open"} | answer["fields"], **BY_SCRIPT)
    rows = Indicator.objects.filter(result__number=2).order_by("identity")
    assert [row.reference for row in rows] == [given["i0-reference"], answer["fields"]["i1-reference"]]
    assert rows[0].result.title == "Open"


def test_who_is_there_is_said_only_while_their_browser_says_so(client, made):
    other = f.member("officer", centre=made.known.centre)
    type(other).objects.filter(pk=other.pk).update(name="Other Officer")
    activity = Activity.objects.get()
    url, ping = at(made, "activities", activity.reference), at(made, "present")
    drafting.save_activity(activity, by=other, data={"title": "Theirs"})
    page = client.get(url).content.decode()
    assert "Last saved by <bdi>Other Officer</bdi> on " in page
    assert "open now" not in page
    assert not Presence.objects.exists()
    client.force_login(other)
    client.post(ping, {"activity": activity.reference})
    client.force_login(made.officer)
    said = f"<bdi>Other Officer</bdi> has <bdi>{activity.reference}</bdi> open now."
    assert said in client.get(url).content.decode()
    assert said in client.post(ping, {"activity": activity.reference}).content.decode()
    Presence.objects.filter(user=other).update(seen_at=timezone.now() - timezone.timedelta(minutes=2, seconds=1))
    assert said not in client.get(url).content.decode()
    client.post(ping, {"leave": "1"})
    assert not Presence.objects.filter(user=made.officer).exists()
    client.force_login(made.known.focal_point)
    assert client.post(ping, {"activity": activity.reference}).status_code == 404
    assert Change.objects.filter(by=other).count() == 1


HOSTILE = ("x" * 50_000, "a\0b", "<script>alert(1)</script>", "9" * 40, "1e400")


def test_no_hostile_word_breaks_a_form_or_gets_out_of_its_field(client, made):
    activity, line = Activity.objects.get(), BudgetLine.objects.get()
    here = at(made, "activities", activity.reference)
    pages = {
        here: ("title", "starts_on", "targets", "parties", "revision", "form_key"),
        here + "?": ("title", "description"),
        at(made, "activities", "new"): ("title", "form_key", "priorities"),
        f"{here}lines/{line.reference}/": ("amount", "rate_to_usd", "currency", "revision"),
        f"{here}results/1/": ("title", "i0-title", "i0-baseline", "i0-target_2025", "i0-reference"),
        f"{here}results/99999/": ("title",),
        at(made, "present"): ("activity",),
    }
    for url, fields in pages.items():
        given = {} if url.endswith("present/") else form_of(client, url)
        for word in HOSTILE:
            answer = client.post(url, given | dict.fromkeys(fields, word), **BY_SCRIPT)
            assert answer.status_code < 500, (url, word[:20])
            assert b"<script>alert" not in answer.content, url
    assert b"<script>alert" not in client.get(here).content
    for source in ("PRO-0", "REQ-000001-1", "ENG-999999999999", "x" * 3000, "%00", "\u202e"):
        assert client.get(reverse("workplan_from", args=[source])).status_code == 404
