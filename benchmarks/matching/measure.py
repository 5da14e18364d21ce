"""The bench of the matcher: our time beside that of the peers, in one run on one machine, and the ratios."""

from __future__ import annotations

import resource
from collections.abc import Sequence
from typing import Any

from benchmarks.matching.peers import THREADS, TOP, Time, interleaved, prepared
from benchmarks.matching.scaling import limit, scaling, workers
from benchmarks.matching.sharing import allocation
from benchmarks.matching.synthetic import TODAY, World, world
from requests_offers.matching.rank import Index

_SINGLE_NEEDS = 20
_SINGLE_PEERS = ("bm25s", "scipy_csr", "sklearn", "duckdb")
PARTS = {"scaling": scaling, "workers": workers, "allocation": allocation}


def bench(requests: int, offers: int, single: int, peers: Sequence[str], parts: Sequence[str] = ()) -> dict[str, Any]:
    """All measurements; zero leaves a part out."""
    report: dict[str, Any] = {"threads": THREADS, "top": TOP}
    if requests and offers:
        report["batch"] = batch(world(requests, offers), peers)
    if single:
        report["single"] = alone(world(_SINGLE_NEEDS, single), [name for name in peers if name in _SINGLE_PEERS])
    report["peak_memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    for part in parts:
        report[part] = PARTS[part]()
    return report


def batch(found: World, peers: Sequence[str]) -> dict[str, Any]:
    """All needs against all offers: every criterion, and the value of each criterion for every kept pair."""
    index = Index.of_packed(found.block, found.vocabulary)

    def ours() -> None:
        index.order_many(found.needs, as_of=TODAY, top=TOP, threads=THREADS, texts=found.texts)

    times = interleaved({"ours": (ours, 1.0), **prepared(peers, found)})
    arithmetic = min(limit(found) for _ in range(2))
    return {
        "requests": len(found.needs),
        "offers": len(found.block),
        "pairs": len(found.needs) * len(found.block),
        **_compared(times, 1),
        "limit_cpu_seconds": round(arithmetic, 4),
        "times_the_limit": round(times["ours"].cpu_seconds / arithmetic, 2) if arithmetic else None,
    }


def alone(found: World, peers: Sequence[str]) -> dict[str, Any]:
    """One need at a time against all offers; seconds per need."""
    index = Index.of_packed(found.block, found.vocabulary)

    def ours() -> None:
        for need, text in zip(found.needs, found.texts, strict=True):
            index.order_many([need], as_of=TODAY, top=TOP, threads=1, texts=[text])

    times = interleaved({"ours": (ours, 1.0), **prepared(peers, found)})
    return {"offers": len(found.block), **_compared(times, len(found.needs))}


def _compared(times: dict[str, Time], needs: int) -> dict[str, Any]:
    ours, theirs = times["ours"], {name: found for name, found in times.items() if name != "ours"}
    return {
        "seconds": round(ours.seconds / needs, 6),
        "cpu_seconds": round(ours.cpu_seconds / needs, 6),
        "peers_seconds": {name: round(found.seconds / needs, 6) for name, found in theirs.items()},
        "peers_cpu_seconds": {name: round(found.cpu_seconds / needs, 6) for name, found in theirs.items()},
        "peer_times_ours": {name: round(found.seconds / ours.seconds, 2) for name, found in theirs.items()},
        "peer_cpu_times_ours": {name: round(found.cpu_seconds / ours.cpu_seconds, 2) for name, found in theirs.items()},
        "scaled_up": sorted(name for name, found in theirs.items() if found.scale != 1.0),
    }
