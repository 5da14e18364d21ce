"""Files and rows that partner systems send: a job with its progress, every fault, and each record once."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import outbox
from accounts.actions import imports
from accounts.models import AuditEvent, ImportRun
from requests_offers.actions import offers
from requests_offers.models import CooperationRequest, Offer
from tests import factories as f

pytestmark = pytest.mark.django_db

NEED = {"id": "N-1", "party": "FJ", "title": "Seed banks", "text": "We look for training.", "language": "en"}
SERVICE = {"id": "S-1", "title": "Weevils", "text": "We rear weevils.", "language": "en", "targets": [6]}


@pytest.fixture
def office(people, as_token):
    f.target(6)
    return as_token(people.focal_point)


@pytest.fixture
def provider(people, as_token):
    f.target(6)
    return as_token(people.provider)


def done(caller, answer):
    """The import as it is when the worker has done it."""
    assert answer.status_code == 202, answer.json()
    run = answer.json()
    assert (run["state"], run["outcome"], answer.headers["Location"]) == ("queued", "waiting", run["url"])
    imports.perform_import(run["id"])
    return caller.client.get(run["url"]).json()


def send(caller, rows, kind="requests", **more):
    return done(caller, caller.post("imports/", {"kind": kind, "system": "chm.example", "rows": rows} | more))


def test_the_same_rows_make_one_draft_and_a_change_changes_it(office, people):
    first = send(office, [NEED])
    [row] = first["results"]
    assert (first["outcome"], first["rows_total"], first["rows_done"], first["faults"]) == ("imported", 1, 1, [])
    assert (row["row"], row["outcome"]) == (1, "made")
    again = send(office, [NEED])
    assert again["results"] == [row | {"outcome": "same"}]
    changed = send(office, [NEED | {"title": "Seed banks and nurseries", "components": [
        {"title": "Training", "text": "For gardeners."}, {"title": "A nursery", "text": "For two valleys."},
    ]}])  # fmt: skip
    assert changed["counts"] == {"made": 0, "changed": 1, "same": 0, "left": 0}
    request = CooperationRequest.objects.get()
    assert (request.title, request.created_by, request.status) == (
        "Seed banks and nurseries",
        people.focal_point,
        "draft",
    )
    assert [part.title for part in request.components.order_by("number")] == ["Training", "A nursery"]
    assert (request.external_system, request.external_id) == ("chm.example", "N-1")
    assert {"start", "save"} <= set(AuditEvent.objects.of(request).values_list("action", flat=True))
    found = office.get("requests/", {"external_id": "N-1", "system": "chm.example"}).json()
    assert [(one["reference"], one["external_id"]) for one in found["results"]] == [(row["reference"], "N-1")]


def test_what_was_submitted_is_left_to_its_office(office, people):
    f.centre_serving(people.party)
    reference = send(office, [NEED])["results"][0]["reference"]
    office.patch(f"requests/{reference}/", {"priority_reason": "Being revised.", "summary": "Why."})
    assert office.post(f"requests/{reference}/submit/").status_code == 200
    assert send(office, [NEED | {"title": "Other"}])["results"] == [
        {"row": 1, "reference": reference, "outcome": "left"}
    ]
    assert CooperationRequest.objects.get().title == NEED["title"]


def test_offers_are_mirrored_and_stay_with_their_organization(provider, people):
    Offer.objects.all().delete()
    [row] = send(provider, [SERVICE, ], kind="offers")["results"]  # fmt: skip
    offer = Offer.objects.get()
    assert (row["reference"], offer.organization, offer.status) == (offer.reference, people.organization, "draft")
    offers.submit(offer, by=people.provider)
    offers.publish(offer, by=people.officer)
    assert send(provider, [SERVICE | {"title": "Weevils and moths"}], kind="offers")["counts"]["changed"] == 1
    offer.refresh_from_db()
    assert (offer.title, offer.status) == ("Weevils and moths", "published")
    theirs = f.organization(None, "Another Laboratory")
    refused = send(provider, [SERVICE | {"id": "S-2", "provider": theirs.slug}], kind="offers")
    assert [(fault["row"], fault["field"]) for fault in refused["faults"]] == [(1, "provider")]


def test_every_fault_is_listed_and_nothing_is_stored_unless_the_good_rows_are_asked_for(office):
    rows = [NEED, {"id": "N-2", "party": "TD"}, NEED | {"targets": [99]}, NEED | {"id": "N-3"}]
    f.party("TD")
    refused = send(office, rows)
    assert (refused["outcome"], refused["results"]) == ("refused", [])
    faults = {(fault["row"], fault["field"]) for fault in refused["faults"]}
    assert {(2, "party"), (2, "title"), (2, "language"), (3, "targets"), (3, "id")} <= faults
    assert all(fault["detail"].endswith(".") for fault in refused["faults"])
    assert not CooperationRequest.objects.exists()
    kept = send(office, rows, skip_bad=True)
    assert [(one["row"], one["outcome"]) for one in kept["results"]] == [(1, "made"), (4, "made")]
    assert kept["fault_count"] == refused["fault_count"]


def test_a_dry_run_says_what_would_happen_and_does_nothing(office):
    send(office, [NEED])
    tried = send(office, [NEED | {"title": "Other"}, NEED | {"id": "N-2"}], dry_run=True)
    assert (tried["outcome"], [one["outcome"] for one in tried["results"]]) == ("checked", ["changed", "made"])
    assert CooperationRequest.objects.get().title == NEED["title"]


FILES = {
    "needs.json": json.dumps([NEED]),
    "needs.jsonl": json.dumps(NEED),
    "needs.csv": "id,party,title,text,language\nN-1,FJ,Seed banks,We look for training.,en\n",
}


def test_a_file_is_read_in_each_way_of_writing_and_counted_once(office):
    for name, text in FILES.items():

        def post(name=name, text=text):
            file = SimpleUploadedFile(name, text.encode())
            said = {"kind": "requests", "file": file, "system": name, "dry_run": "true"}
            return office.client.post("/api/v1/imports/", said, headers={"Idempotency-Key": name})  # fmt: skip

        first, second = post(), post()
        assert (first.json()["id"], second.headers["Idempotent-Replayed"]) == (second.json()["id"], "true")
        assert done(office, first)["counts"]["made"] == 1, name


def test_an_import_is_its_owners_and_what_cannot_be_taken_is_refused(office, provider, anonymous, people, monkeypatch):
    run = send(office, [NEED])
    assert office.get("imports/").json()["count"] == 1
    assert "faults" not in office.get("imports/").json()["results"][0]
    for other in (provider, anonymous):
        assert other.client.get(run["url"]).status_code in {401, 404}
    assert provider.get("imports/").json()["count"] == 0
    assert provider.post("imports/", {"kind": "requests", "rows": [NEED]}).status_code == 403
    wrong = ({"kind": "birds", "rows": [NEED]}, {"kind": "requests"}, {"kind": "requests", "rows": []},
             {"kind": "requests", "rows": [NEED], "system": "Not A Name"})  # fmt: skip
    for body in wrong:
        assert office.post("imports/", body).status_code == 400, body
    monkeypatch.setattr(imports, "MOST_WAITING", 1)
    assert office.post("imports/", {"kind": "requests", "rows": [NEED]}).status_code == 202
    assert office.post("imports/", {"kind": "requests", "rows": [NEED]}).status_code == 400


def test_a_worker_that_vanishes_in_the_middle_leaves_nothing_twice(office, monkeypatch):
    rows = [NEED | {"id": f"N-{number}"} for number in range(3)]
    run = ImportRun.objects.get(pk=office.post("imports/", {"kind": "requests", "rows": rows}).json()["id"])
    claimed = ImportRun.objects.claim(run.pk)
    real, stored = imports._close, []
    monkeypatch.setattr(imports, "_close", lambda *args: stored.append(args))
    imports._import(claimed)  # killed before it could say that it is done
    monkeypatch.setattr(imports, "_close", real)
    claimed.give_up_or_retry("gone")
    ImportRun.objects.update(due_at=claimed.queued_at)
    imports.perform_import(run.pk)
    run.refresh_from_db()
    assert (run.state, run.content, run.counts["same"]) == ("done", None, 3)
    assert CooperationRequest.objects.count() == 3
    lost = ImportRun.objects.get(pk=office.post("imports/", {"kind": "requests", "rows": rows}).json()["id"])
    over = {"state": "running", "attempt": ImportRun.MAX_ATTEMPTS, "lease_until": lost.queued_at}
    ImportRun.objects.filter(pk=lost.pk).update(**over)
    outbox.sweep()
    lost.refresh_from_db()
    assert (lost.state, lost.content) == ("failed", None)  # the file of somebody is not kept for nothing


def test_a_record_that_is_filed_with_its_identifier_is_not_filed_twice(office, provider, people):
    body = {"party": "FJ", "title": "Seed banks", "external_system": "chm.example", "external_id": "N-9"}
    reference = office.post("requests/", body).json()["reference"]
    again = office.post("requests/", body)
    assert (again.status_code, again.json()["errors"]["external_id"][0]["code"]) == (400, "taken")
    assert reference in again.json()["errors"]["external_id"][0]["detail"]
    assert office.post("requests/", body | {"external_id": ""}).status_code == 400
    assert provider.post("requests/", body).status_code == 403
    assert send(office, [NEED | {"id": "N-9"}])["results"][0]["reference"] == reference
    other = {"external_id": "N-9"}
    assert provider.get("requests/", other).json()["count"] == 0
    assert office.get("requests/", other).json()["count"] == 1
    assert office.get("requests/", {"system": "elsewhere"}).json()["count"] == 0
    filed = f.request_in("matching", people.party)
    filed.filings.create(mechanism="ctcn", external_id="2024-7")
    for value, count in (("ctcn", 1), ("ctcn:2024-7", 1), ("ctcn:2024-8", 0), ("gef", 0), ("CTCN:", 0)):
        assert provider.get("requests/", {"filed_at": value}).json()["count"] == count, value


def test_a_person_sends_a_file_and_reads_what_became_of_it(client, people):
    f.target(6)
    client.force_login(people.focal_point)
    assert client.get("/my/imports/").status_code == 200
    bad = SimpleUploadedFile("needs.csv", b"id,party,title,text,language\nN-1,TD,Seed banks,Why,xx-\n")
    answer = client.post("/my/imports/", {"kind": "requests", "file": bad, "trial": "on"})
    run = ImportRun.objects.get()
    assert (answer.status_code, answer.url, run.is_trial) == (302, run.get_absolute_url(), True)
    assert "Look again" in client.get(run.get_absolute_url()).content.decode()
    imports.perform_import(run.pk)
    page = client.get(run.get_absolute_url()).content.decode()
    assert "Refused, nothing stored" in page
    assert "xx-" in page
    wrong = SimpleUploadedFile("needs.pdf", b"%PDF")
    assert "ends in .json" in client.post("/my/imports/", {"kind": "requests", "file": wrong}).content.decode()
    client.force_login(people.officer)
    assert client.get(run.get_absolute_url()).status_code == 404
    assert "You act for none of them now" in client.get("/my/imports/").content.decode()
