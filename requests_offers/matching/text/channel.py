"""The text channel: any text of any of six languages as one sparse vector over English stems.

Words the lexicon does not know stay as they are, folded: names, acronyms and Latin species names match across
languages.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ..records import Text
from . import lexicon as lexicon_file
from .calibration import NUMBER, Calibration, from_arrays, refitted
from .lexicon import Lexicon
from .spelling import Spelling
from .tokens import NUMBERS, OTHER, Token, fold, language_of, tokens
from .training import strongest

OFFER_TERMS = 128
NEED_TERMS = 80  # a need says more than it asks for; its weaker terms lead astray
_RELATED_WEIGHT = 0.2
_TRANSLATIONS = 16
_SATURATION = 2.0  # the second mention of a word says less than the first
_TRANSLATION_POWER = 0.6  # lifts weak translations: many small agreements say more than one large
_IDF_POWER = 0.9
_SAME_LANGUAGE_GROWTH = 0.4  # within one language, longer texts may score a little higher
_TYPICAL_LENGTH = 25.0
_POOL_SHARE = 0.65  # of the idf, once a pool has been counted
_NUMBER_WEIGHT = 0.5  # a shared "Target 6" says something, a shared "3" little
_AKIN_WEIGHT = 0.5
_WORDS_REMEMBERED = 200_000  # words; the rest is worked out again
_COGNATES = frozenset({"fr", "es", "ru"})  # languages that share many words of science with English
_SPELLED_APART = frozenset({"zh", NUMBERS, OTHER})
_UNKNOWN = 1 << 32  # keys from here on are words as written, not English stems


@dataclass(frozen=True, slots=True)
class Vectors:
    """Rows of sorted keys and values, and the number of the language each row is written in.

    The part of a row that the lexicon knows has length one; `lengths` is the length of the whole row. A word that only
    this language has cannot be found in a text of another: it counts against a pair only where both share the language.
    `growth` is what the similarity of an offer's item is multiplied with there, by the amount that it says.
    """

    starts: NDArray[np.int64]
    keys: NDArray[np.int64]
    values: NDArray[np.float32]
    languages: NDArray[np.int64]
    lengths: NDArray[np.float64]
    growth: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def row(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Keys and values of one row."""
        part = slice(self.starts[number], self.starts[number + 1])
        return self.keys[part], self.values[part]

    def chosen(self, rows: NDArray[np.int64]) -> Vectors:
        """Some of the rows, in the order asked for."""
        counts = np.diff(self.starts)[rows]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        places = np.repeat(self.starts[rows] - starts[:-1], counts) + np.arange(int(starts[-1]))
        return Vectors(
            starts, self.keys[places], self.values[places],
            self.languages[rows], self.lengths[rows], self.growth[rows],
        )  # fmt: skip

    def matrix(self, columns: int) -> sp.csr_matrix:
        """The part of the rows that lies in the first `columns` keys, as a matrix."""
        known = self.keys < columns
        starts = np.concatenate([[0], np.cumsum(known)])[self.starts]
        values = self.values[known].astype(np.float64)
        return sp.csr_matrix((values, self.keys[known], starts), shape=(len(self), columns))


@dataclass(frozen=True, eq=False)
class PoolCounts:
    """In how many of the texts of a pool each key occurs."""

    texts: int
    keys: NDArray[np.int64]
    seen: NDArray[np.float64]

    def idf(self, keys: NDArray[np.int64]) -> NDArray[np.float64]:
        """The idf of keys in this pool; those that it never saw count as seen in none."""
        seen = np.zeros(len(keys))
        if len(self.keys):
            places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
            seen = np.where(self.keys[places] == keys, self.seen[places], 0.0)
        return np.log((self.texts + 1) / (seen + 1))


@dataclass(frozen=True, eq=False)
class Channel:
    """Lexicon, idf and calibration of one version, and the way from texts to vectors."""

    lexicon: Lexicon
    idf: NDArray[np.float64]
    calibration: Calibration
    idf_version: str = "lexicon"
    pool: PoolCounts | None = None
    _numbers: dict[str, dict[str, int]] = field(default_factory=dict, repr=False)
    _spellings: dict[str, Spelling] = field(default_factory=dict, repr=False)
    _akin: dict[tuple[str, str], tuple[tuple[int, float], ...]] = field(default_factory=dict, repr=False)
    _links: dict[tuple[str, str], dict[int, float]] = field(default_factory=dict, repr=False)

    @cached_property
    def unknown_idf(self) -> float:
        """A word that the lexicon never saw is as telling as its rarest one."""
        return float(self.lexicon.idf.max()) if len(self.lexicon.idf) else 1.0

    def _idf_of(self, keys: NDArray[np.int64]) -> NDArray[np.float64]:
        """How telling each key is, by the lexicon and, where one was counted, by the pool."""
        known = keys < len(self.idf)
        found = np.full(len(keys), self.unknown_idf)
        found[known] = self.idf[keys[known]]
        if self.pool is not None:
            found = (1 - _POOL_SHARE) * found + _POOL_SHARE * self.pool.idf(keys)
        return np.asarray(np.maximum(found, 0.0) ** _IDF_POWER)

    @cached_property
    def tables(self) -> dict[str, sp.csr_matrix]:
        """Word → English stems, each language, with the stems that other languages translate alike mixed in."""
        size = len(self.lexicon.english)
        spread = (sp.eye_array(size, format="csr") + _RELATED_WEIGHT * self.lexicon.related).tocsr()
        tables = {"en": spread, NUMBERS: _NUMBER_WEIGHT * sp.eye_array(size, format="csr")}
        for language, table in self.lexicon.tables.items():
            tables[language] = strongest((evened(table) @ spread).tocsr(), 0.01, _TRANSLATIONS)
        return tables

    def numbers(self, language: str) -> dict[str, int]:
        """Stem → row of the language's table."""
        if language not in self._numbers:
            english = language in ("en", NUMBERS)
            known = self.lexicon.english if english else self.lexicon.words.get(language, ())
            self._numbers[language] = {stem: number for number, stem in enumerate(known)}
        return self._numbers[language]

    @property
    def versions(self) -> dict[str, str]:
        """What a score rests on, besides the weights."""
        return {
            "lexicon": self.lexicon.version,
            "idf": self.idf_version,
            "calibration": self.calibration.version,
        }

    def vectors(self, documents: Sequence[Sequence[Text]], terms: int = OFFER_TERMS) -> Vectors:
        """One row per document, of its strongest terms; a document of several texts is read as their sum."""
        counted = [_count(document) for document in documents]
        parts = [self._known_entries(counted), self._unknown_entries(counted)]
        rows, keys, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
        languages = np.array([_main_language(document) for document in documents], dtype=np.int64)
        return _pruned(rows, keys, weights**_TRANSLATION_POWER * self._idf_of(keys), languages, terms)

    def _known_entries(self, counted: Sequence[_Counts]) -> _Entries:
        """What the lexicon makes of the words: their translations, or those of words that are spelled alike."""
        total: sp.csr_matrix = sp.csr_matrix((len(counted), len(self.lexicon.english)))
        for language, table in self.tables.items():
            numbers = self.numbers(language)
            rows, columns, weights = [], [], []
            for row, words in enumerate(counted):
                for stem, count in words.get(language, ()):
                    number = numbers.get(stem)
                    if number is not None:
                        rows.append(row)
                        columns.append(number)
                        weights.append(_saturated(count))
            if rows:
                shape = (len(counted), table.shape[0])
                total = total + sp.csr_matrix((weights, (rows, columns)), shape=shape) @ table
        rows, columns, weights = [], [], []
        for row, words in enumerate(counted):
            for language, found in words.items():
                for stem, count in found:
                    if stem not in self.numbers(language):
                        for column, weight in self.akin(language, stem):
                            rows.append(row)
                            columns.append(column)
                            weights.append(weight * _saturated(count))
        total = (total + sp.csr_matrix((weights, (rows, columns)), shape=total.shape)).tocoo()
        return total.row.astype(np.int64), total.col.astype(np.int64), total.data

    def _unknown_entries(self, counted: Sequence[_Counts]) -> _Entries:
        """Words that are in no table, as they are."""
        rows, keys, weights = [], [], []
        for row, words in enumerate(counted):
            for language, found in words.items():
                for stem, count in found:
                    if stem not in self.numbers(language):
                        rows.append(row)
                        keys.append(unknown_key(stem))
                        weights.append(_saturated(count) * _word_weight(language))
        return np.array(rows, dtype=np.int64), np.array(keys, dtype=np.int64), np.array(weights, dtype=np.float64)

    def spelling(self, language: str) -> Spelling:
        """The known words of a language by their spelling."""
        if language not in self._spellings:
            self._spellings[language] = Spelling(tuple(self.numbers(language)))
        return self._spellings[language]

    def akin(self, language: str, stem: str) -> tuple[tuple[int, float], ...]:
        """English stems for a word that is in no table: through known words spelled alike, here and in English."""
        if language in _SPELLED_APART:
            return ()
        word = (language, stem)
        if word not in self._akin:
            if len(self._akin) > _WORDS_REMEMBERED:
                self._akin.clear()
            self._akin[word] = self._akin_now(language, stem)
        return self._akin[word]

    def _akin_now(self, language: str, stem: str) -> tuple[tuple[int, float], ...]:
        found: dict[int, float] = {}
        table = self.tables[language]
        for row, similarity in self.spelling(language).akin(stem):
            part = slice(table.indptr[row], table.indptr[row + 1])
            for column, value in zip(table.indices[part].tolist(), table.data[part].tolist(), strict=True):
                found[column] = found.get(column, 0.0) + _AKIN_WEIGHT * similarity**2 * value
        if language in _COGNATES:
            for column, similarity in self.spelling("en").akin(stem):
                found[column] = found.get(column, 0.0) + _AKIN_WEIGHT * similarity**2
        return tuple(sorted(found.items()))

    def word_links(self, token: Token) -> Mapping[int, float]:
        """The keys that one word of a text contributes to, with weights."""
        word = (token.language, token.stem)
        if word not in self._links:
            if len(self._links) > _WORDS_REMEMBERED:
                self._links.clear()
            self._links[word] = self._links_of(*word)
        return self._links[word]

    def _links_of(self, language: str, stem: str) -> dict[int, float]:
        number = self.numbers(language).get(stem)
        if number is None:
            links = dict(self.akin(language, stem))
            links[unknown_key(stem)] = _word_weight(language)
        else:
            table = self.tables[language]
            part = slice(table.indptr[number], table.indptr[number + 1])
            links = dict(zip(table.indices[part].tolist(), table.data[part].tolist(), strict=True))
        keys = np.array(list(links), dtype=np.int64)
        weights = np.array(list(links.values())) ** _TRANSLATION_POWER * self._idf_of(keys)
        return dict(zip(keys.tolist(), weights.tolist(), strict=True))

    def counted_on(self, documents: Sequence[Sequence[Text]]) -> Channel:
        """The same channel with the idf of a pool mixed in: what every offer says tells little."""
        keys = self.vectors(documents).keys
        found, seen = np.unique(keys, return_counts=True)
        digest = zlib.crc32(found.tobytes() + seen.tobytes())
        pool = PoolCounts(len(documents), found, seen.astype(np.float64))
        return replace(self, pool=pool, idf_version=f"pool-{digest:08x}", _links={})

    def calibrated_on(self, needs: Vectors, offers: Vectors) -> Channel:
        """The same channel, calibrated on the pairs of a pool's own needs and offers."""
        found: dict[tuple[int, int], NDArray[np.float64]] = {}
        cosines = all_similarities(needs, offers)
        for left in np.unique(needs.languages).tolist():
            for right in np.unique(offers.languages).tolist():
                block = cosines[np.ix_(needs.languages == left, offers.languages == right)]
                found[left, right] = block.ravel()
        digest = zlib.crc32(needs.values.tobytes() + offers.values.tobytes())
        return replace(self, calibration=refitted(self.calibration, found, f"pool-{digest:08x}"))


def similarities(
    dots: NDArray[np.float64],
    length: float | NDArray[np.float64],
    lengths: NDArray[np.float64],
    growth: NDArray[np.float64],
    same_language: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Similarities from dot products: unknown words and the amount of text matter where both share the language."""
    return np.minimum(np.where(same_language, dots * (growth / lengths / length), dots), 1.0)


def all_similarities(left: Vectors, right: Vectors) -> NDArray[np.float64]:
    """The similarity of every row of one side to every row of the other."""
    keys = np.unique(np.concatenate([left.keys, right.keys]))

    def matrix(rows: Vectors) -> sp.csr_matrix:
        columns = np.searchsorted(keys, rows.keys)
        return sp.csr_matrix((rows.values.astype(np.float64), columns, rows.starts), shape=(len(rows), len(keys)))

    dots = np.asarray((matrix(left) @ matrix(right).T).toarray())
    same = left.languages[:, None] == right.languages[None]
    return similarities(dots, left.lengths[:, None], right.lengths[None], right.growth[None], same)


_Counts = Mapping[str, Sequence[tuple[str, int]]]  # language → stems and how often
_Entries = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def _saturated(count: int) -> float:
    return count * (_SATURATION + 1.0) / (count + _SATURATION)


def _word_weight(language: str) -> float:
    return _NUMBER_WEIGHT if language == NUMBERS else 1.0


def unknown_key(stem: str) -> int:
    """The key of a word that is in no table; the same word has the same key in every process."""
    return _UNKNOWN + zlib.crc32(fold(stem, "fr").encode())


def evened(table: sp.csr_matrix) -> sp.csr_matrix:
    """Rows divided by the root of their sums: a word with many weak translations says nearly as much as one with a sure
    one.
    """
    sums = np.asarray(table.sum(axis=1)).ravel()
    return (sp.diags_array(1.0 / np.sqrt(np.where(sums > 0, sums, 1.0))) @ table).tocsr()


def _count(document: Iterable[Text]) -> _Counts:
    counts: dict[str, dict[str, int]] = {}
    for part in document:
        for token in tokens(part.text, part.language):
            words = counts.setdefault(token.language, {})
            words[token.stem] = words.get(token.stem, 0) + 1
    if set(counts) == {NUMBERS}:
        return {}  # figures alone say nothing
    return {language: sorted(words.items()) for language, words in sorted(counts.items())}


def _main_language(document: Sequence[Text]) -> int:
    lengths: dict[str, int] = {}
    for part in document:
        language = language_of(part.text, part.language)
        lengths[language] = lengths.get(language, 0) + len(part.text)
    known = {language: length for language, length in lengths.items() if language != OTHER}
    best = max(known or lengths or {OTHER: 0}, key=lambda language: (lengths.get(language, 0), language))
    return NUMBER[best]


def _pruned(
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    values: NDArray[np.float64],
    languages: NDArray[np.int64],
    terms: int,
) -> Vectors:
    """Keep the strongest terms of each row, scale rows to length one, sort by key."""
    order = np.lexsort((keys, -values, rows))
    rows, keys, values = rows[order], keys[order], values[order]
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    kept = (place < terms) & (values > 0)
    rows, keys, values = rows[kept], keys[kept], values[kept]
    order = np.lexsort((keys, rows))
    rows, keys, values = rows[order], keys[order], values[order]
    whole = np.sqrt(np.bincount(rows, values * values, len(languages)))
    known = np.sqrt(np.bincount(rows, values * values * (keys < _UNKNOWN), len(languages)))
    known = np.where(known > 0, known, np.where(whole > 0, whole, 1.0))
    starts = np.searchsorted(rows, np.arange(len(languages) + 1))
    scaled = (values / known[rows]).astype(np.float32)
    growth = np.where(whole > 0, whole / _TYPICAL_LENGTH, 1.0) ** _SAME_LANGUAGE_GROWTH
    return Vectors(starts.astype(np.int64), keys, scaled, languages, np.maximum(whole / known, 1.0), growth)


def channel_of(lexicon: Lexicon) -> Channel:
    """The text channel that a compiled lexicon describes."""
    return Channel(lexicon, lexicon.idf, from_arrays(lexicon.calibration, lexicon.version))


@cache
def default_channel() -> Channel:
    """The channel of the packaged lexicon, built once per process."""
    return channel_of(lexicon_file.packaged())
