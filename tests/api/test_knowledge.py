"""Sources, practices and coverage in the API: the same rows and rights as on the pages."""

import pytest

from knowledge.models import Source
from tests import factories as f
from tests.knowledge.compendium import practice_in, source_in

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/knowledge-sources/"


def test_a_source_is_suggested_changed_and_published_by_calls(client):
    people = f.everyone_known()
    f.target(6)
    said = {
        "name": "Atlas", "owner": "Museum", "address": "https://atlas.example.org", "kind": "dataset",
        "description": "Maps of weeds.", "targets": [6], "worldwide": True, "facts_from": "Its own page",
    }  # fmt: skip
    assert client.post(ROOT, said, content_type="application/json").status_code == 401
    client.force_login(people.stranger)
    made = client.post(ROOT, said, content_type="application/json")
    assert (made.status_code, made.json()["status"], made.json()["targets"]) == (201, "suggested", [6])
    address = made.json()["url"].removeprefix("http://testserver")
    assert client.post(f"{address}publish/", {}, content_type="application/json").status_code == 403
    changed = client.patch(address, {"owner": "University"}, content_type="application/json")
    assert changed.json()["owner"] == "University"
    client.force_login(people.officer)
    assert client.get(address).json()["open_steps"] == ["publish", "refuse"]
    assert client.post(f"{address}refuse/", {}, content_type="application/json").status_code == 400
    assert client.post(f"{address}publish/", {}, content_type="application/json").json()["status"] == "published"
    assert client.post(f"{address}publish/", {}, content_type="application/json").status_code == 409
    client.logout()
    assert client.get(address).json()["address"] == said["address"]


def test_lists_follow_the_filters_of_the_pages_and_come_as_files(client):
    source_in(kind="tool"), source_in(), source_in("suggested")
    practice = practice_in()
    assert client.get(ROOT).json()["count"] == 2
    assert client.get(ROOT, {"kind": "tool"}).json()["count"] == 1
    for kind in ("csv", "jsonl", "xlsx"):
        answer = client.get(ROOT, {"format": kind, "target": 6})
        assert (answer.status_code, len(b"".join(answer.streaming_content)) > 100) == (200, True)
    [found] = client.get("/api/v1/practices/", {"constraint": "access_to_technology"}).json()["results"]
    assert found["reference"] == practice.reference
    assert client.get("/api/v1/practices/", {"constraint": "nothing"}).status_code == 400


def test_coverage_counts_what_the_compendium_lists(client):
    f.region("009")
    source_in(kind="tool", worldwide=False, regions=[f.region("009")]), source_in()
    cells = {cell["code"]: cell for cell in client.get("/api/v1/coverage/", {"page_size": 100}).json()["results"]}
    assert (cells["6.region.009"]["sources"], cells["6.region.009"]["own"]) == (2, 1)
    assert (cells["6.kind.tool"]["sources"], cells["6.kind.tool"]["is_gap"]) == (1, True)
    assert client.get("/api/v1/coverage/6.kind.tool/").json()["sources"] == 1
    assert client.get("/api/v1/coverage/", {"by": "kind"}).json()["count"] == 7
    assert client.get("/api/v1/coverage/99.kind.tool/").status_code == 404
    assert Source.objects.count() == 2
