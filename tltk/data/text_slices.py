"""Texts in slices of bounded rows and bytes, so that memory does not grow with their number."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tltk.errors import DataError

# Enough texts to keep every thread busy, few enough to hold: a megabyte of text takes some 30 while it is tokenised.
_CHUNK_ROWS = 1024
_CHUNK_BYTES = 2**20


def text_batches(table: pa.Table, columns: Sequence[str]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield (first row, texts) in slices of bounded rows and bytes; nothing is copied."""
    texts = table.select(list(columns))
    for name, kind in zip(columns, texts.schema.types, strict=True):
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            raise DataError(
                f"Got column {name!r} of type {kind}; expected text.",
                where="data.text",
                hint="Name a column of texts, or write its values as text.",
            )
    first = 0
    for batch in texts.to_batches(max_chunksize=_CHUNK_ROWS):
        sizes = sum(
            pc.fill_null(pc.binary_length(column), 0).to_numpy(zero_copy_only=False) for column in batch.columns
        )
        parts = np.cumsum(sizes, dtype=np.int64) // _CHUNK_BYTES
        starts = [0, *(np.flatnonzero(np.diff(parts)) + 1).tolist(), batch.num_rows]
        for start, stop in itertools.pairwise(starts):
            if stop > start:
                yield first + start, batch.slice(start, stop - start)
        first += batch.num_rows


def bounded_lists(texts: Sequence[Any]) -> Iterator[tuple[int, list[Any]]]:
    """Yield texts in slices of bounded number and size, each with the number of its first one."""
    piece: list[Any] = []
    characters = first = 0
    for text in texts:
        piece.append(text)
        characters += len(text) if isinstance(text, str) else sum(map(len, text))
        if len(piece) == _CHUNK_ROWS or characters >= _CHUNK_BYTES:
            yield first, piece
            first, piece, characters = first + len(piece), [], 0
    if piece:
        yield first, piece
