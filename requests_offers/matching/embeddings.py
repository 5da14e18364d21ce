"""The optional English sentence embeddings: off by default, from a model that lies on this disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def sentence_encoder(folder: Path) -> Callable[[Sequence[str]], NDArray[np.float64]]:
    """A function from texts to vectors of length one. Nothing is ever fetched: the folder must hold the whole model."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - optional extra, slow to load

    if not folder.is_dir():
        raise FileNotFoundError(f"There is no model at {folder}.")
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)

    def encode(texts: Sequence[str]) -> NDArray[np.float64]:
        return np.asarray(model.encode(list(texts), normalize_embeddings=True), dtype=np.float64)

    return encode
