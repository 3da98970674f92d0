"""Texts in, vectors out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from tltk.engines import Engine
from tltk.prediction_chunks import LARGEST, growing_chunks
from tltk.predictor import Predictor
from tltk.tasks import Task

TEXT = "text"
"""What the one text of an item is called, in tables and mappings."""


class Embedder:
    """Runs an embedding model over single texts.

    Args:
        engine: what computes embeddings of token ids.
        task: the fitted task.
        tokenizer: a Hugging Face fast tokenizer, or what stands for one.
        max_length: longest input in tokens.
        batch_size: rows of 16 tokens in one forward pass; longer rows come fewer, shorter ones more at a time.

    Example:
        >>> embedder = tltk.embedder("all-MiniLM-L6-v2").embedder  # doctest: +SKIP
        >>> embedder.embed(["A man is eating.", "Somebody eats."]).shape  # doctest: +SKIP
        (2, 384)
    """

    def __init__(self, engine: Engine, task: Task, tokenizer: Any, *, max_length: int, batch_size: int = 64) -> None:
        self.predictor = Predictor(
            engine, task, tokenizer, text_columns=(TEXT,), max_length=max_length, batch_size=batch_size
        )

    def embed(self, texts: Any, *, normalize: bool = False) -> np.ndarray:
        """Return the vector of one text, or of many.

        Args:
            texts: a text; a sequence, column or array of texts; a table with a column `text`; or any other iterable,
                which is read to its end.
            normalize: whether to make vectors of length 1, whose dot product is the cosine.

        Returns:
            float32 [width] for one text, else [texts, width].

        Raises:
            DataError: an item is not a text.
        """
        if isinstance(texts, str):
            return self._all([[texts]], normalize)[0]
        return self._all(growing_chunks(self.predictor.items(texts), first=LARGEST), normalize)

    def texts(self, texts: Any) -> list[str]:
        """Return what `embed` would embed as a list of texts; errors as there."""
        items = enumerate([texts] if isinstance(texts, str) else self.predictor.items(texts))
        return [self.predictor.fields(item, position)[0][0] for position, item in items]

    def unit_vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Return vectors of length 1 of some texts, float32 [texts, width]: what an index is made of."""
        return self.embed(list(texts), normalize=True)

    def stream(self, texts: Iterable[str], *, normalize: bool = False) -> Iterator[tuple[list[str], np.ndarray]]:
        """Yield texts and their vectors [texts, width], some thousands at a time, in order and in constant memory."""
        yield from self._chunks(growing_chunks(texts, first=LARGEST), normalize)

    def _all(self, chunks: Iterable[Sequence[str]], normalize: bool) -> np.ndarray:
        parts = [vectors for _, vectors in self._chunks(chunks, normalize)]
        return np.concatenate(parts) if parts else self._all([[TEXT]], normalize)[:0]

    def _chunks(self, chunks: Iterable[Any], normalize: bool) -> Iterator[tuple[list[str], np.ndarray]]:
        for rows, vectors in self.predictor.raw_chunks(chunks):
            yield [row[0] for row in rows], unit(vectors) if normalize else vectors


def unit(vectors: np.ndarray) -> np.ndarray:
    """Return vectors of length 1 in the same directions, float32; zeros stay zeros.

    Example:
        >>> unit(np.array([[3.0, 4.0], [0.0, 0.0]])).round(1).tolist()
        [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    vectors = np.asarray(vectors, np.float32)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
