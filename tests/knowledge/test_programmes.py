"""Programmes and partners: loaded twice for nothing, kept by the coordinator, with the requests filed there."""

import csv

import pytest
from django.test import Client
from django.urls import reverse

from centres.actions.reference import load_reference
from knowledge.actions.reference import FOLDER
from knowledge.models import Programme
from requests_offers.models import CooperationRequest, Filing, Mechanism
from tests import factories as f

pytestmark = pytest.mark.django_db
NAMED = {
    "bio-bridge", "lifeweb", "consortium-of-scientific-partners", "access-to-technology", "gaming-and-virtualization",
    "knowledge-fairs", "nbsap-accelerator-partnership", "gbff", "kunming-biodiversity-fund", "china-trust-fund",
    "japan-biodiversity-fund", "unep", "undp", "undp-biofin", "gef", "gcf", "ctcn", "wipo-green", "fao", "unu",
}  # fmt: skip


def report_of(reports):
    return next(report for report in reports if report.name == "programmes")


def test_the_table_loads_twice_for_nothing_and_leaves_alone_what_people_changed():
    rows = list(csv.DictReader((FOLDER / "programmes.csv").read_text(encoding="utf-8").splitlines()))
    assert len(report_of(load_reference()).added) == len(rows) == Programme.objects.count()
    assert {row["slug"] for row in rows} >= NAMED
    for row in rows:
        assert row["as_of"]
        assert row["url"].startswith("https://")
        assert row["source"]
        assert (row["confidence"] == "low") <= ("rovisional" in row["standing_note"] + row["source"]), row["slug"]
    assert set(Programme.objects.exclude(mechanism="").values_list("mechanism", flat=True)) == set(Mechanism.values) - {
        "other"
    }
    Programme.objects.filter(slug="gef").update(name="Wrong")
    old = Programme.objects.create(
        slug="old", name="Old", kind="fund", about="x", standing="paused", as_of="2020-01-01", eligibility="x",
        how_to_apply="x", url="https://example.org", from_reference=True,
    )  # fmt: skip
    second = report_of(load_reference())
    assert (list(second.changed), second.retired) == (["gef"], ["old"])
    old.refresh_from_db()
    assert old.retired_on
    client = Client()
    client.force_login(f.coordinator())
    known = {field: value for field, value in Programme.objects.filter(slug="fao").values().get().items() if value}
    client.post(reverse("programme_edit", args=["fao"]), known | {"standing": "paused", "as_of": "2026-11-21"})
    third = report_of(load_reference())
    assert (third.is_unchanged, third.kept) == (True, ["fao"])
    assert Client().get(reverse("programme_detail", args=["old"])).status_code == 404
    assert client.get(reverse("programme_edit", args=["fao"])).status_code == 200
    client.force_login(f.user())
    assert client.get(reverse("programme_edit", args=["fao"])).status_code == 403


def test_requests_that_went_there_are_counted_for_those_who_may_see_them():
    known = f.everyone_known()
    programme = Programme.objects.create(
        slug="bridge", name="A bridge", kind="programme", about="x", standing="open", as_of="2026-01-01",
        eligibility="x", how_to_apply="x", url="https://example.org", mechanism="bio_bridge",
    )  # fmt: skip
    for visibility in ("public", "restricted"):
        request = f.request_in("matching", known.party, visibility=visibility)
        Filing.objects.create(request=request, mechanism="bio_bridge", status="filed")
    hidden = CooperationRequest.objects.get(visibility="restricted")
    for person, number in ((None, 1), (known.officer, 2), (known.stranger, 1)):
        client = Client()
        if person:
            client.force_login(person)
        shown = client.get(reverse("programme_list")).context["groups"][0][1][0]
        assert shown.filed == number
        page = client.get(programme.get_absolute_url()).content.decode()
        assert (f"/requests/{hidden.reference}/" in page) == (number == 2)
    record = Client().get("/api/v1/programmes/bridge/").json()
    assert (record["mechanism"], record["as_of"]) == ("bio_bridge", "2026-01-01")
