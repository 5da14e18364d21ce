"""The handover list of an office, in a world with every kind of record in every state: nothing is missing from it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions import invitations
from accounts.models import Claim
from accounts.permissions import Role
from centres.actions.claims import claim_office, propose_organization
from centres.helpdesk import actions as helpdesk
from centres.models import SupportCentre, Ticket
from requests_offers.actions import matches
from requests_offers.handover import Place, open_items
from requests_offers.models import Appraisal, CooperationRequest, Engagement, Match, Offer
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db


def _world():
    """Requests, offers, matches, engagements, claims and tickets in all states, in two Parties, with and without a
    centre.
    """
    people = f.everyone_known()
    for state in f.REQUEST_PATHS:
        needs = [f.need(), f.need(title="Second")] if state == "partly_matched" else None
        f.request_in(state, people.party, needs=needs)
    for state in ("draft", "submitted", "clarification", "matching"):
        f.request_in(state, f.party("TD"), held=False)
    for state in f.OFFER_PATHS:
        f.offer_in(state, people.organization)
        f.offer_in(state, f.organization())
    for state in f.MATCH_PATHS:
        f.match_in(state, offer=f.offer_in("published", people.organization))
    half = f.match_in("offered", offer=f.offer_in("published", people.organization))
    matches.accept(half, by=people.provider, side="provider")
    for state in ("active", "concluded", "appraised", "ended_early"):
        f.engagement_in(state, match=f.match_in("agreed", offer=f.offer_in("published", people.organization)))
    claim_office(people.party, role="drafter", office_kind="TSC", evidence="x", by=people.stranger)
    claim_office(f.party("TD"), role="drafter", office_kind="TSC", evidence="x", by=people.stranger)
    propose_organization("Reef", kind="ngo", seat=people.party, role="provider", evidence="x", by=people.stranger)
    for number in range(3):
        ticket = helpdesk.ask(subject=f"Question {number}", text="x", kind="question", by=people.stranger)
        if number:
            helpdesk.hand_over(ticket, centre=people.centre, reason="x", by=people.coordinator)
        if number == 2:
            helpdesk.solve(ticket, by=people.stranger)
    return people


built, world = worlds.shared(_world)


def walk(place):
    """What a person would find who looks at every record there is and asks whose it is and whether it is open."""
    found = set()
    for row in CooperationRequest.objects.all():
        mine = row.party == place.scope if place.kind == "party" else row.centre == place.scope
        hidden = row.status == "draft" and place.kind != "party"
        if place.kind != "organization" and mine and not hidden and row.is_open:
            found.add(("request", row.reference))
    for row in Match.objects.all():
        request, organization = row.component.request, row.offer.organization
        if place.kind == "party":
            mine = request.party == place.scope and row.status == "offered" and not row.accepted_by_party_at
        elif place.kind == "organization":
            mine = organization == place.scope and row.status == "offered" and not row.accepted_by_provider_at
        else:
            mine = request.centre == place.scope and row.status in {"proposed", "shortlisted", "offered"}
        if mine:
            found.add(("match", row.reference))
    for row in Offer.objects.all():
        if place.kind == "organization":
            mine = row.organization == place.scope and row.status not in {"refused", "withdrawn"}
        else:
            mine = place.kind != "party" and row.verifying_centre == place.scope and row.status == "in_verification"
        if mine:
            found.add(("offer", row.reference))
    for row in Engagement.objects.all():
        request, side = row.match.component.request, {"party": "party", "organization": "provider"}.get(place.kind)
        owner = {"party": request.party, "organization": row.match.offer.organization}.get(place.kind, request.centre)
        said = Appraisal.objects.filter(engagement=row, side=side, moment="end").exists()
        if owner == place.scope and (row.status == "active" or (side and row.status == "concluded" and not said)):
            found.add(("engagement", row.reference))
    for row in Ticket.objects.all():
        if place.kind in {"centre", "network"} and row.centre == place.scope and row.status != "solved":
            found.add(("ticket", row.reference))
    return found


def claims_of(place):
    """Who waits for a decision of this place, by walking through all claims."""
    found = []
    for row in Claim.objects.filter(status="claimed"):
        around = SupportCentre.objects.serving(row.seat) if row.seat else []
        deciders = {"party": [row.party], "centre": around if row.party is None else [], "network": [None]}
        if place.scope in deciders.get(place.kind, []):
            found.append(str(row.claimed))
    return sorted(found)


def test_the_handover_list_is_complete_and_has_nothing_else(world):
    places = [
        Place("party", world.party),
        Place("party", f.party("TD")),
        Place("centre", world.centre),
        Place("organization", world.organization),
        Place("network"),
    ]
    kinds = set()
    for place in places:
        items = open_items(place, timezone.now())
        assert {(item.noun, item.reference) for item in items if item.noun != "claim"} == walk(place), place
        assert sorted(item.of for item in items if item.noun == "claim") == claims_of(place), place
        assert len(items) == len({(item.noun, item.reference, item.title, item.of) for item in items})
        kinds |= {(place.kind, item.noun) for item in items}
    assert kinds >= {
        ("party", "request"),
        ("party", "match"),
        ("party", "engagement"),
        ("party", "claim"),
        ("centre", "request"),
        ("centre", "match"),
        ("centre", "engagement"),
        ("centre", "claim"),
        ("centre", "ticket"),
        ("organization", "offer"),
        ("organization", "match"),
        ("organization", "engagement"),
        ("network", "request"),
        ("network", "offer"),
        ("network", "claim"),
        ("network", "ticket"),
    }


def test_every_item_has_the_due_day_of_its_record(world):
    for place in (Place("party", world.party), Place("centre", world.centre), Place("network")):
        for item in open_items(place, timezone.now()):
            models = {"request": CooperationRequest, "match": Match, "offer": Offer, "ticket": Ticket}
            if item.noun in models:
                model = models[item.noun]
                row = model.objects.by_reference(item.reference).get()
                assert item.due == row.due_on
                assert (item.days_left is None) == (row.due_on is None)


def test_the_page_of_an_office_shows_its_people_and_what_is_open(client, world):
    client.force_login(world.deputy)
    page = client.get(reverse("office"))
    text = page.content.decode()
    assert world.drafter.email in text
    assert world.officer.email not in text
    references = {item.reference for item in page.context["page_obj"].paginator.object_list if item.noun == "request"}
    assert references
    assert all(reference in text for reference in references)


def test_colleagues_without_the_right_see_no_addresses_claims_or_invitations(client, world):
    invitations.invite("new@example.org", role=Role.DRAFTER, party=world.party, office_kind="TSC", by=world.focal_point)
    client.force_login(world.focal_point)
    text = client.get(reverse("office")).content.decode()
    assert "new@example.org" in text
    assert any(item.noun == "claim" for item in client.get(reverse("office")).context["page_obj"].paginator.object_list)
    client.force_login(world.drafter)
    page = client.get(reverse("office"))
    assert "new@example.org" not in page.content.decode()
    assert world.deputy.email not in page.content.decode()
    assert not any(item.noun == "claim" for item in page.context["page_obj"].paginator.object_list)
