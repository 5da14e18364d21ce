"""The weights of the score: a coordinator adds a version, and every need is scored again with it."""

from collections.abc import Mapping
from math import isfinite

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, StaleWrite
from accounts.models import User
from accounts.models.job import Job
from accounts.outbox import nudge
from accounts.permissions import Permission, require

from ..match_inputs import load_weights
from ..matching.records import CRITERIA, Weights
from ..models import Component, MatchRun, MatchWeights

CAUSE = "weights"
NUDGED_AT_ONCE = 100  # the sweep announces the others within seconds


def check(values: Mapping[str, float]) -> None:
    """Raise a DomainError unless these are eight weights from 0 to 1, not all of them zero."""
    if set(values) != set(CRITERIA) or not all(isfinite(value) and 0 <= value <= 1 for value in values.values()):
        raise DomainError(_("Give each criterion a weight from 0 to 1."))
    if not any(values.values()):
        raise DomainError(_("At least one criterion must have a weight above 0."))


@transaction.atomic
def change(values: Mapping[str, float], *, reason: str, based_on: int, by: User) -> MatchWeights:
    """Add a version of the weights and score every need again.

    `based_on` is the version that the person saw; somebody else's newer one raises StaleWrite.
    """
    require(by, Permission.WEIGHTS_EDIT)
    check(values)
    if not reason.strip():
        raise DomainError(_("Say why the weights change: everybody can read it."))
    list(MatchWeights.objects.select_for_update().order_by("-version")[:1])
    before = load_weights()
    if before.version != based_on:
        raise _stale()
    if all(before.of(name) == values[name] for name in CRITERIA):
        raise DomainError(_("These are the weights in force already: nothing was changed."))
    made = _add(before, values, reason.strip(), by)
    old = {name: before.of(name) for name in CRITERIA}
    words = {"before": f"version {before.version}", "after": f"version {made.version}", "reason": reason.strip()}
    record("weights_changed", made, by=by, public=True, **words, old=old, new=dict(made.values))
    score_everything_again()
    return made


def _add(before: Weights, values: Mapping[str, float], reason: str, by: User) -> MatchWeights:
    try:
        with transaction.atomic():
            return MatchWeights.objects.create(
                version=before.version + 1,
                values={name: values[name] for name in CRITERIA},
                reason=reason,
                created_by=by,
            )
    except IntegrityError as error:
        raise _stale() from error


def _stale() -> StaleWrite:
    return StaleWrite(
        _("Somebody else has changed the weights meanwhile. Look at theirs before you change them again.")
    )


def score_everything_again() -> None:
    """Queue a run for every need that is matched, in the transaction of the change.

    Runs that wait already are touched first: their rows stay locked, so none can begin with the old weights.
    """
    waiting = MatchRun.objects.filter(state=Job.State.QUEUED)
    waiting.update(cause=CAUSE)
    others = Component.objects.scored().exclude(pk__in=waiting.values("component")).order_by("pk")
    runs = [MatchRun(component_id=pk, cause=CAUSE) for pk in others.values_list("pk", flat=True)]
    MatchRun.objects.bulk_create(runs, batch_size=500, ignore_conflicts=True)
    for run in waiting.order_by("pk")[:NUDGED_AT_ONCE]:
        nudge(run)


def still_to_score() -> int:
    """How many needs wait to be scored with the weights in force."""
    return MatchRun.objects.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING], cause=CAUSE).count()
