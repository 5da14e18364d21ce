"""Two partner systems, each with nothing but the API: one mirrors offers in and requests out, the other takes what
nobody has met and says what came of it.
"""

import pytest

from accounts.actions import imports, publishing
from requests_offers.actions import offers, requests
from requests_offers.models import CooperationRequest, Offer
from tests import factories as f
from tests.api.follower import Follower

pytestmark = pytest.mark.django_db


class ClearingHouse:
    """A national clearing-house: it sends the services that it lists every night, and shows open requests."""

    system = "chm.example.org"

    def __init__(self, caller):
        self.caller = caller
        self.services = {"S-1": {"title": "Weevils", "text": "We rear weevils."}}
        self.known_as = {}  # its own identifiers, by the portal's references
        self.copy = Follower(caller.get)

    def nightly(self):
        rows = [{"id": key, "language": "en", "targets": [6], **said} for key, said in self.services.items()]
        sent = self.caller.post("imports/", {"kind": "offers", "system": self.system, "rows": rows})
        imports.perform_import(sent.json()["id"])
        run = self.caller.client.get(sent.headers["Location"]).json()
        keys = list(self.services)
        self.known_as |= {row["reference"]: keys[row["row"] - 1] for row in run["results"]}
        self.copy.follow()
        return run["counts"]

    @property
    def open_requests(self):
        return {key[1]: record["title"] for key, record in self.copy.kept["records"].items() if key[0] == "requests"}


def test_a_clearing_house_mirrors_offers_in_and_requests_out(as_token, people):
    f.target(6)
    house = ClearingHouse(as_token(people.provider))
    assert house.nightly() == {"made": 1, "changed": 0, "same": 0, "left": 0}
    [(reference, key)] = house.known_as.items()
    assert (key, house.nightly()["same"]) == ("S-1", 1)
    offer = Offer.objects.by_reference(reference).get()
    offers.submit(offer, by=people.provider)
    offers.publish(offer, by=people.officer)
    house.services["S-1"]["title"] = "Weevils and moths"
    house.services["S-2"] = {"title": "Seed banks", "text": "Training of gardeners."}
    assert house.nightly() == {"made": 1, "changed": 1, "same": 0, "left": 0}
    found = house.caller.get("offers/", {"system": house.system, "external_id": "S-2"}).json()["results"]
    assert [(row["title"], house.known_as[row["reference"]]) for row in found] == [("Seed banks", "S-2")]

    public, hidden = (f.request_in("matching", people.party, visibility=seen) for seen in ("public", "restricted"))
    publishing.publish()
    house.nightly()
    assert house.open_requests == {public.reference: public.title}
    CooperationRequest.objects.filter(pk=hidden.pk).update(visibility="public")
    requests.withdraw(CooperationRequest.objects.get(pk=public.pk), by=people.focal_point, reason_code="solved")
    publishing.publish()
    house.nightly()
    at_portal = house.caller.get("requests/", {"status": "withdrawn"}).json()["results"]
    assert [row["reference"] for row in at_portal] == [public.reference]
    assert house.copy.kept["records"]["requests", public.reference]["status"] == "withdrawn"


class Accelerator:
    """The desk of another mechanism: it takes unmet needs, and the Party's drafter lets it say how far they are."""

    def __init__(self, caller):
        self.caller, self.cases = caller, {}

    def take(self):
        for need in self.caller.get("unmet-needs/").json()["results"]:
            self.cases.setdefault(need["request"], f"NAP-{len(self.cases) + 1}")

    def report(self, reference, status):
        said = {"mechanism": "nbsap_ap", "external_id": self.cases[reference], "status": status}
        key = {"Idempotency-Key": f"{self.cases[reference]}-{status}"}
        return self.caller.post(f"requests/{reference}/file_elsewhere/", said, **key)


def test_an_accelerator_takes_unmet_needs_and_reports_back(as_token, anonymous, people):
    unmet = f.request_in("unmet", people.party)
    f.request_in("matching", people.party)
    desk = Accelerator(as_token(people.drafter))
    desk.take(), desk.take()
    assert desk.cases == {unmet.reference: "NAP-1"}
    for status in ("under_review", "accepted", "accepted"):
        answer = desk.report(unmet.reference, status)
        assert answer.status_code == 200, answer.json()
    [filing] = answer.json()["filings"]
    assert (filing["external_id"], filing["status"]) == ("NAP-1", "accepted")
    for query in ("nbsap_ap", "nbsap_ap:NAP-1"):
        seen = anonymous.get("requests/", {"filed_at": query}).json()["results"]
        assert [(row["reference"], "status" in row["filings"][0]) for row in seen] == [(unmet.reference, False)]
    stranger = as_token(f.focal_point_of(f.party("TD")))
    assert Accelerator.report(_with(desk, stranger), unmet.reference, "declined").status_code == 403
    publishing.publish()
    told = anonymous.get("changes/", {"types": "requests"}).json()["results"]
    assert unmet.reference in {row["reference"] for row in told}


def _with(desk, caller):
    other = Accelerator(caller)
    other.cases = desk.cases
    return other
