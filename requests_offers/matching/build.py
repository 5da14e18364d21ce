"""Compiling the lexicon from its sources: thesaurus concepts and parallel strings, as JSON lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .records import Text
from .text import calibration as calibrating
from .text.channel import Channel, channel_of
from .text.concepts import label_key
from .text.lexicon import ConceptLabels, Lexicon
from .text.tokens import LANGUAGES, NUMBERS, tokens
from .text.training import Side, read_side, related_stems, translation_table

ROUNDS = 8
LEAST = 0.02
TRANSLATIONS = 8
RELATED_LEAST = 0.05
RELATED_KEPT = 8
_CALIBRATION_ROWS = 1_500
_ALIKE = 0.5
_LONG_ENOUGH = 60  # characters of English; shorter strings are labels, not texts
_NOTE = re.compile(r"[(（\[].*?[)）\]]")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sources:
    """What the sources say: texts that mean the same in several languages, and concepts with their labels."""

    parallel: tuple[dict[str, str], ...]
    concepts: tuple[dict[str, list[str]], ...]
    names: tuple[str, ...]


def read_sources(named_rows: Mapping[str, Sequence[Row]]) -> Sources:
    """Sort the rows of all sources: thesaurus rows carry `labels`, parallel strings one field per language."""
    parallel: list[dict[str, str]] = []
    concepts: list[dict[str, list[str]]] = []
    for rows in named_rows.values():
        for row in rows:
            if "labels" in row:
                labels = {code: [str(label) for label in row["labels"][code]] for code in row["labels"]}
                concepts.append(labels)
                parallel.append({code: found[0] for code, found in labels.items() if found})
                parallel.append(_texts(row.get("definitions") or {}))
            else:
                parallel.append(_texts(row))
    kept = tuple(row for row in parallel if "en" in row)
    return Sources(kept, tuple(concepts), tuple(named_rows))


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {code: str(row[code]) for code in LANGUAGES if row.get(code)}


def build(sources: Sources) -> Lexicon:
    """Learn tables, related stems, idf and calibration. The same sources give the same lexicon, bit for bit."""
    english = read_side([row["en"] for row in sources.parallel], "en")
    sides = {code: read_side([row.get(code, "") for row in sources.parallel], code) for code in LANGUAGES[1:]}
    tables = {
        code: translation_table(side, english, rounds=ROUNDS, least=LEAST, top=TRANSLATIONS)
        for code, side in sides.items()
    }
    figures = _figures([row["en"] for row in sources.parallel])
    size = len(english.stems) + len(figures)
    related = related_stems(list(tables.values()), least=RELATED_LEAST, top=RELATED_KEPT)
    lexicon = Lexicon(
        english=(*english.stems, *figures),
        words={code: side.stems for code, side in sides.items()},
        tables={code: _widened(table, table.shape[0], size) for code, table in tables.items()},
        related=_widened(related, size, size),
        idf=_idf(len(english.rows), [*_seen(english), *figures.values()]),
        concepts=_concept_labels(sources.concepts),
        calibration={},
        sources=sources.names,
    )
    return replace(lexicon, calibration=_calibration(channel_of(lexicon), sources))


def _figures(texts: Sequence[str]) -> dict[str, int]:
    """The numbers that occur and in how many texts: they stand beside the English stems, alike in all languages."""
    seen: Counter[str] = Counter()
    for text in texts:
        seen.update(sorted({token.stem for token in tokens(text, "en") if token.language == NUMBERS}))
    return dict(seen)


def _widened(table: sp.csr_matrix, rows: int, columns: int) -> sp.csr_matrix:
    """The same table in a larger frame."""
    table = table.tocoo()
    return sp.csr_matrix((table.data, (table.row, table.col)), shape=(rows, columns))


def _seen(english: Side) -> list[int]:
    counts = Counter(stem for row in english.rows for stem in row)
    return [counts[stem] for stem in range(len(english.stems))]


def _idf(texts: int, seen: Sequence[int]) -> NDArray[np.float64]:
    return np.log((texts + 1) / (np.array(seen, dtype=np.float64) + 1))


def _calibration(channel: Channel, sources: Sources) -> dict[str, NDArray[np.float64]]:
    full = [row for row in sources.parallel if len(row) == len(LANGUAGES) and len(row["en"]) >= _LONG_ENOUGH]
    full = full or [row for row in sources.parallel if len(row) == len(LANGUAGES)]
    vectors = {
        code: channel.vectors([[Text(row[code], code)] for row in full]).matrix(len(channel.lexicon.english))
        for code in LANGUAGES
    }
    apart = _unlike(vectors["en"])
    return calibrating.measure({code: rows[apart] for code, rows in vectors.items()}, "").arrays()


def _unlike(vectors: sp.csr_matrix) -> NDArray[np.int64]:
    """Rows that resemble no earlier one: sources repeat themselves, and repetitions are not random pairs."""
    if not vectors.shape[0]:
        return np.zeros(0, dtype=np.int64)
    alike = sp.tril(vectors @ vectors.T, k=-1).tocsr()
    nearest = alike.max(axis=1).toarray().ravel()
    kept: NDArray[np.int64] = np.flatnonzero(nearest < _ALIKE)
    return kept[:_CALIBRATION_ROWS]


def _variants(label: str) -> list[str]:
    bare = _NOTE.sub("", label).strip()
    return [part.strip() for part in re.split(r"[;/]", bare) if part.strip()]


def _concept_labels(concepts: Sequence[Mapping[str, Sequence[str]]]) -> ConceptLabels:
    names: dict[str, list[str]] = {code: [] for code in LANGUAGES}
    keys: dict[str, list[str]] = {code: [] for code in LANGUAGES}
    numbers: dict[str, list[int]] = {code: [] for code in LANGUAGES}
    for number, labels in enumerate(concepts):
        for code in LANGUAGES:
            found = labels.get(code) or [""]
            names[code].append(found[0].replace("\n", " "))
            forms = {label_key(variant, code) for label in found for variant in _variants(label)}
            for form in sorted(form for form in forms if len(form) >= (2 if code == "zh" else 3)):
                keys[code].append(form)
                numbers[code].append(number)
    return ConceptLabels(
        {code: tuple(found) for code, found in names.items()},
        {code: tuple(found) for code, found in keys.items()},
        {code: np.array(found, dtype=np.int32) for code, found in numbers.items()},
    )
