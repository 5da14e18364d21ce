"""The one job mechanism: one winner, leases, attempts, and a nudge that may get lost."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts import outbox
from accounts.actions.jobs import perform
from accounts.models import Digest, Notice
from accounts.models.job import Job
from tests.factories_accounts import make_notice, make_user


@pytest.fixture
def notice(db):
    return make_notice(make_user())


def in_state(job):
    job.refresh_from_db()
    return job.state


def test_a_claimed_job_cannot_be_claimed_again(notice):
    first = Notice.objects.claim(notice.pk)
    assert (first.state, first.attempt) == (Job.State.RUNNING, 1)
    assert Notice.objects.claim(notice.pk) is None


def test_a_job_whose_time_has_not_come_cannot_be_claimed(notice):
    Notice.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    assert Notice.objects.claim(notice.pk) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_that_claim_at_once_one_wins():
    notice = make_notice(make_user())
    start, won = threading.Barrier(2, timeout=20), []

    def claim():
        try:
            start.wait()
            won.append(Notice.objects.claim(notice.pk) is not None)
        finally:
            connection.close()

    workers = [threading.Thread(target=claim) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(won) == [False, True]
    notice.refresh_from_db()
    assert notice.attempt == 1


def test_a_job_is_done_in_the_transaction_of_its_effect(notice):
    def work(job):
        with transaction.atomic():
            assert job.finish()
            Notice.objects.filter(pk=job.pk).update(text="effect")

    perform(Notice, notice.pk, work)
    assert in_state(notice) == Job.State.DONE
    assert notice.text == "effect"


def test_performing_a_job_twice_does_its_work_once(notice):
    done = []

    def work(job):
        job.finish()
        done.append(job.pk)

    perform(Notice, notice.pk, work)
    perform(Notice, notice.pk, work)
    assert done == [notice.pk]


def test_a_job_that_fails_is_queued_again_with_a_growing_pause(notice):
    def work(job):
        raise OSError("the line is down")

    perform(Notice, notice.pk, work)
    assert in_state(notice) == Job.State.QUEUED
    assert notice.error == "OSError: the line is down"
    first_pause = notice.due_at - timezone.now()
    Notice.objects.update(due_at=timezone.now())
    perform(Notice, notice.pk, work)
    notice.refresh_from_db()
    assert notice.due_at - timezone.now() > first_pause


def test_poison_is_shown_as_failed_after_the_last_attempt(notice):
    def work(job):
        raise ValueError("poison")

    for _ in range(Notice.MAX_ATTEMPTS):
        assert in_state(notice) == Job.State.QUEUED
        Notice.objects.update(due_at=timezone.now())
        perform(Notice, notice.pk, work)
    assert in_state(notice) == Job.State.FAILED
    assert notice.attempt == Notice.MAX_ATTEMPTS
    assert Notice.objects.claim(notice.pk) is None


def test_a_job_whose_worker_vanished_is_queued_again(notice):
    Notice.objects.claim(notice.pk)
    later = timezone.now() + Notice.LEASE + timedelta(seconds=1)
    assert list(Notice.objects.lost(timezone.now())) == []
    outbox.sweep(later)
    assert in_state(notice) == Job.State.QUEUED
    assert notice.error == "The worker vanished before it finished."


def test_a_worker_that_comes_back_too_late_cannot_finish(notice):
    slow = Notice.objects.claim(notice.pk)
    outbox.sweep(timezone.now() + Notice.LEASE + timedelta(seconds=1))
    Notice.objects.update(due_at=timezone.now())
    quick = Notice.objects.claim(notice.pk)
    assert not slow.finish()
    assert not slow.renew()
    assert quick.finish()


def test_a_long_job_keeps_its_lease_by_renewing_it(notice):
    job = Notice.objects.claim(notice.pk)
    Notice.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert job.renew()
    assert not Notice.objects.lost().exists()


def test_the_sweep_nudges_what_waits_and_was_forgotten(notice):
    later = timezone.now() + timedelta(seconds=30)
    assert outbox.sweep(later) == 1
    notice.refresh_from_db()
    assert notice.nudged_at == later
    assert outbox.sweep(later + timedelta(seconds=1)) == 0
    assert outbox.sweep(later + outbox.RENUDGE_AFTER) == 1


def test_every_kind_of_job_has_a_task_that_the_worker_knows():
    current_app.loader.import_default_modules()
    kinds = outbox.job_models()
    assert {Notice, Digest} <= set(kinds)
    assert {kind.TASK for kind in kinds} <= set(current_app.tasks)


def test_every_lease_is_longer_than_the_time_limit_of_its_task():
    current_app.loader.import_default_modules()
    for kind in outbox.job_models():
        limit = current_app.tasks[kind.TASK].time_limit or settings.CELERY_TASK_TIME_LIMIT
        assert kind.LEASE.total_seconds() > limit, kind


@pytest.fixture
def broken_broker(tmp_path):
    """A broker whose folder is not a folder: every message to it fails, as with a server that is down."""
    wall = tmp_path / "wall"
    wall.write_text("")
    options = dict(current_app.conf.broker_transport_options)
    url = current_app.conf.broker_url
    current_app.conf.broker_url = "filesystem://"
    current_app.conf.broker_transport_options = options | {"data_folder_in": str(wall), "data_folder_out": str(wall)}
    _forget_connections()
    yield wall
    current_app.conf.broker_url, current_app.conf.broker_transport_options = url, options
    _forget_connections()


def _forget_connections():
    """Kombu keeps one pool per broker and set of options; Celery keeps the one it used first."""
    current_app.amqp._producer_pool = None
    current_app._pool = None


@pytest.mark.django_db
def test_with_the_broker_down_the_act_stands_and_the_row_waits(
    broken_broker, django_capture_on_commit_callbacks, caplog
):
    with pytest.raises(OSError, match="Not a directory"):
        current_app.send_task(Notice.TASK, args=[0], queue="quick")  # so there is something to survive
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        notice = make_notice(make_user())
        outbox.nudge(notice)
    assert len(callbacks) == 1
    assert "Error calling" in caplog.text
    assert list(Notice.objects.waiting()) == [notice]
    assert Path(broken_broker).read_text() == ""
