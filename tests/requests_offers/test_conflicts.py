"""Declared conflicts of interest bar a match: in the scorer, in the hands of the officer, and after it was offered."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.errors import DomainError, NotAllowed
from centres.actions import profiles
from requests_offers.actions import conflicts, matches
from requests_offers.actions.scoring import perform_match_run, perform_offer_run, queue_run
from requests_offers.match_inputs import load_candidates, load_needs
from requests_offers.matching.rank import Index
from requests_offers.models import Component, ConflictDeclaration, Match, MatchRun, Offer, OfferRun
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db


built, known = worlds.shared(f.everyone_known)


@pytest.fixture
def need(known):
    return f.request_in("matching", known.party).components.get()


@pytest.fixture
def offer(known):
    return f.offer_in("published", known.organization)


def named(known, need, kind):
    """With whom: the Party that asks, its request, or an organization for which its office answers, too."""
    other = f.organization(known.party, "Institute of the office")
    f.member("provider", who=known.focal_point, organization=other)
    return {"with_party": known.party, "with_request": need.request, "with_organization": other}[kind]


KINDS = ["with_party", "with_request", "with_organization"]


def found(need):
    """The offers that the core may propose for a need."""
    index = Index(load_candidates(Offer.objects.order_by("pk")))
    today = timezone.now().date()
    record = load_needs(Component.objects.filter(pk=need.pk), today)[0]
    return [scored.offer_id for scored in index.rank(record, as_of=today)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("who", ["organization", "expert"])
def test_what_is_declared_bars_the_pair_until_it_is_taken_back(known, need, offer, kind, who):
    expert = None
    if who == "expert":
        expert = profiles.add_part(known.organization, "experts", by=None, data={"role": "Hydrologist"})
        offer.experts.add(expert)
    other = f.offer_in("published", f.organization(known.party))
    assert set(found(need)) == {offer.pk, other.pk}
    said = {kind: named(known, need, kind)}
    made = conflicts.declare(known.organization, by=known.provider, expert=expert, **said)
    assert found(need) == [other.pk]
    with pytest.raises(DomainError, match="conflict of interest"):
        matches.propose(need, offer, by=known.officer)
    conflicts.end(made, by=known.provider)
    assert set(found(need)) == {offer.pk, other.pk}


def test_an_expert_bars_only_the_offers_that_name_them(known, need, offer):
    expert = profiles.add_part(known.organization, "experts", by=None, data={"role": "Hydrologist"})
    conflicts.declare(known.organization, by=known.provider, expert=expert, with_party=known.party)
    assert found(need) == [offer.pk]


def test_a_conflict_with_somebody_else_bars_nothing(known, need, offer):
    conflicts.declare(known.organization, by=known.provider, with_party=f.party("TD"))
    assert found(need) == [offer.pk]


def test_a_suggestion_leaves_the_page_and_comes_back(known, need, offer):
    def score():
        for model, act in ((OfferRun, perform_offer_run), (MatchRun, perform_match_run)):
            for pk in model.objects.filter(state="queued").values_list("pk", flat=True):
                act(pk)

    queue_run(need, cause="test")
    score()
    assert Match.objects.filter(component=need).exists()
    made = conflicts.declare(known.organization, by=known.provider, with_party=known.party)
    score()
    assert not Match.objects.filter(component=need).exists()
    conflicts.end(made, by=known.provider)
    score()
    assert Match.objects.filter(component=need).exists()


def test_an_offered_match_is_taken_back_and_its_place_is_free(known, need, offer):
    match = f.match_in("offered", component=need, offer=offer)
    conflicts.declare(known.organization, by=known.provider, with_request=need.request)
    match.refresh_from_db()
    assert (match.status, match.reason_code) == ("retracted", "conflict")
    assert Offer.objects.get(pk=offer.pk).places_taken == 0
    assert Component.objects.get(pk=need.pk).status == "open"


def test_agreed_work_goes_on(known, need, offer):
    engagement = f.engagement_in(match=f.match_in("agreed", component=need, offer=offer))
    conflicts.declare(known.organization, by=known.provider, with_party=known.party)
    engagement.refresh_from_db()
    assert engagement.status == "active"


def test_it_names_exactly_one_and_never_oneself(known, need):
    for wrong in (
        {},
        {"with_party": known.party, "with_request": need.request},
        {"with_organization": known.organization},
    ):
        with pytest.raises(DomainError):
            conflicts.declare(known.organization, by=known.provider, **wrong)
    for _ in range(2):
        conflicts.declare(known.organization, by=known.provider, with_party=known.party)
    assert ConflictDeclaration.objects.count() == 1


SEES = {
    "provider": 200,
    "officer": 200,
    "head": 200,
    "coordinator": 200,
    "donor": 403,
    "stranger": 403,
    "focal_point": 403,
}


@pytest.mark.parametrize("person", SEES)
def test_who_reads_and_who_declares(client, known, person):
    client.force_login(getattr(known, person))
    page = reverse("conflict_list", args=[known.organization.slug])
    assert client.get(page).status_code == SEES[person]
    client.post(page, {"with_party": known.party.iso2, "reason": "We advise it."})
    assert ConflictDeclaration.objects.exists() == (person == "provider")
    if person not in {"provider"}:
        with pytest.raises(NotAllowed):
            conflicts.declare(known.organization, by=getattr(known, person), with_party=known.party)


def test_a_wrong_reference_is_sent_back_with_a_sentence(client, known):
    client.force_login(known.provider)
    page = reverse("conflict_list", args=[known.organization.slug])
    text = client.post(page, {"with_request": "REQ-999999", "reason": "Typed"}).content.decode()
    assert "There is no request with this reference." in text
    assert "Typed" in text
