"""Words the lexicon has not seen, read by their spelling: other forms of known words, and cognates of English ones."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .training import unit_rows

LEAST = 0.4  # cosine of letter groups from which two words count as akin
KEPT = 3
_GROUPS = (2, 3, 4)
_LONGEST_WORD = 40

_ROMAN = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziiklmnoprstufie", strict=True)),
        "ж": "j",
        "х": "h",
        "ц": "c",
        "ч": "ch",
        "ш": "sh",
        "щ": "sch",
        "ъ": "",
        "ь": "",
        "ю": "u",
        "я": "a",
    }
)


def romanized(word: str) -> str:
    """Cyrillic letters as Latin ones, so that `мониторинг` is seen to be `monitoring`."""
    return word.translate(_ROMAN)


def letter_groups(word: str) -> set[str]:
    """All runs of two to four letters of a word, with its ends marked."""
    marked = f"^{romanized(word[:_LONGEST_WORD])}$"
    return {marked[at : at + size] for size in _GROUPS for at in range(len(marked) - size + 1)}


class Spelling:
    """Finds the known words that look most like a given one."""

    def __init__(self, words: Sequence[str]) -> None:
        numbers: dict[str, int] = {}
        rows: list[int] = []
        columns: list[int] = []
        for row, word in enumerate(words):
            for group in sorted(letter_groups(word)):
                rows.append(row)
                columns.append(numbers.setdefault(group, len(numbers)))
        shape = (len(words), len(numbers))
        seen = np.bincount(np.array(columns, dtype=np.int64), minlength=len(numbers))
        self._numbers = numbers
        self._idf: NDArray[np.float64] = np.log((len(words) + 1) / np.maximum(seen, 1))
        found = sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape) @ sp.diags_array(self._idf)
        self._by_group = unit_rows(found.tocsr()).T.tocsr() if len(words) else sp.csr_matrix(shape).T.tocsr()
        self._size = len(words)
        self.akin = lru_cache(maxsize=1 << 16)(self._akin)

    def _akin(self, word: str) -> tuple[tuple[int, float], ...]:
        """The rows of the most similar words and how similar they are, best first."""
        groups = letter_groups(word)
        known = np.array(sorted(self._numbers[group] for group in groups if group in self._numbers), dtype=np.int64)
        if not len(known):
            return ()
        weights = self._idf[known]
        strange = (len(groups) - len(known)) * float(self._idf.max()) ** 2
        lists = self._by_group[known]
        given = np.repeat(weights, np.diff(lists.indptr)) * lists.data
        similarity = np.bincount(lists.indices, given, self._size) / np.sqrt(float(weights @ weights) + strange)
        near = np.flatnonzero(similarity >= LEAST)
        order = near[np.lexsort((near, -similarity[near]))][:KEPT]
        return tuple((int(row), float(similarity[row])) for row in order)
