"""What became of the matches that the scorer suggested, and which weights the officers' verdicts would speak for.

Counts below five are never given, so that nobody's single decision can be read from them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, Q
from numpy.typing import NDArray
from scipy.optimize import nnls

from ..lifecycle import ApproachStatus, EngagementStatus, MatchStatus
from ..match_inputs import load_weights
from ..matching.records import CRITERIA
from ..models import Approach, Match
from ..reasons import reason_label

FEWEST = 5
FEWEST_VERDICTS = 200
MOST_VERDICTS = 2000  # the newest; older ones were given to other texts of the portal and other weights
FOLDS = 5
KEPT = (MatchStatus.SHORTLISTED, MatchStatus.OFFERED, MatchStatus.AGREED, MatchStatus.DECLINED, MatchStatus.LAPSED)
BANDS = (Match.Band.STRONG, Match.Band.POSSIBLE, "")
OUTCOMES = ("kept", "dropped", "agreed", "declined", "appraised")

Floats = NDArray[np.float64]
Verdict = tuple[dict[str, float], bool]  # the values of the criteria that counted, and whether the officer kept it


# What happened --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BandOutcomes:
    """How many matches of one band ended how; None where there are fewer than five."""

    band: str
    counts: dict[str, int | None]

    def share(self, name: str, other: str) -> int | None:
        """The share of one outcome in two, in hundredths; None where one of the counts is not given."""
        first, second = self.counts[name], self.counts[other]
        return None if first is None or second is None else round(100 * first / (first + second))


def outcomes() -> list[BandOutcomes]:
    """Band by band: kept or dropped by officers, agreed, declined, appraised. One query."""
    grouped = Match.objects.order_by().values_list("band", "status", "engagement__status").annotate(count=Count("pk"))
    found: dict[str, Counter[str]] = {band: Counter() for band in BANDS}
    for band, status, engagement, count in grouped:
        for name in _names(status, engagement):
            found[band][name] += count
    return [BandOutcomes(band, {name: _given(counted[name]) for name in OUTCOMES}) for band, counted in found.items()]


def _names(status: str, engagement: str | None) -> list[str]:
    """The columns in which a match counts."""
    names = ["kept"] if status in KEPT else ["dropped"] if status == MatchStatus.DROPPED else []
    if status in {MatchStatus.AGREED, MatchStatus.DECLINED}:
        names.append(str(status))
    if engagement == EngagementStatus.APPRAISED:
        names.append("appraised")
    return names


def _given(count: int) -> int | None:
    return count if count >= FEWEST else None


@dataclass(frozen=True, slots=True)
class DeclineReason:
    """How often one side gave a reason."""

    side: str
    reason: str
    count: int


def decline_reasons(organizations: Iterable[int] | None = None) -> list[DeclineReason]:
    """The reasons given at least five times, most frequent first; of matches with and invitations to organizations, or
    of all.
    """
    matches = Match.objects.filter(status=MatchStatus.DECLINED)
    invited = Approach.objects.filter(status=ApproachStatus.DECLINED)
    if organizations is not None:
        matches = matches.filter(offer__organization__in=organizations)
        invited = invited.filter(organization__in=organizations)
    counted: Counter[tuple[str, str]] = Counter()
    for side, code, count in _by_reason(matches.values_list("declined_by", "reason_code")):
        counted[side, code] += count
    for code, count in _by_reason(invited.values_list("reason_code")):
        counted["provider", code] += count
    often = sorted((-count, side, code) for (side, code), count in counted.items() if count >= FEWEST)
    return [DeclineReason(side, reason_label(code), -negative) for negative, side, code in often]


def _by_reason(rows: Any) -> Any:
    return rows.order_by().annotate(count=Count("pk"))


# What the verdicts speak for ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposal:
    """Weights fitted to the verdicts, and how well they tell kept from dropped: .5 is chance, 1 is always right.

    `after` is measured on verdicts that were left out of the fit.
    """

    values: dict[str, float]
    before: float
    after: float
    verdicts: int


def verdicts_given() -> int:
    """How many verdicts there are to fit on."""
    return _judged().count()


def _judged():  # type: ignore[no-untyped-def]  # a queryset of values
    given = Q(status__in=KEPT) | Q(status=MatchStatus.DROPPED)
    return Match.objects.filter(given, score__isnull=False).order_by("-pk").values_list("explanation", "status")


def proposal() -> Proposal | None:
    """The weights that the newest verdicts speak for; None while there are fewer than 200, or all say the same."""
    if verdicts_given() < FEWEST_VERDICTS:
        return None
    verdicts = [
        ({share["criterion"]: float(share["value"]) for share in explanation}, status in KEPT)
        for explanation, status in _judged()[:MOST_VERDICTS]
    ]
    weights = load_weights()
    return fit(verdicts, {name: weights.of(name) for name in CRITERIA})


def fit(verdicts: Sequence[Verdict], weights: Mapping[str, float]) -> Proposal | None:
    """Non-negative least squares of kept (1) and dropped (0) on the criteria, scaled to a sum of one."""
    values, kept = _table(verdicts), np.array([given for _, given in verdicts], dtype=np.float64)
    now = np.array([weights[name] for name in CRITERIA])
    if not 0 < kept.sum() < len(kept):
        return None
    fitted = _fitted(values, kept, now)
    if fitted is None:
        return None
    fold = np.arange(len(kept)) % FOLDS
    left_out = np.zeros(len(kept))
    for number in range(FOLDS):
        part = _fitted(values[fold != number], kept[fold != number], now)
        left_out[fold == number] = _scores(values[fold == number], fitted if part is None else part)
    named = {name: float(weight) for name, weight in zip(CRITERIA, fitted, strict=True)}
    return Proposal(named, auc(_scores(values, now), kept), auc(left_out, kept), len(verdicts))


def _table(verdicts: Sequence[Verdict]) -> Floats:
    """One row per verdict, one column per criterion; not a number where the need left the criterion open."""
    rows = [[found.get(name, np.nan) for name in CRITERIA] for found, _ in verdicts]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(CRITERIA))


def _scores(values: Floats, weights: Floats) -> Floats:
    """Σ w·c / Σ w over the criteria that count, as the scorer does it; zero where none of them has weight."""
    counts = ~np.isnan(values)
    whole = counts @ weights
    met = np.where(counts, values, 0.0) @ weights
    return np.asarray(np.divide(met, whole, out=np.zeros(len(values)), where=whole > 0))


def _fitted(values: Floats, kept: Floats, now: Floats) -> Floats | None:
    """Weights of two decimals that sum to one; None where no criterion helps. An open criterion counts as the score."""
    filled = np.where(np.isnan(values), _scores(values, now)[:, None], values)
    level = np.ones((len(kept), 1))
    found, _ = nnls(np.hstack([filled, level, -level]), kept)  # the level may be of either sign
    weights = found[: len(CRITERIA)]
    if not weights.sum() > 0:
        return None
    return np.asarray(np.round(weights / weights.sum(), 2))


def auc(scores: Floats, kept: Floats) -> float:
    """How often a kept match scores above a dropped one; a tie counts half."""
    good, bad = scores[kept > 0], np.sort(scores[kept <= 0])
    below = np.searchsorted(bad, good, side="left")
    level = np.searchsorted(bad, good, side="right") - below
    return float((below + level / 2).sum() / (len(good) * len(bad)))
