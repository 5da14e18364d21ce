"""The compiled pivot lexicon: words of six languages as weighted English stems,
in one small file of terms and numbers.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

PACKAGED = Path(__file__).with_name("lexicon.npz")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a fixed date inside the archive: the same table is the same file


@dataclass(frozen=True, eq=False)
class ConceptLabels:
    """Thesaurus concepts: their display labels and, per language, the stemmed forms by which a text is searched."""

    names: Mapping[str, tuple[str, ...]]
    keys: Mapping[str, tuple[str, ...]]
    concepts: Mapping[str, NDArray[np.int32]]


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What was learnt from the parallel sources. Columns of all matrices are `english` stems."""

    english: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, sp.csr_matrix]
    related: sp.csr_matrix
    idf: NDArray[np.float64]
    concepts: ConceptLabels
    calibration: Mapping[str, NDArray[np.float64]]
    sources: tuple[str, ...]
    version: str = field(default="")


def _pack_words(words: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(words).encode(), dtype=np.uint8)


def _unpack_words(packed: NDArray[np.uint8]) -> tuple[str, ...]:
    text = packed.tobytes().decode()
    return tuple(text.split("\n")) if text else ()


def _pack_table(name: str, table: sp.csr_matrix) -> dict[str, NDArray[Any]]:
    """A table of probabilities as 16-bit numbers: fine enough, and half the size."""
    table = table.tocsr()
    table.sort_indices()
    return {
        f"{name}.sizes": np.diff(table.indptr).astype(np.uint8),
        f"{name}.columns": table.indices.astype(np.uint16 if table.shape[1] < 65_536 else np.uint32),
        f"{name}.values": np.round(np.minimum(table.data, 1.0) * 65_535).astype(np.uint16),
    }


def _unpack_table(name: str, arrays: Mapping[str, NDArray[Any]], columns: int) -> sp.csr_matrix:
    starts = np.concatenate([[0], np.cumsum(arrays[f"{name}.sizes"], dtype=np.int64)])
    values = arrays[f"{name}.values"].astype(np.float64) / 65_535
    shape = (len(starts) - 1, columns)
    return sp.csr_matrix((values, arrays[f"{name}.columns"].astype(np.int32), starts), shape=shape)


def to_arrays(lexicon: Lexicon) -> dict[str, NDArray[Any]]:
    """Everything in a lexicon as named arrays, in a fixed order."""
    arrays: dict[str, NDArray[Any]] = {
        "english": _pack_words(lexicon.english),
        "idf": lexicon.idf.astype(np.float32),
        "sources": _pack_words(lexicon.sources),
        **_pack_table("related", lexicon.related),
    }
    for language, words in sorted(lexicon.words.items()):
        arrays[f"words.{language}"] = _pack_words(words)
        arrays.update(_pack_table(f"table.{language}", lexicon.tables[language]))
    for language, names in sorted(lexicon.concepts.names.items()):
        arrays[f"concept.names.{language}"] = _pack_words(names)
        arrays[f"concept.keys.{language}"] = _pack_words(lexicon.concepts.keys[language])
        arrays[f"concept.numbers.{language}"] = lexicon.concepts.concepts[language].astype(np.uint16)
    for name, values in sorted(lexicon.calibration.items()):
        arrays[f"calibration.{name}"] = values.astype(np.float64)
    return arrays


def from_arrays(arrays: Mapping[str, NDArray[Any]], version: str) -> Lexicon:
    """The lexicon that `to_arrays` took apart."""
    english = _unpack_words(arrays["english"])
    languages = [name.split(".")[1] for name in arrays if name.startswith("words.")]
    labelled = [name.split(".")[2] for name in arrays if name.startswith("concept.names.")]
    concepts = ConceptLabels(
        names={code: _unpack_words(arrays[f"concept.names.{code}"]) for code in labelled},
        keys={code: _unpack_words(arrays[f"concept.keys.{code}"]) for code in labelled},
        concepts={code: arrays[f"concept.numbers.{code}"].astype(np.int32) for code in labelled},
    )
    return Lexicon(
        english=english,
        words={code: _unpack_words(arrays[f"words.{code}"]) for code in languages},
        tables={code: _unpack_table(f"table.{code}", arrays, len(english)) for code in languages},
        related=_unpack_table("related", arrays, len(english)),
        idf=arrays["idf"].astype(np.float64),
        concepts=concepts,
        calibration={
            name.removeprefix("calibration."): values
            for name, values in arrays.items()
            if name.startswith("calibration.")
        },
        sources=_unpack_words(arrays["sources"]),
        version=version,
    )


def _npy(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def save(lexicon: Lexicon, path: Path) -> str:
    """Write the lexicon as one archive, bit for bit the same for the same content; returns its version."""
    parts = {f"{name}.npy": _npy(array) for name, array in to_arrays(lexicon).items()}
    digest = hashlib.sha256()
    for name, content in parts.items():
        digest.update(name.encode() + b"\0" + content)
    version = digest.hexdigest()[:12]
    parts["version.json"] = json.dumps({"version": version}).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            archive.writestr(entry, content)
    return version


def load(path: Path = PACKAGED) -> Lexicon:
    """Read a lexicon that `save` wrote."""
    arrays: dict[str, NDArray[Any]] = {}
    with zipfile.ZipFile(path) as archive:
        version = str(json.loads(archive.read("version.json"))["version"])
        for name in archive.namelist():
            if name.endswith(".npy"):
                with archive.open(name) as part:
                    arrays[name.removesuffix(".npy")] = np.lib.format.read_array(part, allow_pickle=False)
    return from_arrays(arrays, version)


@cache
def packaged() -> Lexicon:
    """The lexicon that comes with the product, read once per process."""
    return load(PACKAGED)
