"""No contact person is anywhere: canaries in every field that names a person, looked for in whatever somebody outside
gets.

Page, API, export, PDF, feed, mail and its headers. Before each walk the canaries are shown to be there for those
inside.
"""

from io import BytesIO

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.actions.notices import send_notice
from accounts.models import Notice
from centres.actions import profiles
from requests_offers.actions import delivery, matches, offers, proposals, requests
from requests_offers.letters.proposal import words_of
from requests_offers.models import CooperationRequest, Match, Offer
from tests import factories as f
from tests import worlds
from tests.test_access import routes
from tsc_portal.api.resources import RESOURCES

pytestmark = pytest.mark.django_db

REQUEST_CONTACT, OFFER_CONTACT = "canary-request-4711", "canary-offer-4712"
EXPERT_NAME, EXPERT_CONTACT = "Canary Expert 4713", "canary-expert-4714"
PERSON, ADDRESS = "Canary Person 4715", "canary-4716@example.org"
CANARIES = (REQUEST_CONTACT, OFFER_CONTACT, EXPERT_NAME, EXPERT_CONTACT, PERSON, ADDRESS)
OUTSIDE = ("anonymous", "stranger", "donor", "other_focal_point", "other_officer", "other_provider", "advisor")
FORMATS = ("json", "csv", "xlsx", "jsonl")


class World:
    """Something of every public kind, with a canary in each field that names a person."""

    def __init__(self):
        self.people = people = f.everyone_known()
        for person in (people.focal_point, people.provider, people.officer):
            person.name, person.email = PERSON, f"{person.pk}-{ADDRESS}"
            person.save()
        self.organization, self.party = people.organization, people.party
        self._profile()
        self.request = f.request_in("matching", people.party)
        CooperationRequest.objects.filter(pk=self.request.pk).update(contact=REQUEST_CONTACT)
        self.offer = f.offer_in("published", people.organization)
        Offer.objects.filter(pk=self.offer.pk).update(contact=OFFER_CONTACT)
        self.offer.experts.add(self.expert)
        self.match = f.match_in("agreed", component=self.request.components.get(), offer=self.offer)
        self.engagement = f.engagement_in("concluded", match=self.match)
        self._work()
        said = {"contact": REQUEST_CONTACT}
        self.project = f.project_in("published", people.party, by=people.provider, **said)
        f.project_in("submitted", people.party, by=people.provider, **said)

    def _profile(self):
        facts = {"role": "Hydrologist", "name": EXPERT_NAME, "contact": EXPERT_CONTACT, "name_shown": "organization"}
        self.expert = profiles.add_part(self.organization, "experts", by=None, data=facts)
        data = {"subject": f.subject(), "evidence": "A book.", "expert": self.expert}
        profiles.add_part(self.organization, "expertise", by=None, data=data)

    def _work(self):
        """Everything that may be public is public: the text of the work is released,
        the proposal approved and shared.
        """
        people = self.people
        delivery.save_story(self.engagement, by=people.provider, story="The lagoon is open.")
        for person in (people.provider, people.focal_point):
            delivery.release_story(self.engagement, by=person)
        self.proposal = f.proposal_in("approved", match=self.match)
        proposals.save(self.proposal, by=people.provider, data={"is_shared": True})
        proposals.propose(self.proposal, by=people.provider)
        proposals.approve(self.proposal, by=people.focal_point)

    def client(self, role):
        client = Client()
        others = {
            "other_focal_point": lambda: f.focal_point_of(f.party("TD")),
            "other_officer": lambda: f.officer_of(f.centre(f.party("FR"))),
            "other_provider": lambda: f.provider_of(f.organization(None, "Another Laboratory")),
            "advisor": f.advisor,
        }
        if role != "anonymous":
            client.force_login(others[role]() if role in others else getattr(self.people, role))
        return client

    def arguments(self, name):
        """What the address of a page needs, from the records of this world."""
        known = {
            "party_detail": self.party.iso2,
            "centre_detail": self.people.centre.slug,
            "institution_detail": self.people.centre.hosts.get().slug,
            "organization_detail": self.organization.slug,
            "conflict_list": self.organization.slug,
        }
        if name in known:
            return [known[name]]
        for part, record in (
            ("request", self.request), ("offer", self.offer), ("match", self.match), ("engagement", self.engagement),
            ("proposal", self.proposal), ("project", self.project),
        ):  # fmt: skip
            if name.startswith(part):
                return [record.reference]
        return []


built, world = worlds.shared(World)


def read(answer):
    """The text of an answer, whatever it is; a workbook cell by cell."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if "spreadsheet" in answer.headers.get("Content-Type", ""):
        sheet = load_workbook(BytesIO(body), read_only=True).active
        return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return headers + body.decode("utf-8", "replace")


def leaks(text):
    return [canary for canary in CANARIES if canary in text]


def test_the_canaries_are_there_for_those_inside(world):
    """Otherwise the walks below would prove nothing."""
    inside = world.client("focal_point")
    assert REQUEST_CONTACT in read(inside.get(world.request.get_absolute_url()))
    assert OFFER_CONTACT in read(inside.get(world.offer.get_absolute_url()))
    provider = world.client("provider")
    assert EXPERT_NAME in read(provider.get(world.organization.get_absolute_url()))
    page = reverse("profile_part", args=[world.organization.slug, "experts", world.expert.pk])
    assert EXPERT_CONTACT in read(provider.get(page))
    assert OFFER_CONTACT in read(provider.get(f"/api/v1/offers/{world.offer.reference}/"))
    assert PERSON in read(provider.get(reverse("account_home")))


def pages(world):
    """Every page of the portal that this world has a record for."""
    from django.urls import NoReverseMatch

    for name in sorted(
        {name for name in routes() if name and not name.startswith(("api-", "admin", "account_logout"))}
    ):
        for arguments in ([], world.arguments(name)):
            try:
                yield name, reverse(name, args=arguments)
            except NoReverseMatch:
                continue
            break


@pytest.mark.parametrize("role", OUTSIDE)
def test_no_page_shows_a_contact_person_to_anybody_outside(world, role):
    client, found, seen = world.client(role), [], 0
    for name, address in pages(world):
        for prefix in ("", "/ar") if role == "anonymous" else ("",):
            answer = client.get(prefix + address)
            if answer.status_code != 200:
                continue
            seen += 1
            found += [(name, prefix, canary) for canary in leaks(read(answer))]
    assert seen > 30
    assert found == []


@pytest.mark.parametrize("role", OUTSIDE)
def test_no_list_record_or_file_of_the_api_does(world, role, monkeypatch):
    # More calls than an address has in a minute; one that is turned away would show nothing.
    monkeypatch.setattr("rest_framework.throttling.SimpleRateThrottle.allow_request", lambda *_: True)
    client, found, seen = world.client(role), [], 0
    for resource in RESOURCES:
        for kind in FORMATS:
            answer = client.get(f"/api/v1/{resource.plural}/", {"format": kind})
            if answer.status_code == 200:
                seen += 1
                found += [(resource.plural, kind, canary) for canary in leaks(read(answer))]
                found += _records(client, resource, answer) if kind == "json" else []
    assert seen > 20
    assert found == []


def _records(client, resource, answer):
    """The single records of a list, which say more than the list does."""
    found = []
    for row in answer.json().get("results", []):
        if "url" in row:
            text = read(client.get(row["url"]))
            found += [(resource.plural, row["url"], canary) for canary in leaks(text)]
    return found


@pytest.mark.parametrize("query", ["canary", "4711", "Canary Expert", "4716@example.org"])
def test_no_search_finds_a_contact_person(world, query):
    client = world.client("anonymous")
    for name, parameter in (
        ("search", "q"),
        ("request_list", "search"),
        ("offer_list", "search"),
        ("organization_list", "search"),
        ("project_list", "search"),
    ):
        text = read(client.get(reverse(name), {parameter: query}))
        assert world.request.title not in text or name == "search", name
        assert not [canary for canary in leaks(text) if canary != query], name
    for plural in ("requests", "offers", "organizations", "matches"):
        rows = client.get(f"/api/v1/{plural}/", {"search": query}).json().get("results", [])
        assert rows == [], plural


def test_no_document_names_a_person(world):
    """PDFs hold compressed pages: what is written into them is looked at."""
    words = words_of(world.proposal, world.proposal.current)
    assert leaks(str(words)) == []


def test_no_mail_about_a_step_names_a_contact_person_in_text_or_header(world):
    """Mails go to people of both sides: none of them tells the one side's person to the other."""
    people = world.people
    second = f.request_in("submitted", people.party)
    CooperationRequest.objects.filter(pk=second.pk).update(contact=REQUEST_CONTACT)
    requests.ask_clarification(second, by=people.officer, text="Which lagoons?")
    requests.answer(second, by=people.focal_point, text="All of them.")
    requests.accept(second, by=people.officer)
    match = matches.propose(second.components.get(), world.offer, by=people.officer)
    matches.offer_to_both(match, by=people.officer)
    matches.decline(match, by=people.provider, side="provider", reason_code="no_capacity", reason="Too much work.")
    offers.pause(world.offer, by=people.provider)
    mail.outbox.clear()
    for pk in Notice.objects.order_by("pk").values_list("pk", flat=True):
        send_notice(pk)
    assert len(mail.outbox) > 20
    found = []
    for message in mail.outbox:
        whole = message.message().as_string() + message.body + "".join(part[0] for part in message.alternatives)
        to = "".join(message.to)
        found += [(message.subject, canary) for canary in leaks(whole.replace(to, "")) if canary != PERSON]
        assert len(message.to) == 1
        assert not message.cc
        assert not message.bcc
    assert found == []


def test_a_match_that_both_publish_names_the_sides_and_no_person(world):
    assert Match.objects.filter(publish_by_party=True, publish_by_provider=True).exists()
    text = read(world.client("anonymous").get(reverse("achievements")))
    assert "The lagoon is open." in text
    assert leaks(text) == []
