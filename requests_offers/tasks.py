"""Faces of the worker: each takes an id and calls one action. Any task may run twice."""

from celery import shared_task
from django.utils import timezone

from .actions import attachments, looking_after, previews, rounds, scoring, ticking
from .actions.reminding.send import remind


@shared_task(name="requests_offers.score_component", time_limit=25)
def score_component(pk):
    """Score one component against all published offers."""
    scoring.perform_match_run(pk)


@shared_task(name="requests_offers.score_offer", time_limit=80)
def score_offer(pk):
    """Find the needs that a changed offer could enter or leave."""
    scoring.perform_offer_run(pk)


@shared_task(name="requests_offers.compute_round", time_limit=280)
def compute_round(pk):
    """Compute one allocation round."""
    rounds.perform_round(pk)


@shared_task(name="requests_offers.preview", time_limit=25)
def preview(pk):
    """Score a need that nobody has filed."""
    previews.perform_preview(pk)


@shared_task(name="requests_offers.tick", time_limit=300)
def tick():
    """Take the steps whose day has passed, then remind those who have to act."""
    ticking.tick()
    remind()
    looking_after.look_after()


@shared_task(name="requests_offers.delete_orphans", time_limit=300)
def delete_orphans():
    """Once a day: remove uploaded files whose row was never written or is gone."""
    attachments.delete_orphans(timezone.now())


@shared_task(name="requests_offers.rescore_all", time_limit=600)
def rescore_all():
    """The nightly full run."""
    scoring.rescore_all()
