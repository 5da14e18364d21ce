"""Faces of the worker: each calls one action. Any task may run twice."""

from celery import shared_task

from .actions import checking, reviewing


@shared_task(name="knowledge.check_link", time_limit=90)
def check_link(pk):
    """Look whether the address of one source answers."""
    checking.perform_check(pk)


@shared_task(name="knowledge.tick", time_limit=300)
def tick():
    """Queue looks at addresses that are due, then remind advisors."""
    checking.queue_checks()
    reviewing.remind()
