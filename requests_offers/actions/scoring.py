"""Scoring: queue a run per component, keep a warm index of the offers, store what the core found."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions.audit import record
from accounts.actions.jobs import perform
from accounts.models.job import Job
from accounts.outbox import nudge

from ..lifecycle import MatchStatus
from ..match_inputs import load_candidates, load_need, load_needs, load_weights
from ..matching.rank import Index
from ..matching.records import Need, Scored, Weights
from ..models import Component, Match, MatchRun, Offer, OfferRun, SupplyRevision
from .steps import lock

log = logging.getLogger(__name__)
KEEP = 50
LOAD_IN_PIECES_OF = 2000
FIGURES = ("rank", "score", "band", "explanation", "missing", "versions", "scored_at", "updated_at")
REVIVED = ("status", "reason_code", "offered_at", "accepted_by_party_at", "accepted_by_provider_at")


# Queueing -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def queue_run(component: Component, *, cause: str) -> MatchRun:
    """Ask for the matches of one component; a run that already waits serves for both."""
    run, made = _queued_once(MatchRun, component=component, defaults={"cause": cause})
    if made:
        nudge(run)
    return run


def queue_runs(components: Iterable[Component], *, cause: str) -> None:
    """Ask for the matches of each component that can be matched."""
    for component in components:
        queue_run(component, cause=cause)


@transaction.atomic
def queue_offer(offer: Offer) -> OfferRun:
    """An offer changed: the worker finds the components it could enter or leave."""
    run, made = _queued_once(OfferRun, offer=offer, defaults={})
    if made:
        nudge(run)
    return run


def _queued_once(model: type[Any], *, defaults: dict[str, Any], **key: Any) -> tuple[Any, bool]:
    """The queued row of a piece of work, made if there is none; two askers at once share one.

    The row is locked until the asker's transaction ends: a worker that took it earlier would not see what has changed.
    Whoever finds that another's row was there, and then that a worker has just taken it, asks once more.
    """
    queued = model.objects.select_for_update()
    try:
        return queued.get_or_create(state=Job.State.QUEUED, defaults=defaults, **key)
    except IntegrityError:
        return queued.get_or_create(state=Job.State.QUEUED, defaults=defaults, **key)


def rescore_all() -> int:
    """Queue a run for every component that is matched; the nightly full run. Returns how many."""
    components = Component.objects.scored().order_by("pk")
    count = 0
    for component in components.iterator(chunk_size=500):
        with transaction.atomic():
            queue_run(component, cause="nightly")
        count += 1
    return count


# The warm index -------------------------------------------------------------------------------------------------------


class WarmIndex:
    """The offers in this process's memory. It asks for the supply revision before it answers, so it is never stale."""

    def __init__(self) -> None:
        self.index: Index | None = None
        self.revision = -1
        self.weights_version = -1

    def fresh(self, as_of: date) -> Index:
        """The index as of the last committed change: built once, then updated in place."""
        weights = load_weights()
        revision = SupplyRevision.now()
        if self.index is None or weights.version != self.weights_version or revision < self.revision:
            self.index = self._built(weights, as_of)
        elif revision != self.revision:
            self._update(self.index, as_of)
        self.revision, self.weights_version = revision, weights.version
        return self.index

    def _built(self, weights: Weights, as_of: date) -> Index:
        index = Index((), weights=weights)
        for piece in _pieces(Offer.objects.matchable(as_of)):
            index.update(load_candidates(piece))
        return index

    def _update(self, index: Index, as_of: date) -> None:
        changed = Offer.objects.filter(match_revision__gt=self.revision)
        gone = changed.exclude(pk__in=Offer.objects.matchable(as_of).values("pk"))
        index.remove(list(gone.values_list("pk", flat=True)))
        for piece in _pieces(changed.matchable(as_of)):
            index.update(load_candidates(piece))


def _pieces(offers: Any) -> Iterator[Any]:
    """A queryset of offers in pieces, by primary key: memory stays flat however many there are."""
    last = 0
    while pks := list(offers.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:LOAD_IN_PIECES_OF]):
        yield Offer.objects.filter(pk__in=pks).order_by("pk")
        last = pks[-1]


WARM = WarmIndex()


# Performing -----------------------------------------------------------------------------------------------------------


def perform_match_run(pk: int) -> None:
    """Score one component and store its matches. Safe to call twice with the same id."""
    perform(MatchRun, pk, _score)


def _score(run: MatchRun) -> None:
    as_of = timezone.now().date()
    component = Component.objects.select_related("request").get(pk=run.component_id)
    if not Component.objects.scored().filter(pk=component.pk).exists():
        with transaction.atomic():
            if run.finish():
                forget_suggestions(component)
        return
    index = WARM.fresh(as_of)
    scored = index.rank(load_need(component, as_of), as_of=as_of, top=KEEP)  # slow, outside any transaction
    with transaction.atomic():
        if run.finish():
            store(component, scored, looked_at=len(index))


def forget_suggestions(component: Component) -> None:
    """A component that is no longer matched keeps what people did, not what the scorer suggested."""
    Match.objects.filter(component=component, status=MatchStatus.SUGGESTED).delete()


def store(component: Component, scored: list[Scored], *, looked_at: int) -> None:
    """Replace the suggestions of a component; what people have touched keeps its state and gets the new figures."""
    now = timezone.now()
    lock(component.request)
    if not Component.objects.scored().filter(pk=component.pk).exists():
        forget_suggestions(component)  # it left the search while it was scored
        return
    known = {match.offer_id: match for match in Match.objects.filter(component=component)}
    kept = {item.offer_id for item in scored}
    alive = set(Offer.objects.filter(pk__in=kept).values_list("pk", flat=True))
    update: list[Match] = []
    revived: list[Match] = []
    create: list[Match] = []
    for item in scored:
        if item.offer_id not in alive:
            continue
        match = known.get(item.offer_id) or Match(component=component, offer_id=item.offer_id)
        kind = create if match.pk is None else revived if match.comes_back else update
        _fill(match, item, now)
        kind.append(match)
    # States are written where the scorer changes them and nowhere else: people take steps at the same time.
    Match.objects.bulk_update(update, FIGURES, batch_size=50)
    Match.objects.bulk_update(revived, (*FIGURES, *REVIVED), batch_size=50)
    for match in revived:
        record("suggest_again", match, by=None, before=MatchStatus.RETRACTED, after=match.status)
    Match.objects.bulk_create(create, batch_size=50)
    stale = [match.pk for match in known.values() if match.offer_id not in kept]
    Match.objects.filter(pk__in=stale, status=MatchStatus.SUGGESTED).delete()
    Match.objects.filter(pk__in=stale).update(rank=None)
    Component.objects.filter(pk=component.pk).update(scored_at=now, offers_looked_at=looked_at)


def _fill(match: Match, item: Scored, now: datetime) -> None:
    """Put the figures of one scored offer on its match; a match the portal itself retracted becomes a suggestion
    again.
    """
    if match.comes_back:
        match.status, match.reason_code = MatchStatus.SUGGESTED, ""
        match.offered_at = match.accepted_by_party_at = match.accepted_by_provider_at = None
    match.rank, match.score, match.band = item.rank, item.score, item.band
    match.explanation = [asdict(share) for share in item.explanation]
    match.missing = [asdict(missing) for missing in item.missing]
    match.versions = item.versions
    match.scored_at = match.updated_at = now


def perform_offer_run(pk: int) -> None:
    """Find the components that a changed offer could enter or leave, and queue their runs."""
    perform(OfferRun, pk, _spread)


def _spread(run: OfferRun) -> None:
    as_of = timezone.now().date()
    index = WARM.fresh(as_of)
    of_open_needs = Match.objects.filter(component__in=Component.objects.scored())
    affected = set(of_open_needs.filter(offer=run.offer_id).values_list("component_id", flat=True))
    last = dict(of_open_needs.filter(rank=KEEP).values_list("component_id", "score"))
    for need in _open_needs(as_of):
        if need.id not in affected:
            score = _score_pair(index, need, run.offer_id, as_of)
            if score is not None and score >= (last.get(need.id) or 0.0):
                affected.add(need.id)
    with transaction.atomic():
        if run.finish():
            queue_runs(Component.objects.filter(pk__in=affected).order_by("pk"), cause="offer changed")


def _open_needs(as_of: date) -> Iterator[Need]:
    """The records of every matched component, loaded in pieces."""
    pks = list(Component.objects.scored().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), 500):
        yield from _readable(pks[start : start + 500], as_of)


def _readable(pks: list[int], as_of: date) -> list[Need]:
    """The records of some components without those that cannot be read: their own runs show them as failed."""
    try:
        return load_needs(Component.objects.filter(pk__in=pks), as_of)
    except Exception:
        if len(pks) == 1:
            log.exception("a need cannot be read", extra={"component": pks[0]})
            return []
    return [need for pk in pks for need in _readable([pk], as_of)]


def _score_pair(index: Index, need: Need, offer_id: int, as_of: date) -> float | None:
    """The score of one pair; a need on which the core fails does not keep the offer from all others."""
    try:
        return index.score_pair(need, offer_id, as_of)
    except Exception:
        log.exception("a need cannot be scored", extra={"component": need.id})
        return None
