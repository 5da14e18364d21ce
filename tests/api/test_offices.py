"""What offices keep: national priorities and memberships; and what the API says of what will go away."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.api import deprecation
from accounts.api.deprecation import Deprecation
from accounts.models import Membership, Notice
from centres.models import NationalPriority
from tests import factories as f

pytestmark = pytest.mark.django_db

PRIORITY = {
    "party": "FJ", "kind": "national_target", "code": "NT 6", "title": "No new invasive species", "language": "en",
    "targets": [6], "source": "National strategy 2026–2030, page 14",
}  # fmt: skip


def test_an_office_keeps_its_priorities_and_everybody_reads_them(as_token, anonymous, people):
    f.target(6), f.target(7)
    office = as_token(people.focal_point)
    made = office.post("priorities/", PRIORITY)
    assert (made.status_code, made.headers["Location"]) == (201, made.json()["url"])
    assert office.post("priorities/", PRIORITY).status_code == 200
    taken = office.post("priorities/", PRIORITY | {"title": "Another"})
    assert (taken.status_code, NationalPriority.objects.count()) == (400, 1)
    path = f"priorities/{made.json()['id']}/"
    changed = office.patch(path, {"title": "Fewer invasive species", "targets": [6, 7], "document_url": ""})
    assert (changed.json()["title"], changed.json()["targets"]) == ("Fewer invasive species", [6, 7])
    assert office.patch(path, {"from_year": 2030, "until_year": 2026}).json()["errors"].keys() == {"until_year"}
    stale = office.patch(path, {"title": "Late"}, **{"If-Match": made.headers["ETag"]})
    assert stale.status_code == 412
    for query, count in (({"party": "FJ"}, 1), ({"target": 7}, 1), ({"search": "fewer nt"}, 1), ({"code": "X"}, 0)):
        assert anonymous.get("priorities/", query).json()["count"] == count, query
    assert anonymous.get("parties/FJ/priorities/").json() == anonymous.get("priorities/").json()["results"]
    for caller, status in ((as_token(people.officer), 403), (anonymous, 401)):
        assert caller.patch(path, {"title": "Mine"}).status_code == status
        assert caller.post("priorities/", PRIORITY | {"code": "NT 9"}).status_code == status
        assert caller.post(f"{path}end/").status_code == status
    assert office.post(f"{path}end/").json()["ended_on"] == timezone.now().date().isoformat()
    assert office.post(f"{path}end/").status_code == 409
    assert anonymous.get("priorities/", {"in_force": "true"}).json()["count"] == 0


def test_an_office_lends_a_role_and_ends_it(as_token, anonymous, people):
    office, stranger = as_token(people.focal_point), f.user("new@example.org")
    body = {"email": stranger.email, "role": "drafter", "party": "FJ", "office_kind": "TSC"}
    made = office.post("memberships/", body)
    assert (made.status_code, made.json()["in_force"], made.json()["is_mine"]) == (201, True, False)
    assert Notice.objects.filter(recipient=stranger, kind="membership_granted").exists()
    assert office.post("memberships/", body).status_code == 409
    wrong = (
        ({"role": "deputy"}, "party"),
        ({"email": "nobody@example.org"}, "email"),
        ({"office_kind": "XX"}, "office_kind"),
    )  # fmt: skip
    for change, field in wrong:
        less = body | change if field != "party" else {"email": stranger.email, **change}
        assert list(office.post("memberships/", less).json()["errors"]) == [field]
    assert office.post("memberships/", {"email": stranger.email, "role": "coordinator"}).status_code == 403
    path = f"memberships/{made.json()['id']}/"
    own = as_token(stranger)
    assert [row["role"] for row in own.get("memberships/", {"mine": "true"}).json()["results"]] == ["drafter"]
    assert own.post(f"{path}end/", {"last_day": "2027-01-01", "reason": "I go."}).status_code == 403
    assert as_token(people.provider).get(path).status_code == 404
    assert anonymous.get("memberships/").status_code == 401
    ended = office.post(f"{path}end/", {"last_day": "2026-12-31", "reason": "A new post."})
    assert ended.json()["ends_on"] == "2026-12-31"
    assert Membership.objects.get(pk=made.json()["id"]).ends_on == date(2026, 12, 31)
    assert office.get("memberships/", {"search": "new@example"}).json()["count"] == 1


def test_what_will_go_away_says_so_in_headers_and_in_the_schema_and_no_sooner_than_promised(anonymous, monkeypatch):
    since = date(2026, 11, 20)
    with pytest.raises(ValueError, match="365 days"):
        Deprecation(since, since + timedelta(days=364), "nothing")
    going = Deprecation(since, date(2027, 12, 31), "target")
    assert "Sunset" not in anonymous.get("targets/").headers
    monkeypatch.setitem(deprecation.DEPRECATED, "targets_list?search", going)
    assert "Sunset" not in anonymous.get("targets/").headers
    told = anonymous.get("targets/", {"search": "water"}).headers
    assert (told["Deprecation"], told["Sunset"]) == ("@1795132800", "Fri, 31 Dec 2027 00:00:00 GMT")
    assert told["Link"] == '<http://testserver/api/docs/#going>; rel="deprecation"; type="text/html"'
    monkeypatch.setitem(deprecation.DEPRECATED, "parties_list", going)
    assert anonymous.get("parties/").headers["Sunset"] == "Fri, 31 Dec 2027 00:00:00 GMT"
    assert 'id="going"' in anonymous.client.get("/api/docs/").content.decode()
