"""What would match a need that nobody has filed: asked by a partner system, computed by the worker's warm index."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions.jobs import perform
from accounts.models import User
from accounts.outbox import nudge

from ..match_inputs import load_unfiled_need
from ..matching.records import Scored
from ..models import Offer, PreviewRun
from .scoring import KEEP, WARM


@transaction.atomic
def start_preview(need: dict[str, Any], *, by: User) -> PreviewRun:
    """Ask what would match `need`, given in codes and ISO days. Previews older than a day are thrown away."""
    PreviewRun.objects.filter(queued_at__lt=timezone.now() - PreviewRun.KEPT_FOR).delete()
    run = PreviewRun.objects.create(user=by, need=need)
    nudge(run)
    return run


def perform_preview(pk: int) -> None:
    """Score one preview and store what was found. Safe to call twice with the same id."""
    perform(PreviewRun, pk, _score)


def _score(run: PreviewRun) -> None:
    as_of = timezone.now().date()
    need = load_unfiled_need(run.need, as_of)
    scored = WARM.fresh(as_of).rank(need, as_of=as_of, top=KEEP)  # slow, outside any transaction
    offers = Offer.objects.published().select_related("organization").in_bulk([item.offer_id for item in scored])
    results = [_result(offers[item.offer_id], item) for item in scored if item.offer_id in offers]
    with transaction.atomic():
        if run.finish():
            PreviewRun.objects.filter(pk=run.pk).update(results=results)


def _result(offer: Offer, item: Scored) -> dict[str, Any]:
    """One scored offer, as it is stored: with codes, which are worded when somebody reads them."""
    found = asdict(item)
    del found["offer_id"]
    head = {"offer": offer.reference, "offer_title": offer.title, "organization": offer.organization.slug}
    return head | found
