"""How time and memory grow with the number of pairs, what more workers bring, and how near the arithmetic itself is."""

from __future__ import annotations

import json
import math
import multiprocessing
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse._sparsetools import csc_matvec

from benchmarks.matching.peers import THREADS, TOP, matrices, spent
from benchmarks.matching.synthetic import LANGUAGES, REGIONS, TODAY, World, world
from requests_offers.matching.rank import Index

ROOT = Path(__file__).resolve().parent.parent.parent
SIZES = ((1_000, 1_000), (2_000, 20_000), (4_000, 50_000), (10_000, 100_000))
WORKERS = (1, 2, 4)
_WORKER_NEEDS, _WORKER_OFFERS = 1_000, 20_000
_HEAD_SHARE = 0.15
_LIMIT_TILE = 128


def scaling(sizes: tuple[tuple[int, int], ...] = SIZES) -> dict[str, Any]:
    """One process per size, so that each has a peak memory of its own; the exponent is fitted to the times."""
    rows = []
    for needs, offers in sizes:
        command = [sys.executable, "-m", "benchmarks.matching.scaling", str(needs), str(offers)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        rows.append(json.loads(done.stdout))
    pairs, seconds = (np.log([row[name] for row in rows]) for name in ("pairs", "cpu_seconds"))
    exponent = float(np.polyfit(pairs, seconds, 1)[0]) if len(rows) > 1 else math.nan
    return {"sizes": rows, "exponent": round(exponent, 3)}


def one_size(needs: int, offers: int) -> dict[str, Any]:
    """Seconds and peak memory of one run, the making of its world left out of the time."""
    found = world(needs, offers)
    index = Index.of_packed(found.block, found.vocabulary)
    index.order_many(found.needs[:32], as_of=TODAY, top=TOP, threads=1, texts=found.texts[:32])  # warm, as a worker is
    start, used = time.perf_counter(), spent()
    index.order_many(found.needs, as_of=TODAY, top=TOP, threads=THREADS, texts=found.texts)
    return {
        "pairs": needs * offers,
        "seconds": round(time.perf_counter() - start, 3),
        "cpu_seconds": round(spent() - used, 3),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def workers(counts: tuple[int, ...] = WORKERS) -> list[dict[str, Any]]:
    """Workers that claim needs one by one, each with the whole index, as the portal's workers do."""
    found = world(_WORKER_NEEDS, _WORKER_OFFERS)
    index = Index.of_packed(found.block, found.vocabulary)
    forked = multiprocessing.get_context("fork")
    rows = []
    for count in counts:
        place, ready = forked.Value("i", 0), forked.Barrier(count + 1)
        crew = [forked.Process(target=_work, args=(index, found, place, ready)) for _ in range(count)]
        for worker in crew:
            worker.start()
        ready.wait()
        start = time.perf_counter()
        for worker in crew:
            worker.join()
        rows.append({"workers": count, "seconds": round(time.perf_counter() - start, 3)})
    return rows


def _work(index: Index, found: World, place: Any, ready: Any) -> None:
    ready.wait()
    while True:
        with place.get_lock():
            number = place.value
            place.value += 1
        if number >= len(found.needs):
            return
        index.order_many([found.needs[number]], as_of=TODAY, top=TOP, threads=1, texts=[found.texts[number]])


def limit(found: World) -> float:
    """Processor seconds of the arithmetic alone: one matrix product for tags and frequent terms,
    postings for the rest.
    """
    needs, offers = matrices(found)
    counts = np.bincount(offers.indices, minlength=offers.shape[1])
    head = np.flatnonzero(counts > _HEAD_SHARE * offers.shape[0])
    tags = sum(found.vocabulary.size(name) for name in ("targets", "subjects", "cooperation_types"))
    width = tags + len(REGIONS) + len(LANGUAGES) + len(head)
    random = np.random.default_rng(0)
    right = random.random((width, offers.shape[0]), dtype=np.float32)
    left = random.random((needs.shape[0], width), dtype=np.float32)
    cold = np.ones(offers.shape[1], dtype=np.bool_)
    cold[head] = False
    columns = offers.tocsc()
    rows = np.empty((_LIMIT_TILE, offers.shape[0]), dtype=np.float32)
    start = spent()
    for first in range(0, needs.shape[0], _LIMIT_TILE):
        tile = rows[: min(_LIMIT_TILE, needs.shape[0] - first)]
        np.matmul(left[first : first + _LIMIT_TILE], right, out=tile)
        for number, row in enumerate(tile, first):
            part = slice(needs.indptr[number], needs.indptr[number + 1])
            terms = needs.indices[part][::-1]
            keep = cold[terms]
            ways = np.column_stack([columns.indptr[terms[keep]], columns.indptr[terms[keep] + 1]]).ravel()
            factors = np.zeros(len(ways), dtype=np.float32)
            factors[::2] = needs.data[part][::-1][keep]
            if len(ways):
                csc_matvec(len(row), len(ways) - 1, ways, columns.indices, columns.data, factors, row)
    return spent() - start


if __name__ == "__main__":
    sys.stdout.write(json.dumps(one_size(int(sys.argv[1]), int(sys.argv[2]))))
