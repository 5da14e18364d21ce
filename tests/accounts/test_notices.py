"""Telling people: once, in their language, by mail as they wish."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.actions import digests, notices
from accounts.models import Digest, Notice
from accounts.models.job import Job
from tests.factories_accounts import make_event, make_notice, make_party, make_user

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)


def tell(people, event, **params):
    return notices.tell(
        people,
        event,
        kind="tested",
        subject=gettext_lazy("%(party)s asks"),
        text=gettext_lazy("%(party)s asks."),
        path=reverse_lazy("account_home"),
        params=params or {"party": "Fiji"},
    )


def test_somebody_named_twice_is_told_once_per_event():
    person, event = make_user(), make_event()
    assert len(tell([person, person], event)) == 1
    assert tell([person], event) == []
    assert Notice.objects.count() == 1


def test_whoever_acts_is_not_told_of_their_own_act():
    person = make_user()
    assert tell([person], make_event(actor=person)) == []


def test_names_and_addresses_come_in_the_readers_language():
    reader = make_user(language="fr")
    (notice,) = tell([reader], make_event(), party=make_party("Germany", name_fr="Allemagne"))
    assert notice.subject.startswith("Allemagne")
    assert notice.path == "/fr/accounts/"


def test_days_are_put_into_the_readers_words():
    day = date(2026, 12, 4)
    readers = [make_user(language=language) for language in ("en", "fr", "zh-hans")]
    told = tell(readers, make_event(), party=day)
    assert [notice.subject.partition(" asks")[0] for notice in told] == [
        "4 December 2026",
        "4 décembre 2026",
        "2026年12月4日",
    ]


def test_a_long_subject_is_cut_to_what_fits():
    (notice,) = tell([make_user()], make_event(), party="x" * 400)
    assert len(notice.subject) == 300


def test_a_notice_is_mailed_once_however_often_its_task_runs():
    notice = make_notice(make_user(), subject="Line one\nBcc: other@example.org")
    notices.send_notice(notice.pk)
    notices.send_notice(notice.pk)
    (sent,) = mail.outbox
    assert sent.to == [notice.recipient.email]
    assert sent.subject == "Line one Bcc: other@example.org"
    assert "/accounts/" in sent.body
    assert "It happened." in sent.alternatives[0].content
    notice.refresh_from_db()
    assert notice.state == Job.State.DONE
    assert notice.mailed_at is not None


def test_each_attempt_to_mail_a_notice_has_the_same_message_id():
    notice = make_notice(make_user())
    notices.send_notice(notice.pk)
    Notice.objects.update(state=Job.State.QUEUED, due_at=timezone.now())
    notices.send_notice(notice.pk)
    first, second = (sent.extra_headers["Message-ID"] for sent in mail.outbox)
    assert first == second == f"<notice-{notice.pk}@127.0.0.1>"


def test_a_mail_server_that_is_down_queues_the_notice_again(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    notice = make_notice(make_user())
    notices.send_notice(notice.pk)
    notice.refresh_from_db()
    assert (notice.state, notice.mailed_at) == (Job.State.QUEUED, None)
    assert notice.error.startswith("ConnectionRefusedError")


@pytest.mark.parametrize("fields", [{"notice_frequency": "none"}, {"is_active": False}])
def test_who_wants_no_mail_gets_none(fields):
    notice = make_notice(make_user(**fields))
    notices.send_notice(notice.pk)
    notice.refresh_from_db()
    assert mail.outbox == []
    assert (notice.state, notice.is_collected) == (Job.State.DONE, False)


# Collected mails ----------------------------------------------------------------------------------------------------


def told(person, *moments, **fields):
    made = [make_notice(person, queued_at=moment, subject=f"Event of {moment:%A}", **fields) for moment in moments]
    for notice in made:
        notices.send_notice(notice.pk)
    return made


def test_a_daily_reader_gets_one_mail_with_what_came_before_the_morning():
    reader = make_user(notice_frequency="daily")
    told(reader, MONDAY, MONDAY + timedelta(hours=1))
    assert digests.queue_digests(MONDAY + timedelta(hours=2)) == 0
    tuesday = MONDAY + timedelta(days=1)
    assert digests.queue_digests(tuesday) == 1
    assert digests.queue_digests(tuesday) == 0
    digests.send_digest(Digest.objects.get().pk)
    digests.send_digest(Digest.objects.get().pk)
    (sent,) = mail.outbox
    assert sent.subject == "2 notices from the TSC Portal"
    assert sent.body.count("Event of Monday") == 2
    assert digests.queue_digests(tuesday + timedelta(days=1)) == 0


def test_what_comes_after_the_morning_waits_for_the_next_one():
    reader = make_user(notice_frequency="daily")
    tuesday = MONDAY + timedelta(days=1)
    told(reader, MONDAY, tuesday)
    digests.queue_digests(tuesday)
    digests.send_digest(Digest.objects.get().pk)
    assert mail.outbox[0].subject == "Event of Monday"
    assert digests.queue_digests(tuesday + timedelta(days=1)) == 1


def test_a_weekly_reader_waits_for_monday_morning():
    told(make_user(notice_frequency="weekly"), MONDAY)
    assert digests.queue_digests(MONDAY + timedelta(days=6)) == 0
    assert digests.queue_digests(MONDAY + timedelta(days=7)) == 1


@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("UTC", datetime(2026, 11, 16, 6, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 11, 16, 17, tzinfo=UTC)),
        ("Nowhere/Land", datetime(2026, 11, 16, 6, tzinfo=UTC)),
    ],
)
def test_the_morning_is_that_of_the_place_where_the_reader_is(zone, end):
    now = datetime(2026, 11, 16, 18, tzinfo=UTC)
    assert digests.period_end(make_user(notice_frequency="daily", time_zone=zone), now) == end


def test_what_was_read_in_the_portal_is_not_mailed():
    reader = make_user(notice_frequency="daily")
    told(reader, MONDAY, read_at=MONDAY)
    assert digests.queue_digests(MONDAY + timedelta(days=1)) == 0


def test_who_turns_from_daily_to_at_once_gets_what_was_collected():
    reader = make_user(notice_frequency="daily")
    told(reader, MONDAY)
    reader.notice_frequency = "at_once"
    reader.save()
    assert digests.queue_digests(MONDAY + timedelta(hours=1)) == 1


def test_who_turns_mail_off_gets_nothing_more():
    reader = make_user(notice_frequency="daily")
    told(reader, MONDAY)
    reader.notice_frequency = "none"
    reader.save()
    assert digests.queue_digests(MONDAY + timedelta(days=1)) == 0


def test_a_collected_mail_that_fails_is_sent_later_with_all_its_notices(settings):
    told(make_user(notice_frequency="daily"), MONDAY)
    digests.queue_digests(MONDAY + timedelta(days=1))
    digest = Digest.objects.get()
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    digests.send_digest(digest.pk)
    assert Notice.objects.get().mailed_at is None
    settings.EMAIL_BACKEND = backend
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        digests.send_digest(digest.pk)
    assert len(mail.outbox) == 1
    assert Notice.objects.get().mailed_at is not None


# Pages --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def reader(client):
    reader = make_user()
    client.force_login(reader)
    return reader


def test_the_list_shows_ones_own_notices_only(client, reader):
    make_notice(reader, subject="For me")
    make_notice(make_user(), subject="For somebody else")
    page = client.get(reverse("notice_list")).content.decode()
    assert "For me" in page
    assert "For somebody else" not in page


def test_looking_at_the_list_marks_nothing_as_read(client, reader):
    make_notice(reader)
    client.get(reverse("notice_list"))
    assert reader.notices.unread().count() == 1


def test_a_notice_is_marked_as_read_and_so_are_all(client, reader):
    first, _, _ = (make_notice(reader) for _ in range(3))
    client.post(reverse("notice_read"), {"notice": first.pk})
    assert reader.notices.unread().count() == 2
    client.post(reverse("notice_read"), {"all": "1"})
    assert reader.notices.unread().count() == 0


def test_nobody_marks_the_notices_of_others(client, reader):
    other = make_notice(make_user())
    client.post(reverse("notice_read"), {"notice": other.pk})
    other.refresh_from_db()
    assert other.read_at is None


def test_after_marking_one_stays_in_the_portal(client, reader):
    answer = client.post(reverse("notice_read"), {"all": "1", "next": "https://elsewhere.example/"})
    assert answer.url == reverse("notice_list")


def test_the_list_asks_the_database_as_often_for_three_as_for_one(client, reader, django_assert_num_queries):
    client.get(reverse("notice_list"))  # the session is renewed once after sign-in
    for more in (1, 2):
        for _ in range(more):
            make_notice(reader)
        with django_assert_num_queries(6):
            client.get(reverse("notice_list"))
