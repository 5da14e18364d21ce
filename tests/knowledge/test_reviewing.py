"""A review round from assignment to changed records; questions that become public; practices that pass a review."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, Notice
from accounts.permissions import Role
from centres.helpdesk import actions as helpdesk
from knowledge.actions import practices, questions, reviewing
from knowledge.filters.compendium import PracticeFilter
from knowledge.lifecycle import PRACTICE_STEPS
from knowledge.models import AnsweredQuestion, Practice, ProposedChange, Source
from tests import factories as f
from tests.knowledge.compendium import practice_in, source_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    made = f.everyone_known()
    made.advisors = [f.member(Role.ADVISOR) for _number in range(3)]
    return made


def opened(people, sources, **more):
    words = {"title": "Weeds", "due_on": timezone.now().date() + timedelta(days=20), "guidance": "Look at targets."}
    return reviewing.open_round(by=people.coordinator, listed=sources, people=people.advisors, **words | more)


def test_three_advisors_over_twenty_sources_from_assignment_to_changed_records(people, client):
    sources = [source_in(name=f"Source {number:02}") for number in range(20)]
    made = opened(people, sources)
    shares = sorted(made.reviews.filter(advisor=person).count() for person in people.advisors)
    assert shares == [6, 7, 7]
    told = Notice.objects.filter(event__action="open_round")
    assert set(told.values_list("recipient", flat=True)) == {person.pk for person in people.advisors}
    f.target(15)
    for place, review in enumerate(made.reviews.order_by("pk").select_related("advisor", "source")):
        said = {0: {"verdict": "remove", "reason": "It is gone."}, 1: {"verdict": "keep"}}.get(place % 5)
        changes = {"owner": "University", "targets": ["6", "15"]}
        reviewing.answer(
            review, by=review.advisor, **said or {"verdict": "change", "reason": "Outdated.", "changes": changes}
        )
    proposals = ProposedChange.objects.order_by("pk")
    assert proposals.count() == 4 + 12 * 2
    client.force_login(people.coordinator)
    with pytest.raises(DomainError, match="Decide"):
        reviewing.close_round(made, by=people.coordinator)
    for proposal in proposals:
        applied = proposal.field != "targets"
        address = reverse("review_decide", args=[made.pk, proposal.pk])
        client.post(address, {"decision": "applied" if applied else "rejected", "note": "" if applied else "Too wide."})
    client.post(reverse("review_round_close", args=[made.pk]))
    made.refresh_from_db()
    assert not made.is_open
    rows = Source.objects.all()
    assert rows.filter(status="refused", reason="It is gone.").count() == 4
    assert rows.filter(status="published", owner="University").count() == 12
    assert rows.filter(targets__number=15).count() == 0
    assert rows.filter(status="published", checked_on=made.closed_at.date()).count() == 16
    changes = AuditEvent.objects.filter(object_type="knowledge.source", action="change")
    assert {event.details["review_round"] for event in changes} == {made.pk}
    decided = AuditEvent.objects.filter(object_type="knowledge.reviewround", action="decide")
    assert (decided.count(), decided.filter(reason="Too wide.").count()) == (28, 12)


def test_only_who_was_asked_answers_with_reasons_and_until_it_is_decided(people):
    made = opened(people, [source_in()])
    review = made.reviews.select_related("advisor").get()
    mine = review.advisor
    for other in (people.officer, people.coordinator, *[one for one in people.advisors if one != mine]):
        with pytest.raises(NotAllowed):
            reviewing.answer(review, by=other, verdict="keep")
    for said, fault in [
        ({"verdict": "remove"}, "reason"),
        ({"verdict": "change", "reason": "Why.", "changes": {"owner": "Museum"}}, "as it stands"),
        ({"verdict": "change", "reason": "Why.", "changes": {"status": "refused"}}, "cannot be changed"),
        ({"verdict": "perhaps"}, "kept, changed"),
    ]:
        with pytest.raises(DomainError, match=fault):
            reviewing.answer(review, by=mine, **said)
    reviewing.answer(review, by=mine, verdict="remove", reason="Gone.")
    reviewing.answer(review, by=mine, verdict="change", reason="Old.", changes={"owner": "University"})
    proposal = review.proposals.get()
    for person in (people.officer, mine):
        with pytest.raises(NotAllowed):
            reviewing.decide(proposal, by=person, decision="applied")
    reviewing.decide(proposal, by=people.coordinator, decision="rejected")
    with pytest.raises(IllegalStep):
        reviewing.answer(review, by=mine, verdict="keep")
    with pytest.raises(IllegalStep):
        reviewing.decide(proposal, by=people.coordinator, decision="applied")


def test_a_round_needs_advisors_listed_sources_and_a_day_to_come(people):
    source = source_in()
    for more in ({"due_on": timezone.now().date()}, {"opinions": 4}, {"title": " "}):
        with pytest.raises(DomainError):
            opened(people, [source], **more)
    with pytest.raises(DomainError):
        opened(people, [source_in("suggested")])
    with pytest.raises(DomainError):
        opened(people, [])
    made = opened(people, [source])
    with pytest.raises(DomainError, match="title already"):  # the form sent twice
        opened(people, [source])
    review = made.reviews.get()
    reviewing.answer(review, by=review.advisor, verdict="remove", reason="It is gone.")
    seen = review.proposals.get()
    reviewing.answer(review, by=review.advisor, verdict="keep")
    with pytest.raises(IllegalStep):  # what is on the coordinator's page is not what the advisor says now
        reviewing.decide(seen, by=people.coordinator, decision="applied")
    people.advisors = [people.officer]
    with pytest.raises(DomainError):
        opened(people, [source], title="Another")
    people.coordinator = people.head
    with pytest.raises(NotAllowed):
        opened(people, [source])


def test_advisors_are_reminded_once_some_days_before(people):
    made = opened(people, [source_in(), source_in(), source_in()], opinions=1)
    done = made.reviews.select_related("advisor").order_by("pk").first()
    reviewing.answer(done, by=done.advisor, verdict="keep")
    now = timezone.now()
    assert reviewing.remind(now + timedelta(days=10)) == 0
    assert reviewing.remind(now + timedelta(days=16)) == 2
    assert reviewing.remind(now + timedelta(days=17)) == 0
    told = Notice.objects.filter(event__action="remind").values_list("recipient", flat=True)
    assert set(told) == {person.pk for person in people.advisors} - {done.advisor.pk}


# Questions ------------------------------------------------------------------------------------------------------------


def test_a_question_is_public_only_once_answered_and_names_nobody(people, client):
    client.force_login(people.stranger)
    page = client.post(reverse("question_new"), {"subject": "Names", "text": "Where are names of fishes?"})
    ticket = people.stranger.tickets.get()
    assert (page.status_code, ticket.kind) == (302, "knowledge")
    words = {"question": "Where are names of fishes?", "answer": "In a register."}
    with pytest.raises(IllegalStep):
        questions.publish_answer(ticket, by=people.coordinator, **words)
    helpdesk.reply(ticket, by=people.coordinator, text="In a register.")
    for text in ("Ask Stranger.", "Write to a@example.org.", "Call +679 330 1234."):
        with pytest.raises(DomainError, match="Leave out"):
            questions.publish_answer(ticket, by=people.coordinator, **words | {"answer": text})
    with pytest.raises(NotAllowed):
        questions.publish_answer(ticket, by=people.officer, **words)
    source = source_in()
    client.force_login(people.coordinator)
    said = words | {"language": "en", "sources": source.reference.lower()}
    client.post(reverse("question_publish", args=[ticket.reference]), said)
    made = AnsweredQuestion.objects.get()
    assert list(made.sources.all()) == [source]
    client.logout()
    assert "In a register." in client.get(made.get_absolute_url()).content.decode()
    assert "names of fishes" in client.get(reverse("question_list"), {"search": "FISHES"}).content.decode()
    questions.withdraw_answer(made, by=people.coordinator)
    assert client.get(made.get_absolute_url()).status_code == 404


# Practices ------------------------------------------------------------------------------------------------------------


def test_every_state_and_role_of_a_practice(people):
    may = {"submit": {"focal_point", "officer", "coordinator"}, "publish": {"officer", "coordinator"}}
    may["return_for_changes"] = may["publish"]
    for state in ("draft", "in_review", "published"):
        for name, step in PRACTICE_STEPS.items():
            for role in ("stranger", "donor", "focal_point", "officer", "coordinator"):
                practice = practice_in(state, party=people.party, centre=people.centre)
                more = {"text": "Shorter."} if step.asks else {}
                act, by = practices.STEPS[name], getattr(people, role)
                if role not in may[name]:
                    with pytest.raises(NotAllowed):
                        act(practice, by=by, **more)
                elif state not in step.sources:
                    with pytest.raises(IllegalStep):
                        act(practice, by=by, **more)
                else:
                    assert act(practice, by=by, **more).status == step.target


def test_drafts_are_seen_by_their_writers_and_reviewers_see_what_was_sent(people):
    made = {
        state: practice_in(state, party=people.party, centre=people.centre)
        for state in ("draft", "in_review", "published")
    }
    others = f.officer_of(f.centre(f.party("TD"), name="Other"))
    readers = {"office": people.focal_point, "officer": people.officer, "other": others, "donor": people.donor}
    seen = {
        name: {state for state, one in made.items() if Practice.objects.visible_to(person).filter(pk=one.pk).exists()}
        for name, person in readers.items()
    }
    everything = {"draft", "in_review", "published"}
    assert seen == {"office": everything, "officer": everything, "other": {"published"}, "donor": {"published"}}
    practice = practice_in(constraints=[f.constraint("governance")], targets=[f.target(11)])
    for query in ({"constraint": "governance"}, {"target": "11"}, {"search": practice.reference}):
        assert list(PracticeFilter(query, queryset=Practice.objects.published()).qs) == [practice]
    with pytest.raises(DomainError):
        practices.submit(practice_in("draft", summary=""), by=None)
