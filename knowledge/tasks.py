"""Faces of the worker: each calls one action. Any task may run twice."""

from celery import shared_task

from .actions import checking, registry_clock, reviewing, submitter_mails


@shared_task(name="knowledge.check_link", time_limit=90)
def check_link(pk):
    """Look whether the address of one source answers."""
    checking.perform_check(pk)


@shared_task(name="knowledge.tick", time_limit=300)
def tick():
    """Queue looks at addresses that are due, then remind advisors."""
    checking.queue_checks()
    reviewing.remind()


@shared_task(name="knowledge.send_submitter_mail", time_limit=60)
def send_submitter_mail(pk):
    """Send one mail to somebody who submitted a project without an account."""
    submitter_mails.send_submitter_mail(pk)


@shared_task(name="knowledge.tick_registry", time_limit=300)
def tick_registry():
    """Remind offices and submitters, mark what nobody confirms, end what is past its deadline."""
    registry_clock.tick()
