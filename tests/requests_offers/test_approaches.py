"""Providers that come to a need: invited, in answer to an open call, or by themselves.

What they offer becomes a match.
"""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, MailLink, Membership, Notice
from requests_offers.actions import approaches, calls, drafts, matches, offers, requests, ticking
from requests_offers.models import Approach, Match, Offer, OpenCall
from requests_offers.reasons import DECLINE_PROVIDER
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db
LATER = timedelta(days=40)


built, known = worlds.shared(f.everyone_known)


@pytest.fixture
def need(known):
    return f.request_in("matching", known.party).components.get()


@pytest.fixture
def offer(known):
    return f.offer_in("published", known.organization)


def told(kind):
    return set(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


# Invitations ----------------------------------------------------------------------------------------------------------


def test_an_invited_provider_answers_with_a_published_offer_which_stands_on_the_board(known, need, offer):
    asked = approaches.invite(need, known.organization, by=known.officer, message="We thought of you.")
    assert (asked.status, asked.origin) == ("invited", "invitation")
    assert told("approach_invite") == {known.provider.pk}
    assert "We thought of you." in Notice.objects.get(kind="approach_invite").text
    approaches.answer(asked, by=known.provider, offer=offer, note="We start in May.")
    match = Match.objects.get()
    assert (asked.status, asked.match) == ("matched", match)
    assert (match.status, match.origin, match.note, match.created_by) == (
        "proposed", "invitation", "We start in May.", known.provider,
    )  # fmt: skip
    assert told("approach_answer") == {known.officer.pk, known.head.pk}
    actions = list(AuditEvent.objects.of(asked).order_by("pk").values_list("action", "before", "after"))
    assert actions == [("invite", "", "invited"), ("answer", "invited", "answered"), ("match", "answered", "matched")]


def test_a_new_offer_stands_on_the_board_once_it_is_published(known, need):
    asked = f.invitation(need, known.organization)
    draft = f.draft_offer(known.organization)
    approaches.answer(asked, by=known.provider, offer=draft)
    assert asked.status == "answered"
    assert not Match.objects.exists()
    offers.submit(draft, by=known.provider)
    offers.publish(draft, by=known.officer)
    assert Match.objects.get().origin == "invitation"
    assert Approach.objects.get().status == "matched"
    assert told("approach_match") == {known.provider.pk, known.officer.pk, known.head.pk}


def test_what_the_scorer_suggested_becomes_the_providers_proposal(known, need, offer):
    match = f.suggest(need, offer)
    approaches.offer_unasked(need, offer, by=known.provider)
    match.refresh_from_db()
    assert (match.status, match.origin) == ("proposed", "unsolicited")
    assert match.score == 0.71


@pytest.mark.parametrize("person", ["focal_point", "provider", "coordinator", "stranger"])
def test_only_the_centre_invites(known, need, person):
    with pytest.raises(NotAllowed):
        approaches.invite(need, known.organization, by=getattr(known, person))
    with pytest.raises(NotAllowed):
        calls.open_call(need, by=getattr(known, person), until=timezone.now().date() + LATER)
    assert not Approach.objects.exists()


def test_who_is_asked_twice_is_asked_once(known, need):
    first = f.invitation(need, known.organization)
    assert f.invitation(need, known.organization) == first
    assert Notice.objects.filter(kind="approach_invite").count() == 1


@pytest.mark.parametrize(("visibility", "verified"), [("restricted", True), ("network", False)])
def test_nobody_is_asked_about_what_they_may_not_read(known, visibility, verified):
    component = f.request_in("matching", known.party, visibility=visibility).components.get()
    known.organization.is_verified = verified
    known.organization.save()
    with pytest.raises(DomainError, match=r"restricted|verified"):
        f.invitation(component, known.organization)


def test_nobody_is_asked_where_nobody_would_answer(known, need):
    Membership.objects.filter(organization=known.organization).delete()
    with pytest.raises(DomainError, match="Nobody acts"):
        approaches.invite(need, known.organization, by=known.officer)


@pytest.mark.parametrize("days", [-1, 91])
def test_the_day_to_answer_lies_within_ninety_days(known, need, days):
    until = timezone.now().date() + timedelta(days=days)
    with pytest.raises(DomainError, match="Choose a day"):
        approaches.invite(need, known.organization, by=known.officer, until=until)
    with pytest.raises(DomainError, match="Choose a day"):
        calls.open_call(need, by=known.officer, until=until)


@pytest.mark.parametrize("code", DECLINE_PROVIDER)
def test_an_invitation_is_declined_with_a_reason_from_the_list(known, need, code):
    asked = f.invitation(need, known.organization)
    approaches.decline(asked, by=known.provider, reason_code=code, reason="Because")
    assert (asked.status, asked.reason_code, asked.due_on) == ("declined", code, None)
    assert told("approach_decline") == {known.officer.pk, known.head.pk}
    with pytest.raises(IllegalStep):
        approaches.answer(asked, by=known.provider, offer=f.offer_in("published", known.organization))


def test_a_reason_from_another_list_is_not_taken(known, need):
    asked = f.invitation(need, known.organization)
    for code in ("", "other_partner", "request_paused"):
        with pytest.raises(DomainError, match="Choose a reason"):
            approaches.decline(asked, by=known.provider, reason_code=code)


def test_it_lapses_when_its_day_is_over_and_an_answered_one_does_not(known, need, offer):
    asked, answered = f.invitation(need, known.organization), f.invitation(need, f.organization(f.party("TV")))
    other = f.draft_offer(answered.organization)
    approaches.answer(answered, by=f.provider_of(answered.organization), offer=other)
    ticking.tick()
    assert {one.status for one in Approach.objects.all()} == {"invited", "answered"}
    with time_machine.travel(timezone.now() + LATER):
        ticking.tick()
    asked.refresh_from_db()
    answered.refresh_from_db()
    assert (asked.status, answered.status) == ("lapsed", "answered")
    assert told("approach_lapse") == {known.provider.pk, known.officer.pk, known.head.pk}


def test_the_officer_takes_an_invitation_back(known, need):
    asked = f.invitation(need, known.organization)
    with pytest.raises(NotAllowed):
        approaches.call_off(asked, by=known.provider)
    approaches.call_off(asked, by=known.officer)
    assert asked.status == "withdrawn"
    assert told("approach_call_off") == {known.provider.pk}
    assert not MailLink.objects.unused().exists()


def test_the_provider_takes_its_answer_back_before_it_stands_on_the_board(known, need):
    asked = f.invitation(need, known.organization)
    draft = f.draft_offer(known.organization)
    approaches.answer(asked, by=known.provider, offer=draft)
    approaches.take_back(asked, by=known.provider)
    f.offer_in("published", draft=draft)
    assert not Match.objects.exists()


@pytest.mark.parametrize("state", ["paused", "expired", "refused", "withdrawn"])
def test_only_offers_that_are_there_or_on_their_way_answer(known, need, state):
    asked = f.invitation(need, known.organization)
    with pytest.raises(DomainError, match="Resume or renew"):
        approaches.answer(asked, by=known.provider, offer=f.offer_in(state, known.organization))


def test_nobody_answers_with_the_offer_of_others(known, need):
    asked = f.invitation(need, known.organization)
    foreign = f.offer_in("published", f.organization(f.party("FR")))
    with pytest.raises(NotAllowed):
        approaches.answer(asked, by=known.provider, offer=foreign)
    with pytest.raises(NotAllowed):
        approaches.offer_unasked(need, foreign, by=known.provider)
    with pytest.raises(NotAllowed):
        approaches.answer(asked, by=f.provider_of(foreign.organization), offer=foreign)


# Unasked --------------------------------------------------------------------------------------------------------------


def test_a_provider_offers_unasked_once(known, need, offer):
    first = approaches.offer_unasked(need, offer, by=known.provider, note="We read your request.")
    assert approaches.offer_unasked(need, offer, by=known.provider) == first
    match = Match.objects.get()
    assert (match.status, match.origin, match.note) == ("proposed", "unsolicited", "We read your request.")
    assert told("approach_unasked") == {known.officer.pk, known.head.pk}


def test_the_provider_is_told_what_became_of_it(known, need, offer):
    approaches.offer_unasked(need, offer, by=known.provider)
    matches.drop(Match.objects.get(), by=known.officer)
    assert told("approach_not_taken_up") == {known.provider.pk}
    Approach.objects.all().delete()
    with pytest.raises(DomainError, match="looked at this offer"):
        approaches.offer_unasked(need, offer, by=known.provider)


@pytest.mark.parametrize("state", ["submitted", "paused", "withdrawn", "matched", "answered"])
def test_only_needs_that_are_searched_for_take_offers(known, offer, state):
    component = f.request_in(state, known.party).components.get()
    with pytest.raises(IllegalStep, match="not open"):
        approaches.offer_unasked(component, offer, by=known.provider)


def test_what_waits_ends_with_its_request(known, need):
    asked = f.invitation(need, known.organization)
    requests.withdraw(need.request, by=known.focal_point, reason_code="solved")
    ticking.tick()
    asked.refresh_from_db()
    assert asked.status == "lapsed"


def test_a_draft_that_was_deleted_ends_what_waited_for_it(known, need):
    draft = f.draft_offer(known.organization)
    made = approaches.offer_unasked(need, draft, by=known.provider)
    drafts.delete_offer(draft, by=known.provider)
    ticking.tick()
    made.refresh_from_db()
    assert (made.status, made.offer) == ("lapsed", None)


# Open calls -----------------------------------------------------------------------------------------------------------


def test_the_centre_sees_the_answers_when_the_call_has_closed(known, need, offer):
    call = f.open_call(need)
    made = approaches.answer_call(call, offer, by=known.provider, note="Here.")
    assert approaches.answer_call(call, offer, by=known.provider) == made
    assert not Match.objects.exists()
    assert list(Approach.objects.visible_to(known.officer)) == []
    assert list(Approach.objects.visible_to(known.provider)) == [made]
    assert not Notice.objects.filter(recipient=known.officer, kind__startswith="approach").exists()
    ticking.tick()
    assert OpenCall.objects.get().status == "open"
    with time_machine.travel(timezone.now() + LATER):
        ticking.tick()
    assert OpenCall.objects.get().status == "closed"
    assert list(Approach.objects.visible_to(known.officer)) == [made]
    match = Match.objects.get()
    assert (match.status, match.origin, match.note) == ("proposed", "open_call", "Here.")
    assert "Offers received: 1" in Notice.objects.get(kind="call_close", recipient=known.officer).text


def test_an_answer_with_a_draft_waits_for_both_the_day_and_the_publication(known, need):
    call = f.open_call(need)
    draft = f.draft_offer(known.organization)
    approaches.answer_call(call, draft, by=known.provider)
    f.offer_in("published", draft=draft)
    assert not Match.objects.exists()
    with time_machine.travel(timezone.now() + LATER):
        ticking.tick()
    assert Match.objects.get().offer == draft


def test_a_need_is_called_for_once_at_a_time(known, need):
    first = f.open_call(need)
    assert f.open_call(need) == first
    with time_machine.travel(timezone.now() + LATER):
        ticking.tick()
        assert f.open_call(need) != first


def test_after_its_day_nobody_answers_a_call(known, need, offer):
    call = f.open_call(need)
    with time_machine.travel(timezone.now() + LATER), pytest.raises(IllegalStep, match="closed"):
        approaches.answer_call(call, offer, by=known.provider)


def test_a_call_that_is_withdrawn_ends_its_answers_and_tells_those_who_gave_them(known, need, offer):
    call = f.open_call(need)
    approaches.answer_call(call, offer, by=known.provider)
    calls.withdraw(call, by=known.officer, reason_code="found")
    assert (call.status, Approach.objects.get().status) == ("withdrawn", "lapsed")
    assert told("call_withdraw") == {known.provider.pk, known.focal_point.pk, known.deputy.pk, known.drafter.pk}


def test_a_call_for_a_restricted_request_is_not_opened(known):
    component = f.request_in("matching", known.party, visibility="restricted").components.get()
    with pytest.raises(DomainError, match="restricted"):
        f.open_call(component)


def test_a_call_for_a_need_that_was_met_takes_no_offers(known, need, offer):
    call = f.open_call(need)
    f.match_in("agreed", component=need)
    assert not OpenCall.objects.open().exists()
    with pytest.raises(IllegalStep, match="not open"):
        approaches.answer_call(call, offer, by=known.provider)


# Offers that go and come back -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["pause", "resume", "renew", "withdraw", "expire"])
def test_those_concerned_are_told_when_an_offer_goes_or_comes_back(known, step):
    """The verifier, the centre with the offer on its board, and the office that agreed;
    no office that was not asked.
    """
    laboratory = f.organization(f.party("FR"), "Far Laboratory")
    there = f.centre(f.party("FR"))
    offer = f.offer_in("published", laboratory, capacity=9)
    agreed = f.match_in("agreed", component=f.request_in("matching", known.party).components.get(), offer=offer)
    chad = f.request_in("matching", f.party("TD"))
    f.match_in("shortlisted", component=chad.components.get(), offer=offer)
    f.suggest(f.request_in("matching", f.party("TV", name_en="Tuvalu")).components.get(), offer)
    provider = f.provider_of(laboratory)
    if step == "resume":
        offers.pause(offer, by=provider)
    if step == "renew":
        f._let_expire(offer)
    Notice.objects.all().delete()
    if step == "expire":
        f._let_expire(offer)
    else:
        {"pause": offers.pause, "resume": offers.resume, "renew": offers.renew, "withdraw": offers.withdraw}[step](
            offer, by=provider
        )
    people = {
        f.officer_of(there),
        known.officer,
        known.head,
        known.focal_point,
        known.deputy,
        f.officer_of(chad.centre),
    }
    assert told(f"offer_{step}_told") == {person.pk for person in people}
    assert agreed.offer_id == offer.pk


@pytest.mark.parametrize("state", ["paused", "expired", "withdrawn"])
def test_a_party_with_an_agreed_match_still_sees_the_offer(known, state, client):
    offer = f.offer_in("published", f.organization(f.party("FR")), capacity=9)
    f.match_in("agreed", component=f.request_in("matching", known.party).components.get(), offer=offer)
    provider = f.provider_of(offer.organization)
    {"paused": offers.pause, "withdrawn": offers.withdraw, "expired": lambda o, by: f._let_expire(o)}[state](
        offer, by=provider
    )
    others = [known.stranger, f.focal_point_of(f.party("TV")), f.provider_of(f.organization(None))]
    assert not any(Offer.objects.visible_to(person).filter(pk=offer.pk).exists() for person in others)
    for person in (known.focal_point, known.drafter, known.officer):
        assert Offer.objects.visible_to(person).filter(pk=offer.pk).exists()
        client.force_login(person)
        assert client.get(offer.get_absolute_url()).status_code == 200


def test_a_draft_of_an_offer_is_deleted_and_nothing_else_is(known, client):
    draft, published = f.draft_offer(known.organization), f.offer_in("published", known.organization)
    address = reverse("offer_delete", args=[draft.reference])
    client.force_login(known.provider)
    assert draft.title in client.get(address).content.decode()
    assert Offer.objects.filter(pk=draft.pk).exists()
    client.post(reverse("offer_delete", args=[published.reference]))
    client.post(address)
    assert list(Offer.objects.all()) == [published]
    assert AuditEvent.objects.filter(action="delete", object_id=draft.pk).exists()
    client.force_login(known.officer)
    assert client.post(reverse("offer_delete", args=[published.reference])).status_code == 403
