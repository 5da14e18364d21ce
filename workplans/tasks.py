"""Faces of the worker: each calls one action. Any task may run twice."""

from celery import shared_task

from .actions import reminding, ticking


@shared_task(name="workplans.tick", time_limit=300)
def tick():
    """Close consultations whose day has passed, then remind those who have not answered."""
    ticking.tick()
    reminding.remind()
