"""The helpdesk: anybody signed in asks, the coordinator answers or hands on, and nobody else reads it."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, Membership, Notice
from centres.helpdesk import actions
from centres.helpdesk.lifecycle import ASKER, COORDINATOR, HELPDESK, STEPS
from centres.helpdesk.views import uncovered_parties
from centres.models import Coverage, Hosting, Party, Ticket, TicketMessage
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db


built, people = worlds.shared(f.everyone_known)


def asked(by, **fields):
    said = {"subject": "How do we begin?", "text": "We have no centre.", "kind": "question"}
    return actions.ask(by=by, **said | fields)


def in_state(state, people, centre=None):
    """A ticket of the stranger in a state, with the centre if told so."""
    ticket = asked(people.stranger)
    if centre:
        ticket = actions.hand_over(ticket, centre=centre, reason="They know", by=people.coordinator)
    if state in {"waiting", "solved"}:
        ticket = actions.reply(ticket, text="Like this.", by=people.coordinator)
    if state == "solved":
        ticket = actions.solve(ticket, by=people.stranger)
    assert ticket.status == state
    return ticket


SAID = {
    "take_on": {},
    "reply": {"text": "Like this."},
    "note": {"text": "Ask the lawyers."},
    "write": {"text": "And then?"},
    "hand_over": {"reason": "They know"},
    "give_back": {"reason": "Not ours"},
    "solve": {},
}
PARTS = {
    "stranger": {ASKER},
    "coordinator": {HELPDESK, COORDINATOR},
    "officer": {HELPDESK},
    "focal_point": set(),
    "provider": set(),
    "advisor": set(),
}


@pytest.mark.parametrize("state", Ticket.Status.values)
@pytest.mark.parametrize("name", STEPS)
def test_every_step_in_every_state_by_everybody(people, name, state):
    people.advisor = f.advisor()
    for who, parts in PARTS.items():
        step, by, ticket = STEPS[name], getattr(people, who), in_state(state, people, centre=people.centre)
        said = SAID[name] | ({"centre": f.centre()} if name == "hand_over" else {})
        last = AuditEvent.objects.order_by("pk").last()
        if step.who & parts and state in step.sources:
            moved = actions.ACTS[name](ticket, by=by, **said)
            assert moved.status == (step.target or state)
            event = AuditEvent.objects.filter(pk__gt=last.pk).get()
            assert (event.action, event.actor, event.before, event.after) == (name, by, state, moved.status)
        else:
            with pytest.raises(IllegalStep if step.who & parts else NotAllowed):
                actions.ACTS[name](ticket, by=by, **said)
            assert AuditEvent.objects.order_by("pk").last() == last


def test_the_buttons_are_the_steps_of_the_table(people):
    for state in Ticket.Status.values:
        ticket = in_state(state, people, centre=people.centre)
        for who, parts in PARTS.items():
            by = f.advisor() if who == "advisor" else getattr(people, who)
            shown = {step.name for step in actions.open_steps(ticket, by)}
            assert shown == {step.name for step in STEPS.values() if step.who & parts and state in step.sources}


def test_the_same_form_sent_fifty_times_makes_one_ticket(people):
    key = uuid4()
    assert len({asked(people.stranger, form_key=key).pk for _ in range(50)}) == 1
    assert Ticket.objects.count() == 1
    assert Notice.objects.filter(kind="ticket_ask").count() == 1


def test_a_form_key_of_somebody_else_shows_nothing(people):
    asked(people.stranger, form_key=(key := uuid4()))
    with pytest.raises(IntegrityError), transaction.atomic():
        asked(people.provider, form_key=key)


@pytest.mark.parametrize("empty", [{"subject": " "}, {"text": "\n"}])
def test_a_question_has_words(people, empty):
    with pytest.raises(DomainError):
        asked(people.stranger, **empty)


def test_the_coordinator_has_ten_working_days_of_montreal(people):
    with time_machine.travel(datetime(2026, 11, 21, 2, 0, tzinfo=UTC), tick=False):  # Friday evening in Montreal
        assert asked(people.stranger).due_on == date(2026, 12, 4)


def test_a_centre_has_ten_working_days_of_its_own_seat(people):
    Membership.objects.update(starts_on=date(2026, 1, 1))
    tonga = f.party(time_zone="Pacific/Tongatapu")
    Hosting.objects.filter(centre=people.centre).update(organization=f.organization(tonga))
    with time_machine.travel(datetime(2026, 11, 20, 12, 0, tzinfo=UTC), tick=False):  # Saturday in Tonga
        handed = actions.hand_over(
            asked(people.stranger), centre=people.centre, reason="They know", by=people.coordinator
        )
    assert handed.due_on == date(2026, 12, 4)


# Who is told and who reads --------------------------------------------------------------------------------------------


def told(kind):
    return {notice.recipient for notice in Notice.objects.filter(kind=kind)}


def test_those_concerned_are_told_and_nobody_else(people):
    ticket = asked(people.stranger)
    assert told("ticket_ask") == {people.coordinator}
    actions.hand_over(ticket, centre=people.centre, reason="They know", by=people.coordinator)
    assert told("ticket_hand_over") == {people.officer, people.head}
    actions.reply(ticket, text="Like this.", by=people.officer)
    assert told("ticket_reply") == {people.stranger}
    actions.write(ticket, text="And then?", by=people.stranger)
    assert told("ticket_write") == {people.officer}


def test_an_internal_note_is_read_by_those_who_answer_only(client, people):
    ticket = asked(people.stranger)
    actions.note(ticket, text="Ask the lawyers.", by=people.coordinator)
    client.force_login(people.coordinator)
    assert "Ask the lawyers." in client.get(ticket.get_absolute_url()).content.decode()
    client.force_login(people.stranger)
    assert "Ask the lawyers." not in client.get(ticket.get_absolute_url()).content.decode()
    assert not Notice.objects.filter(text__contains="lawyers").exists()


def test_the_reason_of_a_hand_over_stays_among_those_who_answer(client, people):
    ticket = asked(people.stranger)
    actions.hand_over(ticket, centre=people.centre, reason="She always asks us", by=people.coordinator)
    client.force_login(people.stranger)
    assert "always asks" not in client.get(ticket.get_absolute_url()).content.decode()


def test_a_ticket_is_not_there_for_others(client, people):
    ticket = asked(people.stranger)
    for who in ("officer", "head", "focal_point", "provider", "donor"):
        client.force_login(getattr(people, who))
        assert client.get(ticket.get_absolute_url()).status_code == 404
        assert client.post(reverse("ticket_step", args=[ticket.reference, "solve"])).status_code == 404
    actions.hand_over(ticket, centre=people.centre, reason="They know", by=people.coordinator)
    client.force_login(people.officer)
    assert client.get(ticket.get_absolute_url()).status_code == 200


def test_the_audit_trail_holds_nobodys_words(people):
    ticket = asked(people.stranger, text="My secret number")
    actions.write(ticket, text="My other secret", by=people.stranger)
    assert AuditEvent.objects.filter(object_type="centres.ticket").count() == 2
    assert not AuditEvent.objects.filter(details__icontains="secret").exists()


def test_an_internal_message_of_the_asker_cannot_be_stored(people):
    with pytest.raises(IntegrityError), transaction.atomic():
        TicketMessage.objects.create(ticket=asked(people.stranger), text="x", is_from_asker=True, is_internal=True)


def test_an_open_ticket_without_a_day_cannot_be_stored(people):
    ticket = asked(people.stranger)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(due_on=None)


# Pages ----------------------------------------------------------------------------------------------------------------


def test_anybody_reads_what_the_helpdesk_does_and_signs_in_to_ask(client):
    page = client.get(reverse("helpdesk"))
    assert page.status_code == 200
    assert reverse("account_login") in page.content.decode()
    assert client.get(reverse("ticket_new")).status_code == 302


def test_somebody_asks_is_answered_and_says_that_it_is_solved(client, people):
    client.force_login(people.stranger)
    fields = {"kind": "question", "subject": "How do we begin?", "text": "We have no centre.", "form_key": uuid4()}
    page = client.post(reverse("ticket_new"), fields, follow=True)
    ticket = Ticket.objects.get()
    assert page.redirect_chain[-1][0] == ticket.get_absolute_url()
    client.force_login(people.coordinator)
    assert "How do we begin?" in client.get(reverse("helpdesk")).content.decode()
    reply = reverse("ticket_step", args=[ticket.reference, "reply"])
    assert 'role="alert"' in client.post(reply, {"reply-text": " "}).content.decode()
    client.post(reply, {"reply-text": "Claim your office first."})
    client.force_login(people.stranger)
    assert "Claim your office first." in client.get(ticket.get_absolute_url()).content.decode()
    client.post(reverse("ticket_step", args=[ticket.reference, "solve"]))
    ticket.refresh_from_db()
    assert ticket.status == "solved"
    assert (
        "is solved"
        in client.post(reverse("ticket_step", args=[ticket.reference, "solve"]), follow=True).content.decode()
    )


def test_a_ticket_is_handed_to_a_centre_on_its_page_and_given_back(client, people):
    ticket = asked(people.stranger)
    client.force_login(people.coordinator)
    address = reverse("ticket_step", args=[ticket.reference, "hand_over"])
    client.post(address, {"hand_over-centre": people.centre.pk, "hand_over-reason": "They know"})
    client.force_login(people.officer)
    client.post(reverse("ticket_step", args=[ticket.reference, "give_back"]), {"give_back-reason": "Not ours"})
    ticket.refresh_from_db()
    assert ticket.centre is None
    assert client.get(ticket.get_absolute_url()).status_code == 404


def test_a_wrong_address_is_not_there(client, people):
    client.force_login(people.coordinator)
    ticket = asked(people.stranger)
    for reference in ("TIC-000000", "TIC-1", "REQ-000001", "x" * 300, "TIC-999999999999"):
        assert client.get(reverse("ticket_detail", args=[reference])).status_code == 404
    assert client.post(reverse("ticket_step", args=[ticket.reference, "unknown"])).status_code == 404
    assert client.get(reverse("ticket_step", args=[ticket.reference, "solve"])).status_code == 405


def test_the_queue_is_sorted_by_due_day_and_filtered(client, people):
    late = asked(people.stranger, subject="Late one", kind="other")
    Ticket.objects.filter(pk=late.pk).update(due_on=date(2026, 1, 5))
    asked(people.stranger, subject="New one")
    waiting = actions.reply(asked(people.stranger, subject="Waiting one"), text="x", by=people.coordinator)
    actions.solve(asked(people.stranger, subject="Solved one"), by=people.stranger)
    client.force_login(people.coordinator)

    def shown(**said):
        return [ticket.subject for ticket in client.get(reverse("helpdesk"), said).context["page_obj"].object_list]

    assert shown() == ["Late one", "New one", "Waiting one"]
    assert shown(kind="other") == ["Late one"]
    assert shown(status="waiting") == [waiting.subject]
    assert len(shown(status="all")) == 4
    assert shown(kind="nonsense") == ["Late one", "New one", "Waiting one"]


def test_the_queue_asks_the_database_as_often_for_three_as_for_one(client, people, django_assert_num_queries):
    client.force_login(people.coordinator)
    client.get(reverse("helpdesk"))
    for more in (1, 2):
        for _ in range(more):
            actions.hand_over(asked(people.stranger), centre=people.centre, reason="x", by=people.coordinator)
        with django_assert_num_queries(12):
            client.get(reverse("helpdesk"))


def test_a_ticket_asks_the_database_as_often_for_three_messages_as_for_one(
    client, people, django_assert_max_num_queries
):
    ticket = asked(people.stranger)
    client.force_login(people.coordinator)
    client.get(ticket.get_absolute_url())
    for more in (1, 2):
        for _ in range(more):
            actions.note(ticket, text="x", by=people.coordinator)
        with django_assert_max_num_queries(10):
            client.get(ticket.get_absolute_url())


# Uncovered Parties ----------------------------------------------------------------------------------------------------


def test_the_list_of_uncovered_parties_is_what_a_walk_through_all_parties_finds(people):
    lonely, waiting = f.party(name_en="Lonely"), f.party(name_en="Waiting")
    f.centre(waiting, operating=False)
    retired = f.party(name_en="Retired coverage")
    f.centre(retired)
    Coverage.objects.filter(party=retired).update(retired_on=timezone.now().date())
    found = {party.pk: party.has_centre for party in uncovered_parties()}
    assert found[lonely.pk] is False
    assert found[waiting.pk] is True
    walk = {}
    for party in Party.objects.filter(retired_on__isnull=True):
        lines = [line for line in party.coverages.all() if line.retired_on is None and line.centre.retired_on is None]
        if not any(line.centre.operates for line in lines):
            walk[party.pk] = bool(lines)
    assert found == walk
    assert people.party.pk not in found


def test_only_the_coordinator_sees_the_uncovered_parties(client, people):
    f.party(name_en="Lonely Land")
    for who, seen in [("coordinator", True), ("officer", False), ("stranger", False)]:
        client.force_login(getattr(people, who))
        assert ("Lonely Land" in client.get(reverse("helpdesk")).content.decode()) is seen
