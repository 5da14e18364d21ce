"""The offers found for a request: who sees which, why they fit, and what each side does with them."""

import pytest
from django.urls import reverse

from requests_offers.actions import engagements
from requests_offers.models import Engagement, Match
from tests import factories as f

pytestmark = pytest.mark.django_db


def matches_page(client, who, request, **query):
    client.logout()
    if who:
        client.force_login(who)
    return client.get(reverse("request_matches", args=[request.reference]), query)


def shown(client, who, request, **query):
    return [match.reference for match in matches_page(client, who, request, **query).context["matches"]]


def step(match, name):
    return reverse("match_step", args=[match.reference, name])


def acts(client, who, match):
    page = matches_page(client, who, match.component.request)
    return {act["name"] for act in page.context["matches"][0].buttons}


# Who sees which -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "seen_by"),
    [
        ("suggested", {"centre", "coordinator"}),
        ("shortlisted", {"centre", "coordinator"}),
        ("offered", {"centre", "coordinator", "office", "provider"}),
        ("agreed", {"centre", "coordinator", "office", "provider", "public"}),
    ],
)
def test_each_state_is_seen_by_those_whom_it_concerns(client, state, seen_by):
    match = f.match_in(state)
    request = match.component.request
    people = {
        "centre": f.officer_of(request.centre),
        "coordinator": f.coordinator(),
        "office": f.drafter_of(request.party),
        "provider": f.provider_of(match.offer.organization),
        "public": None,
    }
    assert {name for name, who in people.items() if shown(client, who, request)} == seen_by


def test_an_agreed_match_is_public_only_if_both_sides_allow_it(client):
    match = f.match_in("agreed")
    Match.objects.filter(pk=match.pk).update(publish_by_provider=False)
    assert shown(client, None, match.component.request) == []


def test_a_provider_does_not_see_the_matches_of_others(client):
    match = f.match_in("offered")
    other = f.match_in("offered", component=match.component)
    provider = f.provider_of(match.offer.organization)
    assert shown(client, provider, match.component.request) == [match.reference]
    assert len(shown(client, f.officer_of(match.component.request.centre), other.component.request)) == 2


# The page -------------------------------------------------------------------------------------------------------------


def test_the_best_offer_comes_first_with_its_reasons_in_words(client):
    component = f.request_in("matching").components.get()
    second, best = f.suggest(component, score=0.4, rank=2), f.suggest(component, score=0.9, rank=1)
    officer = f.officer_of(component.request.centre)
    page = matches_page(client, officer, component.request)
    assert [match.reference for match in page.context["matches"]] == [best.reference, second.reference]
    text = page.content.decode()
    for words in ("<b>90</b> of 100", "Target 6: Reduce invasive alien species", "The offer does not cover Fiji."):
        assert words in text
    assert text.count('<details class="fold">') == 1


def test_what_people_decided_comes_before_what_the_scorer_suggests(client):
    component = f.request_in("matching").components.get()
    suggested = f.suggest(component, score=0.9)
    offered = f.match_in("offered", component=component, score=0.4, rank=2)
    officer = f.officer_of(component.request.centre)
    assert shown(client, officer, component.request) == [offered.reference, suggested.reference]


def test_ten_are_shown_at_first_and_the_others_on_request(client):
    component = f.request_in("matching").components.get()
    organization = f.organization(f.party("FJ"))
    for number in range(12):
        f.suggest(component, f.offer_in("published", organization), rank=number + 1)
    officer = f.officer_of(component.request.centre)
    assert len(shown(client, officer, component.request)) == 10
    assert len(shown(client, officer, component.request, all="")) == 12


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_with_any_number_of_offers(client, django_assert_max_num_queries, count):
    component = f.request_in("matching").components.get()
    for number in range(count):
        f.suggest(component, f.offer_in("published", f.organization(f.party())), rank=number + 1)
    client.force_login(f.officer_of(component.request.centre))
    with django_assert_max_num_queries(12):
        client.get(reverse("request_matches", args=[component.request.reference]))


def test_each_need_has_its_own_tab(client):
    request = f.request_in("matching", needs=[f.need(), f.need(title="Second need")])
    match = f.suggest(request.components.get(number=2))
    officer = f.officer_of(request.centre)
    assert shown(client, officer, request) == []
    assert shown(client, officer, request, component="2") == [match.reference]
    assert shown(client, officer, request, component="77") == []


def test_before_it_is_scored_the_centre_is_told_that_it_is_being_scored(client):
    request = f.request_in("matching")
    waiting = "The offers are being compared with this need."
    assert waiting in matches_page(client, f.officer_of(request.centre), request).content.decode()
    assert waiting not in matches_page(client, f.focal_point_of(request.party), request).content.decode()
    f.suggest(request.components.get())
    text = matches_page(client, f.officer_of(request.centre), request).content.decode()
    assert waiting not in text
    assert "1 offer looked at" in text


def test_matches_that_ended_are_kept_below_with_their_reason(client):
    match = f.match_in("declined")
    request = match.component.request
    page = matches_page(client, f.officer_of(request.centre), request)
    assert page.context["matches"] == []
    assert [past.reference for past in page.context["past"]] == [match.reference]
    assert "No capacity at this time" in page.content.decode()


# What each side does --------------------------------------------------------------------------------------------------


def test_each_side_is_offered_its_own_steps(client):
    suggested, offered = f.match_in("suggested"), f.match_in("offered")
    officer = f.officer_of(suggested.component.request.centre)
    assert acts(client, officer, suggested) == {"shortlist", "drop", "offer_to_both"}
    assert acts(client, officer, offered) == {"retract"}
    assert acts(client, f.focal_point_of(offered.component.request.party), offered) == {"accept", "decline"}
    assert acts(client, f.provider_of(offered.offer.organization), offered) == {"accept", "decline"}
    assert acts(client, f.drafter_of(offered.component.request.party), offered) == set()


def test_a_match_goes_from_suggestion_to_agreement_by_the_pages(client):
    match = f.match_in("suggested")
    request = match.component.request
    client.force_login(f.officer_of(request.centre))
    client.post(step(match, "shortlist"))
    form = client.get(step(match, "offer_to_both")).context["form"]
    client.post(step(match, "offer_to_both"), {"until": form["until"].initial.isoformat()})
    client.force_login(f.focal_point_of(request.party))
    response = client.post(step(match, "accept"), {"publish": "on"}, follow=True)
    assert "agreed when the other side has, too" in response.content.decode()
    client.force_login(f.provider_of(match.offer.organization))
    response = client.post(step(match, "accept"), follow=True)
    assert "the work can start" in response.content.decode()
    match.refresh_from_db()
    assert (match.status, match.publish_by_party, match.publish_by_provider) == ("agreed", True, False)


def test_who_has_said_yes_is_not_asked_again(client):
    match = f.match_in("offered")
    f._accept_as_party(match)
    office = f.focal_point_of(match.component.request.party)
    assert acts(client, office, match) == {"decline"}
    page = matches_page(client, office, match.component.request)
    assert page.context["baton"].kind == ""
    assert "said yes on" in page.content.decode()


def test_each_side_declines_with_reasons_of_its_own(client):
    match = f.match_in("offered")
    client.force_login(f.provider_of(match.offer.organization))
    reasons = dict(client.get(step(match, "decline")).context["form"].fields["reason_code"].choices)
    assert "no_capacity" in reasons
    client.force_login(f.focal_point_of(match.component.request.party))
    reasons = dict(client.get(step(match, "decline")).context["form"].fields["reason_code"].choices)
    assert "other_partner" in reasons
    assert "no_capacity" not in reasons
    assert client.post(step(match, "decline"), {}).status_code == 200
    client.post(step(match, "decline"), {"reason_code": "other_partner", "reason": "We chose the museum."})
    match.refresh_from_db()
    assert (match.status, match.declined_by) == ("declined", "party")


def test_who_speaks_for_both_sides_says_for_which(client):
    match = f.match_in("offered")
    person = f.focal_point_of(match.component.request.party)
    f.member("provider", who=person, organization=match.offer.organization)
    client.force_login(f.again(person))
    assert client.post(step(match, "accept"), {}).status_code == 200
    client.post(step(match, "accept"), {"side": "provider"})
    match.refresh_from_db()
    assert match.accepted_by_provider_at
    assert match.accepted_by_party_at is None


def test_the_other_side_does_not_read_the_sentence_of_a_decline(client):
    match = f.match_in("offered")
    client.force_login(f.provider_of(match.offer.organization))
    client.post(step(match, "decline"), {"reason_code": "costs", "reason": "They never pay."})
    request = match.component.request
    assert "They never pay." in matches_page(client, f.officer_of(request.centre), request).content.decode()
    office = matches_page(client, f.focal_point_of(request.party), request).content.decode()
    assert "The costs cannot be covered" in office
    assert "They never pay." not in office


def test_somebody_else_can_neither_see_nor_take_a_step(client):
    match = f.match_in("offered")
    client.force_login(f.provider_of(f.organization()))
    assert client.get(step(match, "accept")).status_code == 404
    client.force_login(f.drafter_of(match.component.request.party))
    assert client.post(step(match, "accept")).status_code == 403


def test_the_officer_proposes_an_offer_by_its_reference(client):
    component, offer = f.request_in("matching").components.get(), f.offer_in("published")
    url = reverse("match_propose", args=[component.request.reference])
    client.force_login(f.officer_of(component.request.centre))
    client.post(url, {"component": "1", "offer": f" {offer.reference.lower()} "})
    match = Match.objects.get()
    assert (match.status, match.origin, match.offer) == ("proposed", "officer", offer)
    response = client.post(url, {"component": "1", "offer": "OFF-999999"}, follow=True)
    assert "There is no offer with this reference" in response.content.decode()
    assert client.post(url, {"component": "77", "offer": offer.reference}).status_code == 404
    client.force_login(f.focal_point_of(component.request.party))
    assert client.post(url, {"component": "1", "offer": offer.reference}).status_code == 403


# Side by side ---------------------------------------------------------------------------------------------------------


def test_offers_are_compared_criterion_by_criterion(client):
    component = f.request_in("matching").components.get()
    weaker = [{"criterion": "targets", "value": 0.5, "weight": 0.2, "share": 0.1, "evidence": []}]
    pair = [f.suggest(component, score=0.9), f.suggest(component, score=0.5, rank=2, explanation=weaker)]
    client.force_login(f.officer_of(component.request.centre))
    url = reverse("match_compare", args=[component.request.reference])
    response = client.get(url, {"match": [match.reference for match in pair]})
    lines = {line["criterion"]: line["cells"] for line in response.context["lines"]}
    assert [cell["is_more"] for cell in lines["targets"]] == [True, False]
    assert [bool(cell["share"]) for cell in lines["text"]] == [True, False]


def test_one_offer_or_a_hidden_one_cannot_be_compared(client):
    component = f.request_in("matching").components.get()
    pair = [f.suggest(component), f.suggest(component, rank=2)]
    url = reverse("match_compare", args=[component.request.reference])
    client.force_login(f.officer_of(component.request.centre))
    assert client.get(url, {"match": [pair[0].reference]}).status_code == 302
    assert client.get(url, {"match": ["nonsense", pair[0].reference, pair[0].reference]}).status_code == 302
    client.force_login(f.focal_point_of(component.request.party))
    assert client.get(url, {"match": [match.reference for match in pair]}).status_code == 302


# The work that follows ------------------------------------------------------------------------------------------------


def engagement_step(engagement, name):
    return reverse("engagement_step", args=[engagement.reference, name])


def test_the_work_is_concluded_and_appraised_by_the_pages(client):
    engagement = f.engagement_in("active")
    client.force_login(f.focal_point_of(engagement.match.component.request.party))
    client.post(engagement_step(engagement, "conclude"))
    said = {"text": "The lake is open.", "moment": "end", "helped": "yes", "again": "yes", "rating": "4"}
    client.post(engagement_step(engagement, "appraise"), said)
    engagement.refresh_from_db()
    assert engagement.status == "concluded"
    assert engagement.appraisals.get().side == "party"


def test_the_work_ends_early_with_a_reason(client):
    engagement = f.engagement_in("active")
    client.force_login(f.provider_of(engagement.match.offer.organization))
    assert client.post(engagement_step(engagement, "end_early")).status_code == 200
    client.post(engagement_step(engagement, "end_early"), {"reason_code": "funding"})
    assert Engagement.objects.get().status == "ended_early"


def test_others_may_see_published_work_but_not_speak_for_it(client):
    engagement = f.engagement_in("active")
    client.force_login(f.user())
    assert client.get(engagement_step(engagement, "conclude")).status_code == 403
    engagements.conclude(engagement, by=f.focal_point_of(engagement.match.component.request.party), side="party")
    assert client.get(engagement_step(engagement, "conclude")).status_code == 403
