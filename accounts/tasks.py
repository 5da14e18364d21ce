"""Faces of the worker: each claims one row by its id and calls one action. Any task may run twice."""

from celery import shared_task
from celery.signals import worker_ready

from . import outbox
from .actions import digests, imports, invitations, notices, publishing, retention, searches, trail, webhooks
from .models import Heartbeat


@shared_task(name="accounts.sweep", bind=True, time_limit=60)
def sweep(self):
    """Find work that was lost or never announced, and say that the worker of this queue lives."""
    Heartbeat.beat((self.request.delivery_info or {}).get("routing_key") or "quick")
    outbox.sweep()
    publishing.wake_if_waiting()
    webhooks.wake_if_behind()


@shared_task(name="accounts.send_notice", time_limit=60)
def send_notice(pk):
    """Send the mail of one notice."""
    notices.send_notice(pk)


@shared_task(name="accounts.send_invitation", time_limit=60)
def send_invitation(pk):
    """Send the mail of one invitation."""
    invitations.send_invitation(pk)


@shared_task(name="accounts.send_digest", time_limit=60)
def send_digest(pk):
    """Send one collected mail."""
    digests.send_digest(pk)


@shared_task(name="accounts.send_digests", time_limit=300)
def send_digests():
    """Once an hour: queue a collected mail for everybody whose day or week is over."""
    digests.queue_digests()


@shared_task(name="accounts.run_import", time_limit=280)
def run_import(pk):
    """Check and store one file that somebody sent."""
    imports.perform_import(pk)


@shared_task(name="accounts.publish_changes", time_limit=280)
def publish_changes():
    """Give the changes that wait their numbers, and queue what webhooks are told of them."""
    publishing.publish()
    webhooks.fan_out()


@shared_task(name="accounts.deliver_webhook", time_limit=60)
def deliver_webhook(pk):
    """Tell one webhook of one change."""
    webhooks.deliver(pk)


@shared_task(name="accounts.look_at_everything", time_limit=580)
def look_at_everything():
    """Once a night: let the publisher compare all records with what it said of them last."""
    publishing.look_at_everything()


@shared_task(name="accounts.seal_audit", time_limit=600)
def seal_audit():
    """Once an hour: close a batch of the audit trail under a digest."""
    trail.seal()


@shared_task(name="accounts.alert_searches", time_limit=300)
def alert_searches():
    """Every five minutes: tell people what is new in the searches that they saved."""
    searches.alert_all()


@shared_task(name="accounts.forget", time_limit=600)
def forget():
    """Once a night: delete what is known about people and has been kept long enough."""
    retention.forget()


@worker_ready.connect
def sweep_at_start(**_):
    """A worker that starts looks at once for what the last one left behind."""
    sweep.delay()
