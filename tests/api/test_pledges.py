"""Pledges and unmet needs in the API: what the pages do, with the same rights and the same words."""

import base64

import pytest

from tests import factories as f
from tests import factories_workplans as fw
from tests.workplans.test_pledges import PDF, built, plan  # noqa: F401 (fixtures)
from workplans.models import Pledge

pytestmark = pytest.mark.django_db
PAPER = {"name": "commitment.pdf", "content": base64.b64encode(PDF).decode()}
RECEIPT = {"amount": "1000.00", "received_on": "2026-11-19"}


def steps(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()


def begun(donor, plan):  # noqa: F811
    answer = donor.post("pledges/", {"object": plan.line.reference, "text": "We look for work on lagoons."})
    assert answer.status_code == 201, answer.content
    return answer


def test_a_pledge_goes_through_all_steps(plan, as_token, anonymous):  # noqa: F811
    donor, head = as_token(plan.giver), as_token(plan.head)
    answer = begun(donor, plan)
    path = answer.headers["Location"].partition("/api/v1/")[2]
    made = answer.json()
    assert (made["status"], made["kind"], made["object"]) == ("interest", "line", plan.line.reference)
    assert made["messages"][0]["text"] == "We look for work on lagoons."
    again = donor.post("pledges/", {"object": plan.line.reference, "text": "Again."})
    assert (again.status_code, again.json()["reference"]) == (200, made["reference"])
    assert anonymous.get(path).status_code == 404
    assert steps(head.post(f"{path}discuss/", {"text": "Welcome."}))["status"] == "discussion"
    assert steps(donor.post(f"{path}say/", {"text": "When?"}))["due_on"]
    told = steps(donor.post(f"{path}pledge/", {"amount": "4000.00", "conditions": "Two reports."}))
    assert (told["gap"]["firm_gap"], told["gap"]["indicative_gap"]) == ("10000.00", "6000.00")
    assert steps(donor.post(f"{path}commit/", PAPER))["documents"][0]["name"] == "commitment.pdf"
    told = steps(head.post(f"{path}confirm_commitment/", {}))
    assert (told["gap"]["firm_gap"], told["open_steps"]) == ("6000.00", ["record_receipt"])
    key = {"Idempotency-Key": "receipt-1"}
    for _each in range(2):
        told = steps(head.post(f"{path}record_receipt/", RECEIPT, **key))
    assert (told["status"], told["received"], told["gap"]["received"]) == ("part_received", "1000.00", "1000.00")
    public = anonymous.get(path).json()
    assert public["receipts"] == [RECEIPT]
    assert {"messages", "conditions", "documents", "open_steps"}.isdisjoint(public)
    assert anonymous.get("pledges/", {"workplan": plan.workplan.reference}).json()["count"] == 1
    assert donor.get("pledges/", {"mine": "true", "kind": "line", "object": plan.line.reference}).json()["count"] == 1


def test_what_is_refused_says_why(plan, as_token, anonymous):  # noqa: F811
    donor, head, other = as_token(plan.giver), as_token(plan.head), as_token(f.donor_of(f.organization(name="Hill")))
    path = begun(donor, plan).headers["Location"].partition("/api/v1/")[2]
    cases = [
        (anonymous.post("pledges/", {"object": "WP-2025-network", "text": "x"}), 401, ""),
        (head.post("pledges/", {"object": plan.line.reference, "text": "x"}), 403, ""),
        (donor.post("pledges/", {"object": "ACT-999999", "text": "x"}), 400, "object"),
        (donor.post("pledges/", {"object": plan.line.reference, "text": " "}), 400, "text"),
        (other.get(path), 404, ""),
        (other.post(f"{path}withdraw/", {"reason_code": "budget"}), 404, ""),
        (head.post(f"{path}pledge/", {"amount": "1.00"}), 403, ""),
        (donor.post(f"{path}commit/", PAPER), 409, ""),
        (donor.post(f"{path}withdraw/", {"reason_code": "covered"}), 400, "reason_code"),
        (donor.post(f"{path}say/", {"text": "x"}, **{"If-Match": '"old"'}), 412, ""),
    ]
    head.post(f"{path}discuss/", {"text": "Welcome."})
    cases += [
        (donor.post(f"{path}pledge/", {"amount": "-1"}), 400, "amount"),
        (donor.post(f"{path}pledge/", {"amount": "12000.00"}), 400, "non_field_errors"),
        (donor.post(f"{path}pledge/", {"amount": "5.00", "currency": "EUR"}), 400, "non_field_errors"),
        (donor.post(f"{path}pledge/", {"amount": "5.00", "paid": True}), 400, "paid"),
    ]
    found = [(answer.status_code, next(iter(answer.json().get("errors", {})), "")) for answer, *_rest in cases]
    assert found == [(status, field) for _answer, status, field in cases]
    assert cases[7][0].json()["open_steps"] == ["discuss", "withdraw"]
    steps(donor.post(f"{path}pledge/", {"amount": "4000.00"}))
    bad = donor.post(f"{path}commit/", {"name": "a.pdf", "content": "%%%"})
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["content"])
    assert Pledge.objects.get().status == "pledged"


def test_unmet_needs_say_who_waits_and_what_is_promised(as_token, anonymous, django_assert_max_num_queries):
    made = fw.version_in("finalized")
    request = f.request_in("unmet", made.known.party)
    f.request_in("matching", made.known.party)
    f.request_in("unmet", made.known.party, visibility="restricted")
    donor = as_token(f.donor_of(f.organization(name="Reef fund")))
    head = as_token(f.head_of(request.centre))
    path = donor.post("pledges/", {"object": request.reference, "text": "We could."}).headers["Location"]
    path = path.partition("/api/v1/")[2]
    head.post(f"{path}discuss/", {"text": "Welcome."})
    steps(donor.post(f"{path}pledge/", {"amount": "500.00"}))
    [row] = anonymous.get("unmet-needs/").json()["results"]
    assert (row["request"], row["promised"], row["committed"]) == (request.reference, ["USD 500.00"], [])
    assert (row["party"], row["is_sids"]) == (request.party.iso2, True)
    assert anonymous.get(f"unmet-needs/{row['reference']}/").json() == row
    f.party("TD")
    assert anonymous.get("unmet-needs/", {"party": "TD"}).json()["count"] == 0
    counts = set()
    for _more in range(2):
        with django_assert_max_num_queries(9) as asked:
            anonymous.get("unmet-needs/")
        counts.add(len(asked))
        f.request_in("unmet", made.known.party)
    assert len(counts) == 1
