"""Learning the word tables of the pivot lexicon from parallel strings: IBM Model 1, symmetrised, without chance.

Model 1 asks which word of a sentence most likely produced each word of its translation. It starts from equal
probabilities and has one optimum, so the same sources give the same table on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .tokens import tokens

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Side:
    """One language of a parallel text: its stems in order of first use, and each row as sorted stem numbers."""

    stems: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]


def read_side(texts: Sequence[str], language: str) -> Side:
    """Number the stems of one language; words of other scripts inside a text are left to their own language."""
    numbers: dict[str, int] = {}
    rows = []
    for text in texts:
        stems = [token.stem for token in tokens(text, language) if token.language == language]
        rows.append(tuple(sorted({numbers.setdefault(stem, len(numbers)) for stem in stems})))
    return Side(tuple(numbers), tuple(rows))


@dataclass(frozen=True, slots=True)
class _Links:
    """Every (source word or nothing, target word) that meet in a row."""

    source: Ints
    target: Ints
    group: Ints  # one group per target word of a row: its possible sources


def _links(source: Side, target: Side) -> _Links:
    nothing = len(source.stems)
    sources, targets, groups, at = [], [], [], 0
    for left, right in zip(source.rows, target.rows, strict=True):
        if not left or not right:
            continue
        possible = np.array([*left, nothing], dtype=np.int64)
        wanted = np.array(right, dtype=np.int64)
        sources.append(np.tile(possible, len(wanted)))
        targets.append(np.repeat(wanted, len(possible)))
        groups.append(np.repeat(np.arange(at, at + len(wanted)), len(possible)))
        at += len(wanted)
    if not sources:
        empty = np.zeros(0, dtype=np.int64)
        return _Links(empty, empty, empty)
    return _Links(np.concatenate(sources), np.concatenate(targets), np.concatenate(groups))


def word_table(source: Side, target: Side, rounds: int) -> sp.csr_matrix:
    """p(target | source) by expectation maximisation; the row for "nothing" is dropped."""
    links = _links(source, target)
    n_source, n_target = len(source.stems), len(target.stems)
    pairs, where = np.unique(links.source * n_target + links.target, return_inverse=True)
    first = pairs // max(n_target, 1)
    chance: Floats = 1.0 / np.bincount(first, minlength=n_source + 1)[first]
    for _ in range(rounds):
        weight = chance[where]
        counted = weight / np.bincount(links.group, weight)[links.group] if len(weight) else weight
        count = np.bincount(where, counted, len(pairs))
        chance = count / np.maximum(np.bincount(first, count, n_source + 1)[first], 1e-12)
    kept = first < n_source
    shape = (n_source, n_target)
    return sp.csr_matrix((chance[kept], (first[kept], (pairs % max(n_target, 1))[kept])), shape=shape)


def strongest(table: sp.csr_matrix, least: float, top: int) -> sp.csr_matrix:
    """Keep the `top` largest entries of each row that reach `least`; equal ones keep the lower column."""
    entries = table.tocoo()
    big = entries.data >= least
    row, column, value = entries.row[big], entries.col[big], entries.data[big]
    order = np.lexsort((column, -value, row))
    row, column, value = row[order], column[order], value[order]
    place = np.arange(len(row)) - np.searchsorted(row, row)
    kept = place < top
    return sp.csr_matrix((value[kept], (row[kept], column[kept])), shape=table.shape)


def translation_table(words: Side, english: Side, *, rounds: int, least: float, top: int) -> sp.csr_matrix:
    """p(English stem | word), the geometric mean of both directions: a pair counts where both sides agree."""
    forward = word_table(words, english, rounds)
    backward = word_table(english, words, rounds).T.tocsr()
    return strongest(forward.multiply(backward).sqrt().tocsr(), least, top)


def related_stems(tables: Sequence[sp.csr_matrix], *, least: float, top: int) -> sp.csr_matrix:
    """English stems that other languages translate alike, as cosines of their columns averaged over the languages."""
    size = tables[0].shape[1]
    total = sp.csr_matrix((size, size))
    for table in tables:
        columns = unit_rows(table.T.tocsr())
        total = total + columns @ columns.T
    total = (total / len(tables)).tocoo()
    apart = total.row != total.col
    related = sp.csr_matrix((total.data[apart], (total.row[apart], total.col[apart])), shape=(size, size))
    return strongest(related, least, top)


def unit_rows(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """The rows scaled to length one; empty rows stay empty."""
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    length[length == 0] = 1.0
    return (sp.diags_array(1.0 / length) @ matrix).tocsr()
