"""A centre's own desk: the queue, who works on a request, notes, kept texts."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.errors import DomainError, IllegalStep, NotAllowed, StaleWrite
from accounts.models import AuditEvent, Membership, Notice
from accounts.permissions import Role
from requests_offers.actions import noting, requests, ticking
from requests_offers.actions.assigning import assign, assignee_of, unassign
from requests_offers.actions.reply_templates import retire_template, save_template
from requests_offers.handover import Place, open_items
from requests_offers.models import Assignment, CooperationRequest, InternalNote, ReplyTemplate
from requests_offers.wording.reply_texts import fill
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    found = f.everyone_known()
    Membership.objects.update(starts_on=date(2026, 1, 1))  # so that tests may stand on an earlier day
    return found


@pytest.fixture
def held(people):
    return f.request_in("submitted", people.party)


def colleague(people):
    """A second officer of the same centre."""
    return f.member(Role.OFFICER, centre=people.centre)


def found(response):
    return [row.reference for row in response.context["page_obj"]]


def told(kind):
    return list(Notice.objects.filter(kind=kind).order_by("recipient").values_list("recipient", flat=True))


# The queue ------------------------------------------------------------------------------------------------------------


def test_staff_and_the_helpdesk_get_the_queue_and_nobody_else(client, people):
    url = reverse("request_queue")
    assert client.get(url).status_code == 302
    for name in ("focal_point", "drafter", "provider", "donor", "stranger"):
        client.force_login(getattr(people, name))
        assert client.get(url).status_code == 403, name
    for name in ("officer", "head", "coordinator"):
        client.force_login(getattr(people, name))
        assert client.get(url).status_code == 200, name


def test_the_queue_shows_what_the_centre_holds_and_what_is_open(client, people, held):
    mine = [held, f.request_in("clarification", people.party), f.request_in("matching", people.party)]
    f.request_in("submitted", f.party("TD"))
    f.draft_request(people.party)
    ended = f.request_in("refused", people.party)
    waiting = f.request_in("submitted", f.party("FR"), held=False)
    client.force_login(people.officer)
    assert set(found(client.get(reverse("request_queue")))) == {row.reference for row in mine}
    assert found(client.get(reverse("request_queue"), {"status": "refused"})) == [ended.reference]
    client.force_login(people.coordinator)
    assert found(client.get(reverse("request_queue"))) == [waiting.reference]
    of_centre = client.get(reverse("request_queue"), {"centre": people.centre.slug})
    assert set(found(of_centre)) == {row.reference for row in mine}


def test_what_is_due_first_comes_first(client, people):
    dues = [date(2027, 3, 5), date(2027, 3, 1), None, date(2027, 3, 3)]
    for due in dues:
        row = f.request_in("submitted", people.party)
        CooperationRequest.objects.filter(pk=row.pk).update(due_on=due)
    client.force_login(people.officer)
    page = client.get(reverse("request_queue")).context["page_obj"]
    assert [row.due_on for row in page] == [date(2027, 3, 1), date(2027, 3, 3), date(2027, 3, 5), None]


def test_the_filters_narrow_the_queue(client, people, held):
    other = f.request_in("submitted", f.party("TV"), needs=[f.need(targets=[f.target(11)])])
    second = colleague(people)
    assign(held, officer=people.officer, by=people.head)
    assign(other, officer=second, by=people.head)
    third = f.request_in("clarification", people.party)
    client.force_login(people.officer)
    expected = {
        "assignee=me": {held},
        "assignee=nobody": {third},
        f"assignee={second.pk}": {other},
        "party=TV": {other},
        "target=11": {other},
        "status=clarification": {third},
        "search=lagoons": {held, other, third},
        "search=nothing+like+it": set(),
    }
    for query, rows in expected.items():
        assert set(found(client.get(f"{reverse('request_queue')}?{query}"))) == {row.reference for row in rows}, query


def test_late_is_what_is_over_where_the_acting_office_sits(client, people, held):
    """Friday is over in Suva and not yet in Montreal; a question waits for the office, anything else for the centre."""
    type(people.party).objects.filter(pk=people.party.pk).update(time_zone="Pacific/Fiji")
    asked = f.request_in("clarification", people.party)
    CooperationRequest.objects.update(due_on=date(2026, 11, 20))
    client.force_login(people.officer)
    with time_machine.travel(datetime(2026, 11, 20, 13, 0, tzinfo=UTC), tick=False):
        client.force_login(people.officer)
        assert found(client.get(reverse("request_queue"), {"overdue": "on"})) == [asked.reference]
    with time_machine.travel(datetime(2026, 11, 21, 13, 0, tzinfo=UTC), tick=False):
        client.force_login(people.officer)
        both = {asked.reference, held.reference}
        assert set(found(client.get(reverse("request_queue"), {"overdue": "on"}))) == both


@pytest.mark.parametrize("count", [1, 3, 25])
def test_the_queue_costs_the_same_with_any_number_of_rows(client, people, django_assert_num_queries, count):
    first = f.request_in("submitted", people.party)
    plain = {field.attname: getattr(first, field.attname) for field in CooperationRequest._meta.concrete_fields}
    copies = [
        CooperationRequest(**plain | {"id": None, "form_key": None, "party_id": f.party().pk}) for _ in range(count - 1)
    ]
    made = CooperationRequest.objects.bulk_create(copies)
    for row in [first, *made]:
        assign(row, officer=people.officer, by=people.head)
    client.force_login(people.officer)
    client.get(reverse("request_queue"))
    with django_assert_num_queries(11):
        assert len(found(client.get(reverse("request_queue")))) == count


# Who works on it ------------------------------------------------------------------------------------------------------


def test_only_the_staff_of_the_holding_centre_say_who_works_on_it(people, held):
    other_officer = f.officer_of(f.centre(f.party("FR")))
    for name in ("focal_point", "drafter", "provider", "coordinator", "stranger"):
        with pytest.raises(NotAllowed):
            assign(held, officer=people.officer, by=getattr(people, name))
    with pytest.raises(NotAllowed):
        assign(held, officer=people.officer, by=other_officer)
    assert assignee_of(held) is None
    for name in ("officer", "head"):
        assign(held, officer=people.officer, by=getattr(people, name))
    assert assignee_of(held) == people.officer


def test_somebody_from_elsewhere_cannot_be_chosen(people, held):
    for outsider in (f.officer_of(f.centre(f.party("FR"))), people.focal_point, people.coordinator):
        with pytest.raises(DomainError, match="works for the centre"):
            assign(held, officer=outsider, by=people.head)


def test_the_coordinator_works_on_what_the_helpdesk_holds(people):
    waiting = f.request_in("submitted", f.party("FR"), held=False)
    assign(waiting, officer=people.coordinator, by=people.coordinator)
    assert assignee_of(waiting) == people.coordinator


def test_nobody_needs_to_work_on_what_has_ended(people):
    with pytest.raises(IllegalStep):
        assign(f.request_in("refused", people.party), officer=people.officer, by=people.head)


def test_who_gets_it_and_who_had_it_are_told(people, held):
    second = colleague(people)
    assign(held, officer=people.officer, by=people.head)
    assert told("request_assign") == [people.officer.pk]
    assign(held, officer=second, by=people.head)
    assert told("request_assign") == [people.officer.pk, people.officer.pk, second.pk]
    unassign(held, by=people.head)
    assert told("request_unassign") == [second.pk]
    assert assignee_of(held) is None
    assert not Assignment.objects.open().exists()


def test_chosen_twice_changes_nothing(people, held):
    first = assign(held, officer=people.officer, by=people.head)
    assert assign(held, officer=people.officer, by=people.head) == first
    assert Assignment.objects.count() == 1


def test_news_go_to_whoever_works_on_it(people):
    asked = f.request_in("clarification", people.party)
    assign(asked, officer=people.officer, by=people.head)
    requests.answer(asked, by=people.focal_point, text="All of them.")
    assert told("request_answer") == [people.officer.pk]


def test_handing_it_on_frees_it(people, held):
    assign(held, officer=people.officer, by=people.head)
    requests.redirect(held, by=people.officer, centre=f.centre(f.party("FR")), reason_code="expertise")
    assert Assignment.objects.get().why == Assignment.Why.HANDED_ON


def test_the_page_takes_it_on_and_gives_it_back(client, people, held):
    client.force_login(people.officer)
    url = reverse("request_assign", args=[held.reference])
    client.post(url, {"me": "1", "queue": "1"})
    assert assignee_of(held) == people.officer
    assert str(people.officer) in client.get(held.get_absolute_url()).content.decode()
    client.post(url, {"officer": "nobody"})
    assert assignee_of(held) is None
    client.post(url, {"officer": str(people.focal_point.pk)})
    assert assignee_of(held) is None
    client.force_login(people.focal_point)
    assert client.post(url, {"me": "1"}).status_code == 403
    client.force_login(people.stranger)
    assert client.post(url, {"me": "1"}).status_code == 404


def last_day(person, day):
    Membership.objects.filter(user=person).update(ends_on=day)


MIDNIGHT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # in Suva, from Friday to Saturday


@pytest.fixture
def in_suva(people):
    """The centre's host sits in Suva."""
    with time_machine.travel(MIDNIGHT - timedelta(days=3), tick=False):
        seat = f.party("", time_zone="Pacific/Fiji")
        host = people.centre.hostings.get().organization
        type(host).objects.filter(pk=host.pk).update(party=seat)
        yield f.request_in("submitted", people.party)


def test_at_midnight_of_the_last_day_nobody_works_on_it_any_more(client, people, in_suva):
    assign(in_suva, officer=people.officer, by=people.head)
    last_day(people.officer, date(2026, 11, 20))
    with time_machine.travel(MIDNIGHT - timedelta(minutes=1), tick=False):
        assert assignee_of(in_suva) == people.officer
        client.force_login(people.officer)
        assert client.get(reverse("request_queue")).status_code == 200
        assert client.get(in_suva.get_absolute_url()).status_code == 200
        assert client.get(f"/api/v1/requests/{in_suva.reference}/notes/").status_code == 200
    with time_machine.travel(MIDNIGHT + timedelta(minutes=1), tick=False):
        assert assignee_of(in_suva) is None
        client.force_login(people.officer)
        assert client.get(reverse("request_queue")).status_code == 403
        assert client.get(in_suva.get_absolute_url()).status_code == 404
        assert client.get(f"/api/v1/requests/{in_suva.reference}/").status_code == 404
        assert b"".join(client.get("/api/v1/requests/?format=jsonl").streaming_content) == b""
        item = next(one for one in open_items(Place("centre", people.centre), timezone.now()) if one.noun == "request")
        assert (item.person, item.left_by) == (None, people.officer)


def test_the_clock_frees_it_and_tells_the_head(people, in_suva):
    assign(in_suva, officer=people.officer, by=people.head)
    last_day(people.officer, date(2026, 11, 20))
    with time_machine.travel(MIDNIGHT - timedelta(minutes=1), tick=False):
        ticking.tick()
        assert Assignment.objects.open().exists()
    with time_machine.travel(MIDNIGHT + timedelta(minutes=1), tick=False):
        ticking.tick()
        ticking.tick()
        assert Assignment.objects.get().why == Assignment.Why.ROLE_ENDED
        assert told("request_free") == [people.head.pk]
        assert AuditEvent.objects.filter(action="free").count() == 1
        item = next(one for one in open_items(Place("centre", people.centre), timezone.now()) if one.noun == "request")
        assert (item.person, item.left_by) == (None, people.officer)
        assign(in_suva, officer=people.head, by=people.head)
        item = next(one for one in open_items(Place("centre", people.centre), timezone.now()) if one.noun == "request")
        assert (item.person, item.left_by) == (people.head, None)


def test_the_office_page_lists_what_the_one_who_left_worked_on(client, people, held):
    assign(held, officer=people.officer, by=people.head)
    last_day(people.officer, timezone.now().date() - timedelta(days=2))
    ticking.tick()
    client.force_login(people.head)
    page = client.get(reverse("office"), {"person": people.officer.pk})
    assert [item.reference for item in page.context["page_obj"]] == [held.reference]
    assert "whose role has ended" in page.content.decode()


# Notes ----------------------------------------------------------------------------------------------------------------

WORDS = "between ourselves 4711"


def test_notes_are_for_the_holding_centre_and_the_coordinator(client, people, held):
    noting.note(held, text=WORDS, by=people.officer)
    seen = {}
    other = f.officer_of(f.centre(f.party("FR")))
    named = {name: getattr(people, name) for name in ("officer", "head", "coordinator", "focal_point", "drafter")}
    for name, person in (named | {"other": other, "provider": people.provider}).items():
        client.force_login(person)
        answers = [client.get(held.get_absolute_url()), client.get(f"/api/v1/requests/{held.reference}/notes/")]
        seen[name] = [WORDS in answer.content.decode() for answer in answers]
    inside = [True, True]
    assert {name for name, both in seen.items() if both == inside} == {"officer", "head", "coordinator"}
    assert all(both in (inside, [False, False]) for both in seen.values())


def test_notes_are_in_no_file_no_letter_and_no_list(client, people, held):
    noting.note(held, text=WORDS, by=people.officer)
    client.force_login(people.officer)
    addresses = [
        f"/api/v1/requests/{held.reference}/",
        "/api/v1/requests/?format=jsonl",
        "/api/v1/requests/?format=csv",
        reverse("request_letter", args=[held.reference]),
    ]
    for address in addresses:
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200
        assert WORDS.encode() not in body, address


def test_a_former_holder_keeps_what_it_wrote(client, people, held):
    noting.note(held, text=WORDS, by=people.officer)
    other = f.centre(f.party("FR"))
    requests.redirect(held, by=people.officer, centre=other, reason_code="expertise")
    noting.note(held, text="the other centre speaks", by=f.officer_of(other))
    client.force_login(people.officer)
    page = client.get(held.get_absolute_url()).content.decode()
    assert WORDS in page
    assert "the other centre speaks" not in page
    with pytest.raises(NotAllowed):
        noting.note(held, text="and another thing", by=people.officer)
    client.force_login(f.officer_of(other))
    page = client.get(held.get_absolute_url()).content.decode()
    assert WORDS in page
    assert "the other centre speaks" in page


def test_who_may_write_a_note(people, held):
    for name in ("focal_point", "drafter", "provider", "donor", "stranger"):
        with pytest.raises(NotAllowed):
            noting.note(held, text="x", by=getattr(people, name))
    for name in ("officer", "head", "coordinator"):
        noting.note(held, text="x", by=getattr(people, name))
    with pytest.raises(DomainError):
        noting.note(held, text="  ", by=people.officer)
    with pytest.raises(IllegalStep):
        noting.note(f.draft_request(people.party), text="x", by=people.coordinator)


def test_the_same_form_sent_twice_keeps_one_note(client, people, held):
    client.force_login(people.officer)
    sent = {"text": WORDS, "form_key": str(uuid.uuid4())}
    for _ in range(2):
        assert client.post(reverse("request_note", args=[held.reference]), sent).status_code == 302
    assert InternalNote.objects.count() == 1
    assert not Notice.objects.filter(text__contains=WORDS).exists()
    assert WORDS not in str(list(AuditEvent.objects.values_list()))


# Kept texts -----------------------------------------------------------------------------------------------------------


def text_of(people, **fields):
    data = {"centre": people.centre, "step": "ask_clarification", "language": "en", "title": "Which sites?"}
    data |= {"text": "Dear colleagues of {party}, about {reference}: which sites?"} | fields
    by = people.coordinator if data["centre"] is None else people.officer
    return save_template(ReplyTemplate(), by=by, data=data)


def test_a_text_is_filled_from_the_request_in_its_own_language(people, held):
    type(people.party).objects.filter(pk=people.party.pk).update(name_fr="Fidji")
    held = CooperationRequest.objects.get(pk=held.pk)
    english = text_of(people)
    assert fill(english, held) == f"Dear colleagues of Fiji, about {held.reference}: which sites?"
    french = text_of(people, language="fr", text="{party}, {title}, {centre}, {until}")
    assert fill(french, held).startswith(f"Fidji, {held.title}, Pacific Centre, ")


def test_an_unknown_placeholder_is_named(people):
    with pytest.raises(DomainError, match=r"no placeholder \{country\}"):
        text_of(people, text="Dear {country}")


def test_choose_fill_edit_send_without_a_script(client, people, held):
    row = text_of(people)
    client.force_login(people.officer)
    url = reverse("request_step", args=[held.reference, "ask_clarification"])
    assert "Which sites?" in client.get(url).content.decode()
    typed = {"text": "My own words.", "until": "2027-01-05", "template": str(row.pk), "fill": "1"}
    form = client.post(url, typed).context["form"]
    assert form["text"].value() == f"My own words.\n\nDear colleagues of Fiji, about {held.reference}: which sites?"
    assert form["until"].value() == "2027-01-05"
    assert not form.is_bound
    held.refresh_from_db()
    assert held.status == "submitted"
    form = client.post(url, typed | {"template": ""}).context["form"]
    assert form["text"].value() == "My own words."
    client.post(url, {"text": form["text"].value(), "until": (timezone.now() + timedelta(days=9)).date()})
    held.refresh_from_db()
    assert (held.status, held.question) == ("clarification", "My own words.")


@pytest.mark.parametrize("step", ["refuse", "redirect", "answer_directly"])
def test_each_step_with_a_text_begins_with_a_kept_one(client, people, held, step):
    row = text_of(people, centre=None, step=step, text="About {reference}.")
    client.force_login(people.head)
    url = reverse("request_step", args=[held.reference, step])
    form = client.post(url, {"template": row.pk, "fill": "1"}).context["form"]
    field = "text" if step == "answer_directly" else "reason"
    assert form[field].value() == f"About {held.reference}."


def test_a_centre_uses_its_own_texts_and_those_of_the_network(client, people, held):
    text_of(people, title="Ours")
    text_of(people, title="Of all", centre=None)
    other = f.centre(f.party("FR"))
    data = {"centre": other, "step": "ask_clarification", "language": "en", "title": "Theirs", "text": "x"}
    save_template(ReplyTemplate(), by=f.officer_of(other), data=data)
    assert set(ReplyTemplate.objects.usable_for(held).values_list("title", flat=True)) == {"Ours", "Of all"}
    client.force_login(people.officer)
    page = client.get(reverse("reply_template_list")).content.decode()
    assert "Ours" in page
    assert "Of all" in page
    assert "Theirs" not in page


def test_a_centre_writes_its_own_texts_only(client, people):
    own, network = text_of(people), text_of(people, centre=None)
    for row, by in ((network, people.officer), (own, f.officer_of(f.centre(f.party("FR")))), (own, people.focal_point)):
        with pytest.raises(NotAllowed):
            save_template(row, by=by, data={"title": "Mine now"})
        with pytest.raises(NotAllowed):
            retire_template(row, by=by)
    client.force_login(people.officer)
    assert client.get(reverse("reply_template_edit", args=[network.pk])).status_code == 404
    sent = {"owner": "network", "step": "refuse", "language": "en", "title": "T", "text": "x"}
    assert client.post(reverse("reply_template_new"), sent).status_code == 200
    assert not ReplyTemplate.objects.filter(title="T").exists()


def test_whoever_was_slower_sees_both_texts(client, people):
    row = text_of(people)
    client.force_login(people.officer)
    url = reverse("reply_template_edit", args=[row.pk])
    sent = {"owner": people.centre.slug, "step": row.step, "language": "en", "title": "Which sites?", "version": "1"}
    assert client.post(url, sent | {"text": "First."}).status_code == 302
    answer = client.post(url, sent | {"text": "Second."})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "First." in page
    assert "Second." in page
    with pytest.raises(StaleWrite):
        save_template(ReplyTemplate.objects.get(), by=people.officer, data={"text": "x"}, version=1)


def test_a_text_out_of_use_is_offered_no_more(client, people, held):
    row = text_of(people)
    client.force_login(people.officer)
    for _ in range(2):  # the second time it is not there any more
        client.post(reverse("reply_template_retire", args=[row.pk]))
    assert not ReplyTemplate.objects.usable_for(held).exists()
    assert text_of(people).pk != row.pk  # the title is free again
    with pytest.raises(DomainError, match="this title"):
        text_of(people)


# What waits besides ---------------------------------------------------------------------------------------------------


def test_questions_and_claims_wait_on_my_page(client, people):
    from centres.actions.claims import claim_office
    from centres.helpdesk import actions as helpdesk

    claim_office(people.party, role="drafter", office_kind="TSC", evidence="x", by=people.stranger)
    asked = helpdesk.ask(subject="Where is it?", text="x", kind="question", by=people.provider)
    kinds = {}
    for name in ("focal_point", "coordinator", "officer", "provider"):
        client.force_login(getattr(people, name))
        kinds[name] = {str(item.kind) for item in client.get(reverse("my")).context["items"]}
    assert "Claim to decide" in kinds["focal_point"]
    assert {"Claim to decide", "Question to answer"} <= kinds["coordinator"]
    assert not kinds["officer"] & {"Claim to decide", "Question to answer"}
    helpdesk.reply(asked, text="Here.", by=people.coordinator)
    client.force_login(people.provider)
    assert "Answer of the helpdesk" in {str(item.kind) for item in client.get(reverse("my")).context["items"]}
