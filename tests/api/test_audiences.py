"""Which fields of a record whom it is shown to: a table for requests, offers, matches and engagements."""

import pytest

from requests_offers.actions import matches
from requests_offers.models import CooperationRequest
from tests import factories as f

pytestmark = pytest.mark.django_db

SIDE = {"own_means", "consent_required"}
FULL = SIDE | {"contact", "question", "answer_text", "answer_sources", "external_system", "external_id"}
SECRETS = {"contact": "Mere, +679 1", "own_means": "Boats of our own", "question": "May herbicides be used?"}


def secret_request(visibility="public", state="matching"):
    """A request whose fields for few would be there to leak."""
    made = f.request_in(state, contact=SECRETS["contact"], own_means=SECRETS["own_means"], visibility=visibility)
    CooperationRequest.objects.filter(pk=made.pk).update(question=SECRETS["question"])
    made.components.update(means="part")
    return made


@pytest.fixture
def callers(people, anonymous, as_token):
    """Everybody who may look at a record, by what they are to it; the provider's match is offered."""
    names = (
        "focal_point", "deputy", "drafter", "officer", "head", "coordinator", "provider", "donor", "stranger",
    )  # fmt: skip
    found = {name: as_token(getattr(people, name)) for name in names}
    foreign = f.centre(f.party("TD"))
    others = {
        "other_officer": f.officer_of(foreign),
        "other_office": f.focal_point_of(f.party("TD")),
        "other_provider": f.provider_of(f.organization()),
    }
    return found | {name: as_token(user) for name, user in others.items()} | {"anonymous": anonymous}


INSIDE = {"focal_point", "deputy", "drafter", "officer", "head", "coordinator"}
NETWORK = INSIDE | {"provider", "donor", "other_officer", "other_provider"}
EVERYBODY = NETWORK | {"other_office", "stranger", "anonymous"}


@pytest.mark.parametrize(
    ("state", "visibility", "seers"),
    [
        ("draft", "public", {"focal_point", "deputy", "drafter"}),
        ("submitted", "public", INSIDE),
        ("matching", "public", EVERYBODY),
        ("matching", "network", NETWORK),
        ("matching", "restricted", INSIDE),
        ("unmet", "public", EVERYBODY),
    ],
)
def test_each_sees_the_fields_that_are_theirs(callers, state, visibility, seers):
    made = secret_request(visibility, state)
    for name, caller in callers.items():
        answer = caller.get(f"requests/{made.reference}/")
        listed = {row["reference"] for row in caller.get("requests/").json()["results"]}
        assert answer.status_code == (200 if name in seers else 404), name
        assert listed == ({made.reference} if name in seers else set()), name
        text = answer.content.decode()
        shown = {secret for secret in SECRETS.values() if secret in text}
        assert shown == (set(SECRETS.values()) if name in INSIDE & seers else set()), name
        if name in seers:
            assert FULL & set(answer.json()) == (FULL if name in INSIDE else set()), name
            assert ("means" in answer.json()["components"][0]) is (name in INSIDE), name


def test_the_other_side_sees_own_means_when_it_is_asked_and_the_contact_when_both_agreed(people, as_token):
    made = secret_request("restricted")
    provider = as_token(people.provider)
    path = f"requests/{made.reference}/"
    match = f.suggest(made.components.get(), f.offer_in("published", people.organization))
    assert provider.get(path).status_code == 404
    matches.offer_to_both(match, by=people.officer)
    assert FULL & set(provider.get(path).json()) == SIDE
    matches.accept(match, by=people.focal_point)
    matches.accept(match, by=people.provider)
    assert FULL & set(provider.get(path).json()) == SIDE | {"contact"}


def test_a_former_holder_keeps_the_public_part(people, as_token):
    from requests_offers.actions import requests

    made = secret_request("restricted", "submitted")
    requests.redirect(made, by=people.officer, centre=f.centre(), reason_code="expertise")
    answer = as_token(people.officer).get(f"requests/{made.reference}/")
    assert answer.status_code == 200
    assert FULL & set(answer.json()) == set()


def test_the_components_follow_their_request(people, anonymous, as_token):
    made = secret_request("network")
    assert anonymous.get("components/").json()["count"] == 0
    assert "means" not in as_token(people.donor).get(f"components/{made.reference}-1/").json()
    assert as_token(people.officer).get(f"components/{made.reference}-1/").json()["means"] == "part"


OFFER_FULL = {"contact", "verifying_centre", "due_on", "external_system", "external_id"}


@pytest.mark.parametrize(
    ("state", "seers"),
    [
        ("draft", {"provider"}),
        ("in_verification", {"provider", "officer", "head", "coordinator"}),
        ("published", EVERYBODY),
        ("withdrawn", {"provider", "officer", "head", "coordinator"}),
    ],
)
def test_offers_show_their_contact_to_few(callers, people, state, seers):
    made = f.offer_in(state, people.organization, contact=SECRETS["contact"])
    for name, caller in callers.items():
        answer = caller.get(f"offers/{made.reference}/")
        assert answer.status_code == (200 if name in seers else 404), name
        inside = name in {"provider", "officer", "head", "coordinator"} & seers
        assert (SECRETS["contact"] in answer.content.decode()) is inside, name
        if name in seers:
            assert OFFER_FULL & set(answer.json()) == (OFFER_FULL if inside else set()), name


MATCH_INSIDE = {"focal_point", "deputy", "drafter", "officer", "head", "coordinator", "provider"}


@pytest.mark.parametrize(
    ("state", "seers"),
    [
        ("suggested", {"officer", "head", "coordinator"}),
        ("shortlisted", {"officer", "head", "coordinator"}),
        ("offered", MATCH_INSIDE),
        ("declined", MATCH_INSIDE),
        ("agreed", EVERYBODY),
    ],
)
def test_matches_give_their_reasons_to_those_who_belong_to_them(callers, people, state, seers):
    match = f.match_in(state, offer=f.offer_in("published", people.organization))
    request = match.component.request.reference
    for name, caller in callers.items():
        answer = caller.get(f"matches/{match.reference}/")
        assert answer.status_code == (200 if name in seers else 404), name
        nested = caller.get(f"requests/{request}/matches/").json()["components"][0]["results"]
        assert [row["match"] for row in nested] == ([match.reference] if name in seers else []), name
        if name in seers:
            inside = name in MATCH_INSIDE
            assert bool(answer.json()["explanation"]) is inside, name
            assert bool(nested[0]["explanation"]) is inside, name
            assert ("reason_code" in answer.json()) is inside, name


def test_engagements_tell_what_came_of_them_to_both_sides_only(callers, people):
    match = f.match_in("agreed", offer=f.offer_in("published", people.organization))
    engagement = f.engagement_in("appraised", match=match)
    for name, caller in callers.items():
        answer = caller.get(f"engagements/{engagement.reference}/").json()
        assert ("appraisals" in answer) is (name in MATCH_INSIDE), name
    type(match).objects.filter(pk=match.pk).update(publish_by_party=False)
    for name, caller in callers.items():
        expected = 200 if name in MATCH_INSIDE else 404
        assert caller.get(f"engagements/{engagement.reference}/").status_code == expected, name
