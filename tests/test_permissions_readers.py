"""Who sees what: the rules, written by hand, against what each model shows, in random worlds."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from accounts.models import Membership, User
from accounts.permissions import SCOPE_OF, Permission, Role, reach
from centres.models import SupportCentre
from requests_offers.lifecycle import EngagementStatus, MatchStatus, OfferStatus, RequestStatus
from requests_offers.models import Component, CooperationRequest, Engagement, FormerHolding, Match, Offer
from requests_offers.models.request import Visibility
from tests import factories as f
from tests.examples import some

pytestmark = pytest.mark.django_db
OFFICE = {Role.FOCAL_POINT, Role.DEPUTY, Role.DRAFTER}
STAFF = {Role.OFFICER, Role.HEAD}
NOW = timezone.now()
QUICK = [Phase.explicit, Phase.reuse, Phase.generate]


# What the contract says -----------------------------------------------------------------------------------------------


def holds(held, roles, **scope):
    """Whether one of the memberships in force gives one of the roles in this place."""
    return any(role in roles and all(place == wanted for wanted in scope.values()) for role, place in held)


def request_is_seen(held, request, world):
    """Drafts: the office and its drafters.

    Later: office, centre, former holder, coordinator, and what visibility opens.
    """
    if request.status == "draft":
        return holds(held, OFFICE, party=request.party)
    if holds(held, OFFICE, party=request.party) or holds(held, {Role.COORDINATOR}):
        return True
    centres = {request.centre} | {row.centre for row in request.former_holdings.all()}
    if any(centre and holds(held, STAFF, centre=centre) for centre in centres):
        return True
    if request.accepted_at and request.visibility == "public":
        return True
    if request.accepted_at and request.visibility == "network" and is_in_the_network(held):
        return True
    offered = Match.objects.filter(component__request=request, offered_at__isnull=False)
    return any(holds(held, {Role.PROVIDER}, organization=match.offer.organization) for match in offered)


def is_in_the_network(held):
    """Centres, verified providers, donors; the coordinator sees everything anyway."""
    providers = [place for role, place in held if role == Role.PROVIDER]
    return holds(held, STAFF | {Role.DONOR}) or any(organization.is_verified for organization in providers)


def offer_is_seen(held, offer, world):
    """Published: everybody. Drafts: the organization. Others: also who verifies or has it in hand, the coordinator."""
    if offer.status == "published" or holds(held, {Role.PROVIDER}, organization=offer.organization):
        return True
    if offer.status == "draft":
        return False
    verifier = offer.verifying_centre and holds(held, STAFF, centre=offer.verifying_centre)
    return bool(verifier) or holds(held, {Role.COORDINATOR}) or is_dealt_with(held, offer)


def is_dealt_with(held, offer):
    """Whether an office or a centre has this offer before it, offered or agreed."""
    rows = offer.matches.filter(status__in=["offered", "agreed"]).select_related("component__request")
    requests = [match.component.request for match in rows]
    return any(
        holds(held, OFFICE, party=one.party) or bool(one.centre and holds(held, STAFF, centre=one.centre))
        for one in requests
    )


def match_is_seen(held, match, world):
    """Suggested and shortlisted: the centre. Offered: both sides. Agreed and published by both: everybody."""
    request = match.component.request
    if holds(held, {Role.COORDINATOR}) or (request.centre and holds(held, STAFF, centre=request.centre)):
        return True
    if match.offered_at and holds(held, OFFICE, party=request.party):
        return True
    if match.offered_at and holds(held, {Role.PROVIDER}, organization=match.offer.organization):
        return True
    return match.status == "agreed" and match.publish_by_party and match.publish_by_provider


def engagement_is_seen(held, engagement, world):
    return match_is_seen(held, engagement.match, world)


def component_is_seen(held, component, world):
    return request_is_seen(held, component.request, world)


RULES = {
    CooperationRequest: request_is_seen,
    Component: component_is_seen,
    Offer: offer_is_seen,
    Match: match_is_seen,
    Engagement: engagement_is_seen,
}


# Worlds ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def world():
    """Two of everything, a request, an offer and a match of each, and an agreed match."""
    parties = [f.party("FJ"), f.party("TD")]
    centres = [f.centre(party) for party in parties]
    organizations = [f.organization(parties[0]), f.organization(parties[1], is_verified=False)]
    offers = [f.offer_in("published", organization) for organization in organizations]
    requests = [f.request_in("matching", party) for party in parties]
    matches = [f.suggest(requests[0].components.get(), offer) for offer in offers]
    f.match_in("agreed", component=requests[1].components.get(), offer=offers[0])
    places = {"party": parties, "centre": centres, "organization": organizations, "network": [None]}
    return SimpleNamespace(places=places, requests=requests, offers=offers, matches=matches)


roles = st.tuples(st.sampled_from(list(Role)), st.integers(0, 1), st.sampled_from([True, True, True, False]))
requests_are = st.fixed_dictionaries(
    {
        "status": st.sampled_from(RequestStatus.values),
        "visibility": st.sampled_from(Visibility.values),
        "centre": st.sampled_from([0, 1, None]),
        "former": st.sampled_from([0, 1, None]),
        "accepted": st.booleans(),
    }
)
offers_are = st.fixed_dictionaries(
    {"status": st.sampled_from(OfferStatus.values), "centre": st.sampled_from([0, 1, None])}
)
matches_are = st.fixed_dictionaries(
    {
        "status": st.sampled_from(MatchStatus.values),
        "offered": st.booleans(),
        "published": st.tuples(st.booleans(), st.booleans()),
    }
)


def shape_request(request, facts, world):
    centres = [*world.places["centre"], None]
    status, accepted = facts["status"], facts["accepted"] and facts["status"] != "draft"
    accepted = accepted or status in {"matching", "partly_matched", "matched", "unmet"}
    CooperationRequest.objects.filter(pk=request.pk).update(
        status=status,
        visibility=facts["visibility"],
        centre=None if facts["centre"] is None else centres[facts["centre"]],
        submitted_at=None if status == "draft" else NOW,
        accepted_at=NOW if accepted else None,
        status_before_pause="submitted" if status == "paused" else "",
    )
    if facts["former"] is not None and status != "draft":
        FormerHolding.objects.create(request=request, centre=centres[facts["former"]])


def shape_offer(offer, facts, world):
    centre = None if facts["centre"] is None else world.places["centre"][facts["centre"]]
    Offer.objects.filter(pk=offer.pk).update(status=facts["status"], verifying_centre=centre)


def shape_match(match, facts):
    """A match in any state that the constraints allow."""
    status = facts["status"]
    offered = facts["offered"] or status in {"offered", "agreed"}
    both = NOW if status == "agreed" else None
    Match.objects.filter(pk=match.pk).update(
        status=status,
        offered_at=NOW if offered else None,
        due_on=NOW.date() if status == "offered" else None,
        accepted_by_party_at=both,
        accepted_by_provider_at=both,
        agreed_at=both,
        publish_by_party=facts["published"][0],
        publish_by_provider=facts["published"][1],
    )
    if status == "agreed":
        Engagement.objects.get_or_create(match=match, defaults={"status": EngagementStatus.ACTIVE})


def somebody(held, world):
    """A person with these memberships; returns them and what is in force, as pairs of role and place."""
    person, in_force = f.user(), []
    for role, number, now in held:
        kind = SCOPE_OF[role]
        place = None if kind == "network" else world.places[kind][number]
        if person.memberships.filter(role=role, **({} if place is None else {kind: place})).exists():
            continue
        days = {} if now else {"starts_on": NOW.date() - timedelta(9), "ends_on": NOW.date() - timedelta(1)}
        Membership.objects.create(user=person, role=role, **({} if place is None else {kind: place}), **days)
        in_force += [(role, place)] if now else []
    return User.objects.get(pk=person.pk), in_force


def disagreements(person, held, world):
    """Rows that a model shows and the contract hides, or the other way round."""
    wrong = []
    for model, rule in RULES.items():
        shown = set(model.objects.visible_to(person).values_list("pk", flat=True))
        told = {row.pk for row in model.objects.all() if rule(held, row, world)}
        wrong += [f"{model.__name__} {pk}: shown against the rule" for pk in shown - told]
        wrong += [f"{model.__name__} {pk}: hidden against the rule" for pk in told - shown]
    return wrong


@given(
    held=st.lists(roles, max_size=3),
    requests=st.tuples(requests_are, requests_are),
    offers=st.tuples(offers_are, offers_are),
    matches=st.tuples(matches_are, matches_are),
)
@some(60, phases=QUICK, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_list_shows_what_the_contract_says_and_nothing_else(world, held, requests, offers, matches):
    with transaction.atomic():
        for request, facts in zip(world.requests, requests, strict=True):
            shape_request(request, facts, world)
        for offer, facts in zip(world.offers, offers, strict=True):
            shape_offer(offer, facts, world)
        for match, facts in zip(world.matches, matches, strict=True):
            shape_match(match, facts)
        person, in_force = somebody(held, world)
        assert disagreements(person, in_force, world) == []
        assert disagreements(AnonymousUser(), [], world) == []
        transaction.set_rollback(True)


@given(held=st.lists(roles, max_size=3), permission=st.sampled_from(list(Permission)), helpdesk=st.booleans())
@some(40, phases=QUICK, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_python_and_sql_agree_about_every_kind_of_record(world, held, permission, helpdesk):
    with transaction.atomic():
        if helpdesk:
            CooperationRequest.objects.filter(pk=world.requests[0].pk).update(centre=None)
            Offer.objects.filter(pk=world.offers[0].pk).update(verifying_centre=None)
        person, _held = somebody(held, world)
        part = reach(person, permission)
        for model in RULES:
            in_sql = set(model.objects.filter(part.as_q(model.SCOPE)))
            assert in_sql == {row for row in model.objects.all() if part.covers(row)}
        transaction.set_rollback(True)


# The table once more, for those who read rather than prove ------------------------------------------------------------

SEEN = {  # visibility of an accepted request: who sees it
    "public": {
        "anonymous", "stranger", "focal_point", "drafter", "officer", "coordinator", "former", "elsewhere",
        "other_focal_point", "provider", "new_provider", "donor", "advisor", "evaluator", "administrator",
    },
    "network": {"focal_point", "drafter", "officer", "coordinator", "former", "elsewhere", "provider", "donor"},
    "restricted": {"focal_point", "drafter", "officer", "coordinator", "former"},
}  # fmt: skip


@pytest.fixture
def readers():
    fiji, pacific = f.party("FJ"), f.centre(f.party("FJ"))
    former, elsewhere = f.centre(f.party("TV")), f.centre(f.party("FR"))
    return {
        "anonymous": AnonymousUser(),
        "stranger": f.user(),
        "focal_point": f.focal_point_of(fiji),
        "drafter": f.drafter_of(fiji),
        "officer": f.officer_of(pacific),
        "coordinator": f.coordinator(),
        "former": f.officer_of(former),
        "elsewhere": f.head_of(elsewhere),
        "other_focal_point": f.focal_point_of(f.party("TV")),
        "provider": f.provider_of(f.organization(None)),
        "new_provider": f.provider_of(f.organization(None, is_verified=False)),
        "donor": f.donor_of(f.organization(None)),
        "advisor": f.advisor(),
        "evaluator": f.evaluator(),
        "administrator": f.administrator(),
    }


def who_sees(request, readers):
    return {name for name, person in readers.items() if CooperationRequest.objects.visible_to(person).contains(request)}


@pytest.mark.parametrize("visibility", SEEN)
@pytest.mark.parametrize("state", ["matching", "unmet", "paused", "withdrawn"])
def test_visibility_opens_an_accepted_request_to_these_and_no_others(readers, visibility, state):
    request = f.request_in("matching", visibility=visibility)
    CooperationRequest.objects.update(status=state, status_before_pause="matching" if state == "paused" else "")
    former = SupportCentre.objects.get(memberships__user=readers["former"])
    FormerHolding.objects.create(request=request, centre=former)
    assert who_sees(request, readers) == SEEN[visibility]


@pytest.mark.parametrize("visibility", SEEN)
def test_before_it_is_accepted_visibility_opens_nothing(readers, visibility):
    assert who_sees(f.request_in("submitted", visibility=visibility), readers) == {
        "focal_point", "drafter", "officer", "coordinator",
    }  # fmt: skip
    assert who_sees(f.draft_request(visibility=visibility), readers) == {"focal_point", "drafter"}


def test_the_other_side_of_an_offered_match_sees_even_a_restricted_request(readers):
    request = f.request_in("matching", visibility="restricted")
    organization = readers["new_provider"].current_memberships[0].organization
    match = f.suggest(request.components.get(), f.offer_in("published", organization))
    assert "new_provider" not in who_sees(request, readers)
    assert not Match.objects.visible_to(readers["new_provider"]).exists()
    f.MATCH_PATHS["offered"][0](match)
    assert who_sees(request, readers) == SEEN["restricted"] - {"former"} | {"new_provider"}
    assert Match.objects.visible_to(readers["new_provider"]).contains(match)
