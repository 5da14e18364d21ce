"""A question answered from the mail that brought it: it shows on GET, acts on POST, once, by one person, in time."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from accounts.actions import notices
from accounts.models import AuditEvent, MailLink, Membership, Notice
from requests_offers.actions import requests
from requests_offers.models import CooperationRequest
from tests import factories as f

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)  # Thursday morning in Suva
DUE = date(2026, 11, 20)  # Friday
OVER = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # midnight after it, in Suva
ANSWER = {"text": "In all three lagoons."}


@pytest.fixture(autouse=True)
def clean_counts():
    """Counts of tries are kept in the cache; each test begins without any."""
    cache.clear()


@pytest.fixture
def people():
    with time_machine.travel(NOW - timedelta(days=9), tick=False):
        found = f.everyone_known()
    type(found.party).objects.filter(pk=found.party.pk).update(time_zone="Pacific/Fiji")
    found.party.refresh_from_db()
    return found


@pytest.fixture
def asked(people):
    with time_machine.travel(NOW, tick=False):
        request = f.request_in("submitted", people.party)
        requests.ask_clarification(request, by=people.officer, text="In which lagoons?", until=DUE)
        yield request


def address(person):
    link = MailLink.objects.get(user=person, purpose="clarification_by_mail")
    return reverse("clarification_by_mail", args=[link.token])


def state():
    return CooperationRequest.objects.get().status


def test_the_office_gets_a_link_and_drafters_do_not(people, asked):
    with_link = set(MailLink.objects.values_list("user", flat=True))
    assert with_link == {people.focal_point.pk, people.deputy.pk}
    assert people.drafter.notices.filter(kind="request_ask_clarification").exists()
    notice = Notice.objects.get(recipient=people.focal_point, kind="request_ask_clarification")
    notices.send_notice(notice.pk)
    body = mail.outbox[-1].body
    assert address(people.focal_point) in body
    assert "In which lagoons?" in body


def test_it_shows_on_get_and_changes_nothing(client, people, asked):
    rows = [list(model.objects.order_by("pk").values()) for model in (CooperationRequest, MailLink, AuditEvent)]
    for _ in range(2):
        answer = client.get(address(people.focal_point))
        assert answer.status_code == 200
    page = answer.content.decode()
    assert "In which lagoons?" in page
    assert "Who has it" in page
    assert people.focal_point.email not in page
    assert [list(model.objects.order_by("pk").values()) for model in (CooperationRequest, MailLink, AuditEvent)] == rows


def test_it_acts_on_post_as_the_person_it_was_sent_to_and_only_once(client, people, asked):
    url = address(people.deputy)
    page = client.post(url, ANSWER)
    assert page.status_code == 200
    assert state() == "submitted"
    event = AuditEvent.objects.get(action="answer")
    assert (event.actor, event.details["text"]) == (people.deputy, ANSWER["text"])
    again = client.post(url, {"text": "Something else."})
    assert again.status_code == 410
    assert "used already" in again.content.decode()
    assert "Something else." in again.content.decode() or AuditEvent.objects.filter(action="answer").count() == 1
    assert AuditEvent.objects.filter(action="answer").count() == 1


def test_an_answer_ends_the_links_of_the_others(client, people, asked):
    client.post(address(people.deputy), ANSWER)
    answer = client.get(address(people.focal_point))
    assert answer.status_code == 410
    assert "moved on" in answer.content.decode()


@pytest.mark.parametrize("step", ["answer", "withdraw", "pause", "submit"])
def test_what_moves_the_request_on_ends_the_links(client, people, asked, step):
    more = {"answer": {"text": "Here."}, "withdraw": {"reason_code": "solved"}}.get(step, {})
    if step == "submit":
        CooperationRequest.objects.update(priority_reason="None fits.")
        asked.refresh_from_db()
    requests.STEPS[step](asked, by=people.focal_point, **more)
    assert client.get(address(people.deputy)).status_code == 410


def test_a_newer_question_ends_the_links_of_the_older_one(people, asked):
    old = {link.pk for link in MailLink.objects.all()}
    requests.answer(asked, by=people.focal_point, text="Here.")
    requests.ask_clarification(asked, by=people.officer, text="And since when?", until=DUE)
    assert {link.pk for link in MailLink.objects.unused()}.isdisjoint(old)
    assert MailLink.objects.unused().count() == 2


def test_an_empty_answer_uses_nothing_up(client, people, asked):
    url = address(people.focal_point)
    answer = client.post(url, {"text": "  "})
    assert answer.status_code == 200
    assert "Give an answer" in answer.content.decode()
    assert state() == "clarification"
    assert client.post(url, ANSWER).status_code == 200
    assert state() == "submitted"


def test_it_is_dead_after_the_due_day_where_the_office_sits(client, people, asked):
    url = address(people.focal_point)
    with time_machine.travel(OVER - timedelta(minutes=1), tick=False):
        assert client.get(url).status_code == 200
    with time_machine.travel(OVER + timedelta(minutes=1), tick=False):
        assert client.get(url).status_code == 410
        assert client.post(url, ANSWER).status_code == 410
    assert state() == "clarification"


def test_it_is_dead_after_midnight_of_the_last_day_of_the_mandate(client, people, asked):
    Membership.objects.filter(user=people.focal_point).update(ends_on=date(2026, 11, 19))
    url, midnight = address(people.focal_point), datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
    with time_machine.travel(midnight - timedelta(minutes=1), tick=False):
        assert client.get(url).status_code == 200
    with time_machine.travel(midnight + timedelta(minutes=1), tick=False):
        answer = client.post(url, ANSWER)
        assert answer.status_code == 410
        assert "no longer hold the role" in answer.content.decode()
    assert state() == "clarification"


def test_a_closed_account_answers_nothing(client, people, asked):
    url = address(people.focal_point)
    type(people.focal_point).objects.filter(pk=people.focal_point.pk).update(is_active=False)
    assert client.post(url, ANSWER).status_code == 410
    assert state() == "clarification"


def test_a_guessed_link_is_not_there(client, people, asked):
    assert client.get(reverse("clarification_by_mail", args=["0" * 64])).status_code == 404
    digest = MailLink.objects.first().digest
    assert client.post(reverse("clarification_by_mail", args=[digest]), ANSWER).status_code == 404


def test_too_many_tries_are_refused_and_nothing_typed_is_lost(client, people, asked, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"mail_link": "1/h/key"}
    url = address(people.focal_point)
    with pytest.MonkeyPatch.context() as patch:
        from requests_offers.actions import answering

        def refuse(*args, **kwargs):
            raise answering.requests.DomainError("Not now.")

        patch.setattr(answering.requests, "answer", refuse)
        assert "Not now." in client.post(url, ANSWER).content.decode()
        answer = client.post(url, ANSWER)
    assert answer.status_code == 429
    assert ANSWER["text"] in answer.content.decode()
    assert MailLink.objects.unused().count() == 2


def test_in_suva_and_in_ndjamena_a_weekend_lies_between(people):
    """Asked in the night from Thursday to Friday, one working day is Monday on the islands and Friday in Chad."""
    chad = f.party("TD", time_zone="Africa/Ndjamena")
    f.centre_serving(chad)
    with time_machine.travel(datetime(2026, 11, 19, 13, 0, tzinfo=UTC), tick=False):
        for office, due, over in [
            (people.party, date(2026, 11, 23), datetime(2026, 11, 23, 12, 0, tzinfo=UTC)),
            (chad, date(2026, 11, 20), datetime(2026, 11, 20, 23, 0, tzinfo=UTC)),
        ]:
            request = f.request_in("submitted", office)
            f.focal_point_of(office)
            from requests_offers import clocks

            until = clocks.office_due(office, datetime(2026, 11, 19, 13, 0, tzinfo=UTC), 1)
            requests.ask_clarification(request, by=f.officer_of(request.centre), text="Since when?", until=until)
            assert request.due_on == due
            links = MailLink.objects.filter(subject=request.reference)
            assert {link.expires_at for link in links} == {over}
