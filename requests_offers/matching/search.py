"""The exact best of one block of offers: bounds first, exact scores for the short list, then proof that nothing is
missing.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import local

import numpy as np

from .bounds import Bounds, Plan, Singles, cuts
from .criteria import Columns, Flags, open_on
from .judging import Bench, Judged, Ranking
from .pool import Ints

_TILE_LEAST, _TILE_MOST = 128, 256  # needs that are looked at together, fewer where there are many offers
_TILE_PLACES = 5_000_000  # needs × items whose bounds are held in memory by each thread
_LOWEST = np.finfo(np.float32).min
_SPARE = 36  # candidates beyond those that are wanted
_FEW = 8  # needs for which a long list at once costs less than a second look
_OPTIMISTIC = 3  # times `top` candidates, before bounds are joined with who is to be shown at all
_WIDER = 2  # times as many candidates where the short list was too short


def opened_on(columns: Columns, alive: Flags, as_of: date) -> Singles:
    """What is added to the bounds of all needs, so that closed offers lie below all others."""
    found = np.zeros(len(columns), dtype=np.float32)
    found[~(alive & open_on(columns, as_of))] = -np.inf
    return found


def search(bounds: Bounds, bench: Bench, opened: Singles, *, as_of: date, top: int, threads: int) -> list[Ranking]:
    """The best offers for every need; the number of threads changes the time alone."""
    plan = bounds.plan(bench)
    found: list[Ranking | None] = [None] * len(bench.asked)

    tiles, desks = _tiles(bench, len(bounds.block.languages)), local()

    def work(needs: Ints) -> None:
        if not hasattr(desks, "own"):  # memory for each thread, taken once: fresh pages cost more than the arithmetic
            rows = max(map(len, tiles))
            desks.own = np.empty((rows, len(bounds.block.languages)), dtype=np.float32)
        for need, ranking in _tile(bounds, plan, needs, opened, desks.own, as_of, top):
            found[need] = ranking

    if threads < 2 or len(tiles) < 2:
        for needs in tiles:
            work(needs)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, tiles))
    return [ranking for ranking in found if ranking is not None]


def _tiles(bench: Bench, items: int) -> list[Ints]:
    """The needs in groups of one language each."""
    size = min(max(_TILE_PLACES // max(items, 1), _TILE_LEAST), _TILE_MOST)
    languages = bench.texts.languages
    found = []
    for language in np.unique(languages):
        same = np.flatnonzero(languages == language)
        found += [same[low : low + size] for low in range(0, len(same), size)]
    return found


def _tile(
    bounds: Bounds, plan: Plan, needs: Ints, opened: Singles, desk: Singles, as_of: date, top: int
) -> list[tuple[int, Ranking]]:
    """The rankings of a few needs of one language."""
    bench, upper = plan.bench, bounds.rows(plan, needs, opened, desk)
    slack = bounds.slack(int(bench.texts.languages[needs[0]]))
    least = top + _SPARE if len(needs) > _FEW else _OPTIMISTIC * top
    found: list[tuple[int, Ranking]] = []
    while len(needs):
        levels = np.maximum(cuts(upper, least) - 2 * slack, _LOWEST)
        places = np.flatnonzero(upper >= levels[:, None])
        who, rows = np.divmod(places, upper.shape[1])
        best = bench.best(needs[who], rows, as_of, top)
        proven = _proven(bench, best, needs, levels + plan.constant[needs] + slack, top) | (levels == _LOWEST)
        found += zip(needs[proven].tolist(), bench.rankings(best, needs[proven]), strict=True)
        needs, upper = needs[~proven], upper[~proven]
        if least > _OPTIMISTIC * top:
            for need, row in zip(needs.tolist(), upper, strict=True):
                row[~bounds.loosely_shown(plan, need)] = -np.inf
        least *= _WIDER
    return found


def _proven(bench: Bench, best: Judged, needs: Ints, limits: np.ndarray, top: int) -> Flags:
    """Whether the last of the best of each need scores at least what any offer that was left out could."""
    last = np.searchsorted(best.who, needs, side="right") - 1
    full = last - np.searchsorted(best.who, needs) == top - 1
    score = np.where(full, best.total[last] if len(best.total) else 0.0, 0.0)
    return np.asarray(full & (score * bench.weight[needs] >= limits))
