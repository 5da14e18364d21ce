"""Other ways to do the work, for comparison in the same run. Each is optional; one that is not installed is left out."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import scipy.sparse as sp

from benchmarks.matching.synthetic import VOCABULARY, World

TOP = 20
THREADS = 2
_NAIVE_PAIRS = 40_000
_DUCKDB_NEEDS = 50


def matrices(found: World) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """The texts of needs and offers as plain sparse matrices."""
    asked, items = found.need_vectors, found.offer_vectors

    def matrix(rows: object) -> sp.csr_matrix:
        return sp.csr_matrix((rows.values, rows.keys, rows.starts), shape=(len(rows), VOCABULARY))

    return matrix(asked), matrix(items)


def timed(work: Callable[[], object]) -> float:
    """The shorter of two runs, in seconds: the other one met somebody else on the machine."""
    best = float("inf")
    for _ in range(2):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def sparse_dot_topn(found: World) -> float:
    """Text alone: the top 20 cosines."""
    from sparse_dot_topn import sp_matmul_topn  # noqa: PLC0415 - optional

    needs, offers = matrices(found)
    columns = offers.T.tocsr()
    return timed(lambda: sp_matmul_topn(needs, columns, top_n=TOP, n_threads=THREADS))


def sklearn(found: World) -> float:
    """Text alone: cosine similarities of blocks, then the 20 best."""
    from sklearn.metrics.pairwise import linear_kernel  # noqa: PLC0415 - optional

    needs, offers = matrices(found)

    def work() -> None:
        for first in range(0, needs.shape[0], 100):
            similarity = linear_kernel(needs[first : first + 100], offers)
            np.argpartition(-similarity, TOP, axis=1)

    return timed(work)


def bm25s(found: World) -> float:
    """Text alone: BM25 over the same terms, numpy backend."""
    import bm25s as library  # noqa: PLC0415 - optional

    def words(rows: object) -> list[list[str]]:
        return [[str(key) for key in rows.keys[first:last]] for first, last in pairwise(rows.starts.tolist())]

    retriever = library.BM25(backend="numpy")
    retriever.index(words(found.offer_vectors), show_progress=False)
    queries = words(found.need_vectors)
    threads = THREADS if len(queries) > 1 else 0
    return timed(lambda: retriever.retrieve(queries, k=TOP, n_threads=threads, show_progress=False))


def scipy_csr(found: World) -> float:
    """Text alone, one need: a sparse matrix times a vector."""
    needs, offers = matrices(found)
    asked = [needs[row].toarray().ravel() for row in range(min(needs.shape[0], 20))]
    return timed(lambda: [np.argpartition(-(offers @ vector), TOP) for vector in asked]) * needs.shape[0] / len(asked)


def duckdb(found: World) -> float:
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
    return timed(lambda: connection.execute(query).fetchall()) * len(found.needs) / sample


def naive(found: World) -> float:
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

    pairs = len(sample) * len(offers)
    return timed(work) * len(found.needs) * len(items) / pairs


PEERS: dict[str, Callable[[World], float]] = {
    "sparse_dot_topn": sparse_dot_topn,
    "sklearn": sklearn,
    "bm25s": bm25s,
    "scipy_csr": scipy_csr,
    "duckdb": duckdb,
    "naive": naive,
}


def run(names: Sequence[str], found: World) -> dict[str, float]:
    """Seconds of each peer that is installed."""
    return {name: PEERS[name](found) for name in names if name in PEERS and _installed(name)}


def _installed(name: str) -> bool:
    return name in ("naive", "scipy_csr") or importlib.util.find_spec(name) is not None
