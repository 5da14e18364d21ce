"""Allocation rounds: offered for many needs only, computed by the worker, applied once or not at all."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, Notice
from accounts.models.job import Job
from accounts.permissions import Permission, reach
from requests_offers.actions import matches, offers, rounds
from requests_offers.models import AllocationRound, Component, Match, MatchWeights, Offer
from requests_offers.models.round import RoundStatus
from requests_offers.wording.rounds import CHANGES, FIGURES, METHODS, why_skipped
from tests import factories as f

pytestmark = pytest.mark.django_db


def many_needs(office=None, count=11):
    """A request in matching with that many needs; all but the first are written in one go."""
    made = f.request_in("matching", office or f.party("FJ"))
    others = [Component(request=made, number=number, title=f"Need {number}") for number in range(2, count + 1)]
    Component.objects.bulk_create(others)
    return list(made.components.order_by("number"))


def suggested(component, *offers, scores=(0.8, 0.6, 0.4)):
    return [
        f.suggest(component, offer, score=score, rank=rank)
        for rank, (offer, score) in enumerate(zip(offers, scores, strict=False), start=1)
    ]


@pytest.fixture
def scarce():
    """Fiji (a small island) and Chad have 22 needs; the first two of each would like the same offer with one place."""
    one, two = f.offer_in("published", capacity=1), f.offer_in("published", capacity=9, title="Traps and nets")
    fiji, chad = many_needs(f.party("FJ")), many_needs(f.party("FR"))
    suggested(fiji[0], one, two)
    suggested(fiji[1], one)
    suggested(chad[0], one, two, scores=(0.9, 0.2))
    return one, two, fiji, chad


def computed(made):
    rounds.perform_round(made.pk)
    made.refresh_from_db()
    assert made.status == RoundStatus.READY, made.error
    return made


def ready(centre=None, by=None):
    return computed(rounds.start(centre, by=by or f.coordinator()))


# Starting -------------------------------------------------------------------------------------------------------------


def test_a_round_is_not_offered_for_twenty_needs_but_for_twenty_one():
    many_needs(count=20)
    with pytest.raises(DomainError, match="more than 20 needs are open; now there are 20"):
        rounds.start(None, by=f.coordinator())
    f.request_in("matching", f.party("TV"))
    assert rounds.start(None, by=f.coordinator()).status == RoundStatus.COMPUTING


def test_needs_that_have_their_partner_or_are_not_in_matching_do_not_count():
    components = many_needs(count=3)
    f.match_in("offered", component=components[0])
    f.match_in("agreed", component=components[1])
    f.request_in("submitted", f.party("TV"))
    assert [need.pk for need in rounds.open_needs(None)] == [components[2].pk]


def test_a_need_that_wants_two_partners_stays_open_for_the_second():
    component = f.request_in("matching", needs=[f.need(partners_wanted=2)]).components.get()
    f.match_in("offered", component=component)
    assert [(need.pk, need.held) for need in rounds.open_needs(None)] == [(component.pk, 1)]


def test_work_that_ended_early_opens_the_need_again():
    match = f.match_in("agreed")
    f.engagement_in("ended_early", match=match)
    assert rounds.open_needs(None).get().held == 0


def test_a_head_runs_rounds_of_the_own_centre_only(scarce):
    fiji, france = f.centre_serving(f.party("FJ")), f.centre_serving(f.party("FR"))
    many_needs(f.party("FJ"))
    made = rounds.start(fiji, by=f.head_of(fiji))
    assert len(made.inputs["components"]) == 22
    for elsewhere in (france, None):
        with pytest.raises(NotAllowed):
            rounds.start(elsewhere, by=f.head_of(fiji))


def test_one_round_at_a_time_in_each_scope(scarce):
    made = ready()
    with pytest.raises(DomainError, match="waits for a decision"):
        rounds.start(None, by=f.coordinator())
    rounds.discard(made, by=f.coordinator())
    assert rounds.start(None, by=f.coordinator()).pk != made.pk


# Computing ------------------------------------------------------------------------------------------------------------


def test_the_round_serves_everybody_where_the_best_pair_first_leaves_one_with_nothing(scarce):
    one, two, fiji, france = scarce
    found = ready()
    chosen = {(pair[0], pair[1]) for pair in found.assignment()["pairs"]}
    assert chosen == {(fiji[0].pk, two.pk), (fiji[1].pk, one.pk), (france[0].pk, two.pk)}
    assert set(found.result["methods"]) == set(METHODS)
    assert found.assignment("greedy")["figures"]["served"] < found.assignment()["figures"]["served"] == 3


def test_the_inputs_are_frozen_and_the_alternates_kept(scarce):
    one, two, fiji, france = scarce
    found = ready()
    assert found.inputs["components"] == sorted(need.pk for need in [*fiji, *france])
    assert (found.inputs["offers"], found.inputs["weights"]) == (sorted([one.pk, two.pk]), 1)
    assert [row[1] for row in found.assignment()["alternates"][str(fiji[0].pk)]] == [one.pk]
    assert found.result["priority"] == sorted(need.pk for need in fiji)


def test_what_is_agreed_or_offered_stays_and_uses_up_its_place(scarce):
    one, _two, fiji, _france = scarce
    held = f.match_in("offered", component=fiji[2], offer=one)
    found = ready()
    assert not [pair for pair in found.assignment()["pairs"] if pair[1] == one.pk]
    rounds.apply(found, by=f.coordinator())
    held.refresh_from_db()
    assert held.status == "offered"


def test_a_round_is_computed_once_however_often_the_task_runs(scarce):
    made = ready()
    rounds.perform_round(made.pk)
    made.refresh_from_db()
    assert (made.attempt, made.state) == (1, Job.State.DONE)


def test_a_round_discarded_before_the_worker_came_stays_discarded(scarce):
    made = rounds.start(None, by=f.coordinator())
    rounds.discard(made, by=f.coordinator())
    rounds.perform_round(made.pk)
    made.refresh_from_db()
    assert (made.status, made.state, made.result) == (RoundStatus.DISCARDED, Job.State.DONE, {})


def test_needs_without_any_suggestion_give_an_empty_round():
    many_needs(count=20)
    many_needs(f.party("TV"), count=2)
    found = ready()
    assert found.assignment()["pairs"] == []
    assert rounds.apply(found, by=f.coordinator()).outcome == {"shortlisted": [], "already": [], "skipped": []}


def test_computing_takes_the_same_number_of_queries_for_more_needs(scarce):
    with CaptureQueriesContext(connection) as few:
        rounds.compute(None)
    many_needs(f.party("TV"), count=5)
    suggested(f.request_in("matching", f.party("TD")).components.get(), *scarce[:2])
    with CaptureQueriesContext(connection) as many:
        rounds.compute(None)
    assert len(few) == len(many)


# Deciding -------------------------------------------------------------------------------------------------------------


def test_applying_shortlists_every_pair_with_a_trace_and_tells_each_centre_once(scarce):
    coordinator = f.coordinator()
    officers = [f.officer_of(f.centre_serving(f.party(code))) for code in ("FJ", "FR")]
    Notice.objects.all().delete()
    found = rounds.apply(ready(), by=coordinator)
    shortlisted = Match.objects.filter(status="shortlisted")
    assert sorted(found.outcome["shortlisted"]) == sorted(shortlisted.values_list("pk", flat=True))
    assert (found.status, found.method, found.decided_by) == (RoundStatus.APPLIED, "flow", coordinator)
    assert AuditEvent.objects.filter(action="shortlist", actor=coordinator).count() == 3
    assert AuditEvent.objects.get(action="round_applied").details["shortlisted"] == 3
    assert set(Notice.objects.values_list("recipient", flat=True)) == {officer.pk for officer in officers}
    assert Offer.objects.filter(places_taken__gt=0).count() == 0


def test_a_head_applies_the_round_of_the_own_centre(scarce):
    fiji = f.centre_serving(f.party("FJ"))
    many_needs(f.party("FJ"))
    found = rounds.apply(ready(fiji, by=f.head_of(fiji)), by=f.head_of(fiji))
    assert len(found.outcome["shortlisted"]) == 2
    assert not Match.objects.filter(status="shortlisted").exclude(component__request__centre=fiji).exists()


def test_pairs_that_have_become_impossible_are_left_out_and_named(scarce):
    _one, two, fiji, france = scarce
    found = ready()
    matches.drop(Match.objects.get(component=fiji[0], offer=two), by=f.officer_of(f.centre_serving(f.party("FJ"))))
    matches.shortlist(Match.objects.get(component=fiji[1]), by=f.officer_of(f.centre_serving(f.party("FJ"))))
    Match.objects.filter(component=france[0], offer=two).delete()
    outcome = rounds.apply(found, by=f.coordinator()).outcome
    assert (outcome["shortlisted"], len(outcome["already"])) == ([], 1)
    assert outcome["skipped"] == [
        {"component": fiji[0].pk, "offer": two.pk, "why": "dropped"},
        {"component": france[0].pk, "offer": two.pk, "why": "gone"},
    ]


def test_an_offer_that_ran_out_today_is_left_out(scarce):
    found = ready()
    Offer.objects.filter(pk=scarce[1].pk).update(expires_on=timezone.now().date() - timedelta(days=1))
    outcome = rounds.apply(found, by=f.coordinator()).outcome
    assert [row["why"] for row in outcome["skipped"]] == ["offer_closed", "offer_closed"]
    assert len(outcome["shortlisted"]) == 1


def test_another_method_can_be_applied_but_none_that_was_not_compared(scarce):
    found = ready()
    with pytest.raises(DomainError, match="methods"):
        rounds.apply(found, by=f.coordinator(), method="dice")
    assert rounds.apply(AllocationRound.objects.get(), by=f.coordinator(), method="greedy").method == "greedy"


CHANGED = {
    "supply": lambda one, two, fiji, france: offers.pause(one, by=f.provider_of(one.organization)),
    "needs": lambda one, two, fiji, france: f.match_in("offered", component=fiji[4], offer=two),
    "weights": lambda *_: f.weights(text=0.5),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_round_that_was_overtaken_changes_nothing_and_can_be_computed_anew(scarce, name):
    found = ready()
    assert rounds.changes_since(found) == []
    CHANGED[name](*scarce)
    assert name in rounds.changes_since(found)
    assert rounds.apply(found, by=f.coordinator()).status == RoundStatus.STALE
    assert not Match.objects.filter(status="shortlisted").exists()
    again = computed(rounds.recompute(found, by=f.coordinator()))
    assert (again.pk != found.pk, rounds.changes_since(again)) == (True, [])
    assert rounds.apply(again, by=f.coordinator()).status == RoundStatus.APPLIED


def test_a_round_that_failed_can_be_computed_anew(scarce):
    made = rounds.start(None, by=f.coordinator())
    AllocationRound.objects.filter(pk=made.pk).update(state=Job.State.FAILED)
    assert rounds.recompute(AllocationRound.objects.get(), by=f.coordinator()).status == RoundStatus.COMPUTING
    made.refresh_from_db()
    assert made.status == RoundStatus.STALE


@pytest.mark.parametrize("step", [rounds.apply, rounds.discard, rounds.recompute])
def test_what_is_decided_is_decided(scarce, step):
    found = ready()
    rounds.apply(found, by=f.coordinator())
    with pytest.raises(IllegalStep, match="“Applied”"):
        step(found, by=f.coordinator())


@pytest.mark.parametrize("step", [rounds.apply, rounds.recompute])
def test_a_round_that_is_still_computed_cannot_be_decided(scarce, step):
    with pytest.raises(IllegalStep):
        step(rounds.start(None, by=f.coordinator()), by=f.coordinator())


def test_the_actions_themselves_ask_for_the_right(scarce):
    found, known = ready(), f.everyone_known()
    for step in (rounds.apply, rounds.discard, rounds.recompute):
        for name in ("officer", "head", "focal_point", "provider", "donor", "stranger"):
            with pytest.raises(NotAllowed):
                step(found, by=getattr(known, name))


def together(*acts):
    """Run these at the same moment; what each answered."""
    barrier, answers = threading.Barrier(len(acts)), []

    def run(act):
        try:
            barrier.wait(5)
            answers.append(act())
        except DomainError as error:
            answers.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.mark.django_db(transaction=True)
def test_of_two_who_apply_at_once_one_wins(scarce):
    found, coordinator = ready(), f.coordinator()

    def act():
        return rounds.apply(AllocationRound.objects.get(pk=found.pk), by=coordinator).status

    assert sorted(together(act, act)) == ["IllegalStep", "applied"]
    assert AuditEvent.objects.filter(action="shortlist").count() == 3


@pytest.mark.django_db(transaction=True)
def test_of_two_who_start_at_once_one_wins(scarce):
    coordinator = f.coordinator()
    answers = together(*[lambda: rounds.start(None, by=coordinator).status] * 2)
    assert sorted(answers) == ["DomainError", "computing"]
    assert AllocationRound.objects.count() == 1


# What may never be ----------------------------------------------------------------------------------------------------


def broken(**fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        AllocationRound.objects.create(**fields)


def test_the_database_refuses_rounds_that_make_no_sense():
    broken(status="dreamt")
    broken(status=RoundStatus.APPLIED)
    broken(decided_at=timezone.now())
    centre = f.centre(f.party("FJ"))
    AllocationRound.objects.create()
    AllocationRound.objects.create(centre=centre)
    broken(status=RoundStatus.READY)
    broken(centre=centre)
    AllocationRound.objects.create(status=RoundStatus.STALE)


# Words ----------------------------------------------------------------------------------------------------------------


def test_every_method_figure_and_change_has_its_words(scarce):
    found = ready()
    assert set(METHODS) == set(rounds.METHODS)
    assert {name for name, *_ in FIGURES} <= set(found.assignment()["figures"])
    assert set(CHANGES) <= set(found.inputs)


@given(st.text(max_size=20))
def test_any_reason_has_words(code):
    assert why_skipped(code)


# Pages ----------------------------------------------------------------------------------------------------------------

PEOPLE = ["focal_point", "deputy", "drafter", "officer", "head", "provider", "donor", "coordinator", "stranger"]
PAGES = ["round_detail", "round_compare"]
STEPS = ["apply", "discard", "recompute"]


@pytest.mark.parametrize("name", PEOPLE)
def test_who_sees_and_does_what(client, scarce, name):
    """The network's round is the coordinator's; a head has the list for the own centre, the others have nothing."""
    found, person = ready(), getattr(f.everyone_known(), name)
    client.force_login(person)
    listed = client.get(reverse("round_list")).status_code
    pages = {client.get(reverse(page, args=[found.pk])).status_code for page in PAGES}
    steps = {client.post(reverse("round_step", args=[found.pk, step])).status_code for step in STEPS[:1]}
    expected = {"coordinator": (200, {200}, {302}), "head": (200, {404}, {404})}.get(name, (403, {404}, {404}))
    assert (listed, pages, steps) == expected
    assert (AllocationRound.objects.get().status == RoundStatus.APPLIED) == (name == "coordinator")


def test_both_readers_of_the_right_agree(scarce):
    fiji, france = f.centre_serving(f.party("FJ")), f.centre_serving(f.party("FR"))
    rows = [AllocationRound.objects.create(centre=centre) for centre in (None, fiji, france)]
    people = [f.coordinator(), f.head_of(fiji), f.head_of(france), f.officer_of(fiji), f.user()]
    for person in people:
        covered = [row for row in rows if reach(person, Permission.ROUND_RUN).covers(row)]
        assert list(AllocationRound.objects.visible_to(person).order_by("pk")) == covered
    assert [len(AllocationRound.objects.visible_to(person)) for person in people] == [3, 1, 1, 0, 0]


def test_who_is_not_signed_in_is_sent_to_sign_in(client):
    assert client.get(reverse("round_list")).status_code == 302
    assert client.get(reverse("round_detail", args=[1])).status_code == 302


@pytest.fixture
def coordinator(client):
    person = f.coordinator()
    client.force_login(person)
    return person


def test_with_few_needs_the_page_says_so_and_has_no_button(client, coordinator):
    many_needs(count=2)
    page = client.get(reverse("round_list")).content.decode()
    assert "A round helps when more than 20 needs are open; now there are 2." in page
    assert "Start a round</button>" not in page
    answer = client.post(reverse("round_list"), {"scope": "network"}, follow=True)
    assert "more than 20" in answer.content.decode() or answer.redirect_chain
    assert not AllocationRound.objects.exists()


def test_the_whole_way_from_start_to_short_lists(client, coordinator, scarce):
    answer = client.post(reverse("round_list"), {"scope": "network"})
    found = AllocationRound.objects.get()
    assert answer.url == reverse("round_detail", args=[found.pk])
    assert "The worker computes the round" in client.get(answer.url).content.decode()
    computed(found)
    page = client.get(answer.url).content.decode()
    assert "Put 3 offers on the short lists" in page
    assert "19 get none" in page
    compared = client.get(reverse("round_compare", args=[found.pk])).content.decode()
    assert "Best pairs first" in compared
    applied = client.post(reverse("round_step", args=[found.pk, "apply"]), {"method": "flow"}, follow=True)
    assert "3 offers were put on short lists." in applied.content.decode()


def test_the_page_shows_the_assignment_of_the_method_that_is_chosen(client, coordinator, scarce):
    found = ready()
    assert 'name="method" value="greedy"' in client.get(found_url(found) + "?method=greedy").content.decode()
    assert client.get(found_url(found) + "?method=dice").status_code == 404


def found_url(found):
    return reverse("round_detail", args=[found.pk])


def test_an_overtaken_round_offers_to_compute_anew_instead_of_applying(client, coordinator, scarce):
    found = ready()
    f.weights(text=0.5)
    page = client.get(found_url(found)).content.decode()
    assert "The weights of the score have changed." in page
    assert reverse("round_step", args=[found.pk, "recompute"]) in page
    assert reverse("round_step", args=[found.pk, "apply"]) not in page
    answer = client.post(reverse("round_step", args=[found.pk, "apply"]), follow=True)
    assert "Nothing was applied" in answer.content.decode()
    answer = client.post(reverse("round_step", args=[found.pk, "recompute"]))
    assert answer.url == found_url(AllocationRound.objects.latest("pk"))
    assert MatchWeights.objects.count() == 1


def test_a_step_that_is_none_and_a_scope_that_is_not_ones_own_are_not_there(client, coordinator, scarce):
    found = ready()
    assert client.post(reverse("round_step", args=[found.pk, "publish"])).status_code == 404
    assert client.get(reverse("round_step", args=[found.pk, "apply"])).status_code == 405
    assert client.post(reverse("round_list"), {"scope": "elsewhere"}).status_code == 404
    assert client.get(reverse("round_detail", args=[2**62])).status_code == 404


def test_what_was_left_out_is_named_on_the_page(client, coordinator, scarce):
    found = ready()
    Match.objects.filter(component=scarce[3][0]).delete()
    rounds.apply(found, by=coordinator)
    assert "the offer is no longer suggested for this need" in client.get(found_url(found)).content.decode()


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_pages_ask_the_same_number_of_questions_for_one_pair_and_for_three(client, coordinator):
    offer = f.offer_in("published", capacity=9)
    components = [*many_needs(), *many_needs(f.party("FR"))]
    suggested(components[0], offer)
    first = ready()
    before = [queries_of(client, reverse(page, args=[first.pk])) for page in PAGES]
    listed = queries_of(client, reverse("round_list"))
    rounds.discard(first, by=coordinator)
    suggested(components[1], offer)
    suggested(components[12], offer)
    second = ready()
    assert [queries_of(client, reverse(page, args=[second.pk])) for page in PAGES] == before
    assert queries_of(client, reverse("round_list")) == listed
