"""Other ways to do the work, for comparison in the same run. Each is optional; one that is not installed is left out.

A peer prepares its index first, outside the time; what it returns is the work alone, and by how much the time is to be
multiplied where a slow peer works on some of the needs only.
"""

from __future__ import annotations

import importlib.util
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.sparse as sp

from benchmarks.matching.synthetic import VOCABULARY, World

TOP = 20
THREADS = 2
ROUNDS = 3
_NAIVE_PAIRS = 40_000
_DUCKDB_NEEDS = 50


def matrices(found: World) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """The texts of needs and offers as plain sparse matrices."""
    asked, items = found.need_vectors, found.offer_vectors

    def matrix(rows: object) -> sp.csr_matrix:
        return sp.csr_matrix((rows.values, rows.keys, rows.starts), shape=(len(rows), VOCABULARY))

    return matrix(asked), matrix(items)


Peer = tuple[Callable[[], object], float]


def sparse_dot_topn(found: World) -> Peer:
    """Text alone: the top 20 cosines."""
    from sparse_dot_topn import sp_matmul_topn  # noqa: PLC0415 - optional

    needs, offers = matrices(found)
    columns = offers.T.tocsr()
    return lambda: sp_matmul_topn(needs, columns, top_n=TOP, n_threads=THREADS), 1.0


def sklearn(found: World) -> Peer:
    """Text alone: cosine similarities of blocks, then the 20 best."""
    from sklearn.metrics.pairwise import linear_kernel  # noqa: PLC0415 - optional

    needs, offers = matrices(found)

    def work() -> None:
        for first in range(0, needs.shape[0], 100):
            similarity = linear_kernel(needs[first : first + 100], offers)
            np.argpartition(-similarity, TOP, axis=1)

    return work, 1.0


def bm25s(found: World) -> Peer:
    """Text alone: BM25 over the same terms, numpy backend."""
    import bm25s as library  # noqa: PLC0415 - optional

    def words(rows: object) -> list[list[str]]:
        return [[str(key) for key in rows.keys[first:last]] for first, last in pairwise(rows.starts.tolist())]

    retriever = library.BM25(backend="numpy")
    retriever.index(words(found.offer_vectors), show_progress=False)
    queries = words(found.need_vectors)
    threads = THREADS if len(queries) > 1 else 0
    return lambda: retriever.retrieve(queries, k=TOP, n_threads=threads, show_progress=False), 1.0


def scipy_csr(found: World) -> Peer:
    """Text alone, one need: a sparse matrix times a vector."""
    needs, offers = matrices(found)
    asked = [needs[row].toarray().ravel() for row in range(min(needs.shape[0], 20))]
    return lambda: [np.argpartition(-(offers @ vector), TOP) for vector in asked], needs.shape[0] / len(asked)


def duckdb(found: World) -> Peer:
    """Text and tags in SQL, on some of the needs, scaled up."""
    import duckdb as library  # noqa: PLC0415 - optional

    sample = min(len(found.needs), _DUCKDB_NEEDS)
    connection = library.connect(config={"threads": THREADS})
    needs, offers = matrices(found)
    for name, table in (("asked", needs[:sample].tocoo()), ("offered", offers.tocoo())):
        columns = {"row": table.row.astype(np.int32), "term": table.col.astype(np.int32), "weight": table.data}
        connection.register("columns", columns)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM columns")
    tags = {
        name: np.array([sum(1 << number for number in one.targets) for one in rows], dtype=np.int64)
        for name, rows in (("need_tags", found.needs[:sample]), ("offer_tags", found.block.offers))
    }
    for name, mask in tags.items():
        rows = {"row": np.arange(len(mask), dtype=np.int32), "mask": mask}
        connection.register("rows", rows)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM rows")
    query = f"""
        WITH texts AS (
            SELECT asked.row AS need, offered.row AS offer, sum(asked.weight * offered.weight) AS cosine
            FROM asked JOIN offered USING (term) GROUP BY ALL),
        scored AS (
            SELECT need, offer, 0.35 * cosine + 0.2 * bit_count(n.mask & o.mask) / bit_count(n.mask) AS score
            FROM texts JOIN need_tags n ON n.row = need JOIN offer_tags o ON o.row = offer)
        SELECT need, offer, score FROM scored
        QUALIFY row_number() OVER (PARTITION BY need ORDER BY score DESC, offer) <= {TOP}"""
    return lambda: connection.execute(query).fetchall(), len(found.needs) / sample


def naive(found: World) -> Peer:
    """Plain Python over sets and dictionaries, on some of the pairs, scaled up."""
    items = found.offer_vectors
    offers = found.block.offers[: max(1, min(len(items), _NAIVE_PAIRS // 4))]
    texts = [dict(zip(*(part.tolist() for part in items.row(row)), strict=True)) for row in range(len(offers))]
    sample = list(zip(found.needs[:4], found.texts[:4], strict=True))

    def work() -> None:
        for need, text in sample:
            asked = dict(zip(text.keys.tolist(), text.values.tolist(), strict=True))
            scores = []
            for offer, words in zip(offers, texts, strict=True):
                cosine = sum(weight * words[key] for key, weight in asked.items() if key in words)
                shared = len(need.targets & offer.targets) / len(need.targets)
                subjects = len(need.subjects & offer.subjects) / len(need.subjects)
                scores.append((0.35 * cosine + 0.2 * shared + 0.15 * subjects, -offer.id))
            sorted(scores, reverse=True)[:TOP]

    return work, len(found.needs) * len(items) / (len(sample) * len(offers))


PEERS: dict[str, Callable[[World], Peer]] = {
    "sparse_dot_topn": sparse_dot_topn,
    "sklearn": sklearn,
    "bm25s": bm25s,
    "scipy_csr": scipy_csr,
    "duckdb": duckdb,
    "naive": naive,
}


@dataclass
class Time:
    """The shortest of several rounds, and the least of processor time, scaled to the whole work."""

    seconds: float = float("inf")
    cpu_seconds: float = float("inf")
    scale: float = 1.0


def interleaved(works: dict[str, Peer]) -> dict[str, Time]:
    """Everybody in turn, several times: who else is on the machine disturbs all alike."""
    found = {name: Time(scale=scale) for name, (_, scale) in works.items()}
    for _ in range(ROUNDS):
        for name, (work, scale) in works.items():
            start, used = time.perf_counter(), spent()
            work()
            found[name].seconds = min(found[name].seconds, (time.perf_counter() - start) * scale)
            found[name].cpu_seconds = min(found[name].cpu_seconds, (spent() - used) * scale)
    return found


def prepared(names: Sequence[str], found: World) -> dict[str, Peer]:
    """The peers that are installed, ready to work."""
    return {name: PEERS[name](found) for name in names if name in PEERS and _installed(name)}


def spent() -> float:
    """Processor seconds of this process so far, all threads together."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _installed(name: str) -> bool:
    return name in ("naive", "scipy_csr") or importlib.util.find_spec(name) is not None
