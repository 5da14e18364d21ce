"""Drafts: incomplete at any moment, never twice, never over somebody else's text."""

import uuid

import pytest

from accounts.errors import DomainError, IllegalStep, NotAllowed, StaleWrite
from accounts.models import AuditEvent
from requests_offers.actions import drafts, requests
from requests_offers.models import Component, CooperationRequest, MatchRun, Offer, OfferItem
from tests import factories as f
from tests import worlds
from tests.requests_offers import tables

pytestmark = pytest.mark.django_db


built, known = worlds.shared(f.everyone_known)


# Once and by whom -----------------------------------------------------------------------------------------------------


def test_the_same_form_posted_again_gives_the_same_record(known):
    key = uuid.uuid4()
    first = drafts.start_request(known.party, by=known.drafter, data={"title": "One"}, form_key=key)
    again = drafts.start_request(known.party, by=known.drafter, data={"title": "Two"}, form_key=key)
    assert (again.pk, CooperationRequest.objects.get().title) == (first.pk, "One")
    offer = drafts.start_offer(known.organization, by=known.provider, data={"title": "One"}, form_key=key)
    assert drafts.start_offer(known.organization, by=known.provider, data={}, form_key=key) == offer


def test_without_a_key_each_form_makes_its_own_record(known):
    made = {drafts.start_request(known.party, by=known.drafter, data={"title": "One"}).pk for _ in range(2)}
    assert len(made) == 2


def test_the_key_of_somebody_else_opens_nothing(known):
    key = uuid.uuid4()
    drafts.start_request(known.party, by=known.drafter, data={"title": "One"}, form_key=key)
    with pytest.raises(DomainError, match="Open a new one"):
        drafts.start_request(known.party, by=known.focal_point, data={"title": "Two"}, form_key=key)
    assert CooperationRequest.objects.count() == 1


def test_what_a_practice_party_or_organization_writes_is_an_example(known):
    for is_example in (True, False):
        known.party.is_example = known.organization.is_example = is_example
        made = drafts.start_request(known.party, by=known.drafter, data={"title": "One"})
        assert made.is_example is is_example
        assert drafts.start_offer(known.organization, by=known.provider, data={"title": "One"}).is_example is is_example


@pytest.mark.parametrize("person", ["officer", "head", "coordinator", "provider", "donor", "stranger"])
def test_only_the_office_writes_drafts_of_its_party(known, person):
    by, draft = getattr(known, person), f.draft_request(known.party)
    for act in (
        lambda: drafts.start_request(known.party, by=by, data={"title": "One"}),
        lambda: drafts.save_request(draft, by=by, data={"title": "One"}),
        lambda: drafts.delete_draft(draft, by=by),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotAllowed):
        drafts.start_request(f.party("TV"), by=known.focal_point, data={"title": "One"})
    assert CooperationRequest.objects.count() == 1


@pytest.mark.parametrize("person", ["officer", "focal_point", "coordinator", "donor", "stranger"])
def test_only_the_organization_writes_its_offers(known, person):
    by, offer = getattr(known, person), f.draft_offer(known.organization)
    for act in (
        lambda: drafts.start_offer(known.organization, by=by, data={"title": "One"}),
        lambda: drafts.save_offer(offer, by=by, data={"title": "One"}),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert Offer.objects.count() == 1


# Stale ----------------------------------------------------------------------------------------------------------------


def test_an_old_version_is_refused_and_nothing_is_overwritten(known):
    draft = f.draft_request(known.party)
    old = draft.version
    drafts.save_request(draft, by=known.focal_point, data={"summary": "Mine"}, version=old)
    before = tables.everything()
    with pytest.raises(StaleWrite, match="Somebody else has saved"):
        drafts.save_request(draft, by=known.drafter, data={"summary": "Yours", "components": []}, version=old)
    assert tables.everything() == before
    drafts.save_request(draft, by=known.drafter, data={"summary": "Ours"}, version=old + 1)


def test_an_old_version_of_an_offer_is_refused_too(known):
    offer = f.offer_in("published", known.organization)
    old = offer.version
    drafts.save_offer(offer, by=known.provider, data={"title": "Mine"}, version=old)
    before = tables.everything()
    with pytest.raises(StaleWrite):
        drafts.save_offer(offer, by=known.provider, data={"title": "Yours"}, version=old)
    assert tables.everything() == before


def test_a_step_taken_meanwhile_makes_the_version_old(known):
    draft = f.draft_request(known.party)
    old = draft.version
    requests.submit(draft, by=known.focal_point)
    requests.ask_clarification(draft, by=known.officer, text="Which?")
    with pytest.raises(StaleWrite):
        drafts.save_request(draft, by=known.drafter, data={"summary": "Late"}, version=old)


@pytest.mark.parametrize("state", ["submitted", "matching", "matched", "paused", "withdrawn", "refused"])
def test_what_was_submitted_is_not_edited(known, state):
    request = f.request_in(state, known.party)
    with pytest.raises(IllegalStep):
        drafts.save_request(request, by=known.focal_point, data={"title": "Another"})


def test_while_a_question_is_open_the_office_may_mend_the_text(known):
    request = f.request_in("clarification", known.party)
    drafts.save_request(request, by=known.drafter, data={"summary": "Clearer"})
    assert CooperationRequest.objects.get().summary == "Clearer"


# Components -----------------------------------------------------------------------------------------------------------


def test_needs_are_added_changed_and_deleted_by_their_number(known):
    draft = f.draft_request(known.party, needs=[f.need(title="A"), f.need(title="B"), f.need(title="C")])
    rows = [{"number": 3, "title": "C2", "targets": [f.target(1), f.target(11)]}, {"number": 1}, f.need(title="D")]
    drafts.save_request(draft, by=known.drafter, data={"components": rows})
    found = {row.number: row for row in draft.components.all()}
    assert {number: row.title for number, row in found.items()} == {1: "A", 3: "C2", 4: "D"}
    assert {target.number for target in found[3].targets.all()} == {1, 11}
    assert {target.number for target in found[1].targets.all()} == {6}
    assert found[1].text == f.need()["text"]


def test_saving_without_needs_leaves_them_and_an_empty_list_takes_them_away(known):
    draft = f.draft_request(known.party)
    drafts.save_request(draft, by=known.drafter, data={"title": "New"})
    assert draft.components.count() == 1
    drafts.save_request(draft, by=known.drafter, data={"components": []})
    assert draft.components.count() == 0


def test_a_number_that_is_not_there_makes_a_new_need(known):
    draft = f.draft_request(known.party)
    drafts.save_request(draft, by=known.drafter, data={"components": [f.need(title="New") | {"number": 77}]})
    assert [(row.number, row.title) for row in draft.components.all()] == [(1, "New")]


def test_twenty_needs_are_enough_for_one_request(known):
    draft = f.draft_request(known.party, needs=[f.need()] * drafts.MOST_COMPONENTS)
    before = tables.everything()
    with pytest.raises(DomainError, match="at most 20 needs"):
        drafts.save_request(draft, by=known.drafter, data={"components": [f.need()] * 21})
    assert tables.everything() == before


def test_a_need_for_which_offers_were_considered_is_not_deleted_with_its_history(known):
    request = f.request_in("matching", known.party)
    match = f.match_in("agreed", component=request.components.get())
    f.engagement_in("ended_early", match=match)
    requests.answer_directly(request, by=known.officer, text="Read this.")
    requests.reopen(request, by=known.focal_point, text="Not enough.")
    requests.ask_clarification(request, by=known.officer, text="Why?")
    with pytest.raises(DomainError, match="stays in the request"):
        drafts.save_request(request, by=known.drafter, data={"components": []})
    assert Component.objects.count() == 1


def test_other_fields_and_lists_are_saved(known):
    draft = f.draft_request(known.party)
    data = {
        "visibility": "restricted", "own_means": "Two people", "contact": "Ana", "consent_required": True,
        "language": "fr", "co_parties": [f.party("TV")], "constraints_addressed": [f.constraint()],
    }  # fmt: skip
    drafts.save_request(draft, by=known.drafter, data=data)
    draft = CooperationRequest.objects.get()
    assert {name: getattr(draft, name) for name in list(data)[:5]} == {name: data[name] for name in list(data)[:5]}
    assert [party.iso2 for party in draft.co_parties.all()] == ["TV"]
    assert draft.constraints_addressed.count() == 1


def test_what_nobody_may_set_through_a_form_is_left_alone(known):
    draft = f.draft_request(known.party)
    data = {"status": "matching", "party": f.party("TV"), "centre": known.centre, "version": 99, "is_example": True}
    drafts.save_request(draft, by=known.drafter, data=data)
    draft = CooperationRequest.objects.get()
    assert (draft.status, draft.party, draft.centre, draft.is_example) == ("draft", known.party, None, False)
    offer = f.draft_offer(known.organization)
    drafts.save_offer(offer, by=known.provider, data={"status": "published", "places_taken": 9, "match_revision": 9})
    assert (Offer.objects.get().status, Offer.objects.get().places_taken) == ("draft", 0)


# Deleting and mending -------------------------------------------------------------------------------------------------


def test_the_office_throws_a_draft_away_and_the_drafter_does_not(known):
    draft = f.draft_request(known.party)
    with pytest.raises(NotAllowed):
        drafts.delete_draft(draft, by=known.drafter)
    number = draft.pk
    drafts.delete_draft(draft, by=known.deputy)
    assert not CooperationRequest.objects.exists()
    assert AuditEvent.objects.filter(action="delete", object_id=number, before="draft").count() == 1


def test_what_was_ever_submitted_is_withdrawn_and_not_deleted(known):
    with pytest.raises(IllegalStep, match="Withdraw the request instead"):
        drafts.delete_draft(f.request_in("submitted", known.party), by=known.focal_point)


def test_the_centre_mends_a_need_in_matching_and_it_is_scored_again(known):
    request = f.request_in("matching", known.party)
    MatchRun.objects.all().delete()
    component = request.components.get()
    drafts.edit_need(component, by=known.officer, data={"targets": [f.target(11)], "languages": ["fr"]})
    assert [target.number for target in component.targets.all()] == [11]
    assert [run.cause for run in MatchRun.objects.all()] == ["need changed"]
    for by in (known.focal_point, known.provider, known.coordinator):
        with pytest.raises(NotAllowed):
            drafts.edit_need(component, by=by, data={"title": "Other"})


@pytest.mark.parametrize("state", ["submitted", "paused", "matched", "withdrawn"])
def test_out_of_the_search_a_need_is_not_mended(known, state):
    request = f.request_in(state, known.party)
    with pytest.raises(IllegalStep):
        drafts.edit_need(request.components.get(), by=known.officer, data={"title": "Other"})


def test_the_items_of_an_offer_are_replaced(known):
    offer = f.draft_offer(known.organization, items=[{"text": "One", "language": "en"}] * 2)
    drafts.save_offer(offer, by=known.provider, data={"items": [{"text": "Three", "language": "fr"}]})
    assert [(item.text, item.language) for item in OfferItem.objects.all()] == [("Three", "fr")]
    assert "three" not in Offer.objects.get().search_text
