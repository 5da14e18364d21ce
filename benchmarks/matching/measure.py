"""The bench of the matcher: our time beside that of the peers, in one run on one machine, and the ratios."""

from __future__ import annotations

import resource
from collections.abc import Sequence
from typing import Any

from benchmarks.matching.peers import THREADS, TOP, run, timed
from benchmarks.matching.synthetic import TODAY, World, world
from requests_offers.matching.rank import Index

_SINGLE_NEEDS = 20
_SINGLE_PEERS = ("bm25s", "scipy_csr", "sklearn", "duckdb")


def bench(requests: int, offers: int, single: int, peers: Sequence[str]) -> dict[str, Any]:
    """All measurements; zero leaves a part out."""
    report: dict[str, Any] = {"threads": THREADS, "top": TOP}
    if requests and offers:
        report["batch"] = batch(world(requests, offers), peers)
    if single:
        report["single"] = alone(world(_SINGLE_NEEDS, single), [name for name in peers if name in _SINGLE_PEERS])
    report["peak_memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return report


def batch(found: World, peers: Sequence[str]) -> dict[str, Any]:
    """All needs against all offers: every criterion, and the criteria of every kept pair."""
    index = Index.of_packed(found.block, found.vocabulary)
    ours = timed(lambda: index.order_many(found.needs, as_of=TODAY, top=TOP, threads=THREADS, texts=found.texts))
    theirs = run(peers, found)
    return {
        "requests": len(found.needs),
        "offers": len(found.block),
        "pairs": len(found.needs) * len(found.block),
        **_compared(ours, theirs, 1),
    }


def alone(found: World, peers: Sequence[str]) -> dict[str, Any]:
    """One need at a time against all offers; seconds per need."""
    index = Index.of_packed(found.block, found.vocabulary)

    def work() -> None:
        for need, text in zip(found.needs, found.texts, strict=True):
            index.order_many([need], as_of=TODAY, top=TOP, threads=1, texts=[text])

    return {"offers": len(found.block), **_compared(timed(work), run(peers, found), len(found.needs))}


def _compared(ours: float, theirs: dict[str, float], needs: int) -> dict[str, Any]:
    return {
        "seconds": round(ours / needs, 6),
        "peers_seconds": {name: round(seconds / needs, 6) for name, seconds in theirs.items()},
        "peer_times_ours": {name: round(seconds / ours, 2) for name, seconds in theirs.items()},
    }
