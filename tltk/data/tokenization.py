"""Texts of a table to chunks of token ids, by a Hugging Face fast tokenizer."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tltk.data.encoded import INPUT_IDS, TOKEN_TYPE_IDS, Encoded
from tltk.data.ragged import Ragged
from tltk.errors import DataError, EnvironmentProblem, RecipeError

# Enough texts to keep every thread busy, few enough to hold: a megabyte of text takes some 30 while it is tokenised.
_CHUNK_ROWS = 1024
_CHUNK_BYTES = 2**20


class TokenColumn(NamedTuple):
    """How a column of tokens is stored, and what it is padded with."""

    dtype: np.dtype
    pad: int


@dataclass(frozen=True)
class TokenChunk:
    """Consecutive rows as tokens: flat values by column, the rows' lengths, and how many texts were cut."""

    values: dict[str, np.ndarray]
    lengths: np.ndarray
    truncated: int


class TextEncoder:
    """Encodes texts or pairs of texts as `tokenizer(...)` does, on a copy, so that the tokenizer is left as it was.

    Rust threads share the work, and the ids come out as flat arrays. Texts are cut to `max_length` (pairs: the longer
    text first).

    Args:
        tokenizer: a Hugging Face fast tokenizer.
        texts: texts in an example, 1 or 2.
        max_length: most tokens in a row, special tokens included.

    Attributes:
        columns: what `chunks` yields: the token ids, and the token types of pairs where the tokenizer has them.
        zeros: the token types of single texts, which are zero and therefore not stored.

    Raises:
        EnvironmentProblem: a slow (pure Python) tokenizer.
        RecipeError: `max_length` leaves no room for text, or more than two text columns.
    """

    def __init__(self, tokenizer: Any, *, texts: int, max_length: int) -> None:
        if texts not in (1, 2):
            raise RecipeError(f"Got {texts} text columns; expected one, or two for a pair.", where="data.text")
        self._backend = copy_backend(tokenizer)
        self._pairs = texts == 2
        special = self._backend.num_special_tokens_to_add(self._pairs)
        if max_length < special + texts:
            raise RecipeError(
                f"Got {max_length}; this tokenizer adds {special} special tokens, which leaves no room for text.",
                where="backbone.max_length",
                hint=f"Give at least {special + texts}.",
            )
        self._max_length = max_length
        self._backend.enable_truncation(
            max_length, strategy="longest_first", direction=getattr(tokenizer, "truncation_side", "right")
        )
        largest = max(self._backend.get_vocab(with_added_tokens=True).values())
        pad = tokenizer.pad_token_id or 0
        ids = np.dtype(np.uint16 if max(largest, pad) < 2**16 else np.uint32)
        self.columns = {INPUT_IDS: TokenColumn(ids, pad)}
        self.zeros: tuple[str, ...] = ()
        if TOKEN_TYPE_IDS in tokenizer.model_input_names:
            if self._pairs:
                self.columns[TOKEN_TYPE_IDS] = TokenColumn(np.dtype(np.uint8), tokenizer.pad_token_type_id)
            else:
                self.zeros = (TOKEN_TYPE_IDS,)

    def chunks(self, table: pa.Table, columns: Sequence[str]) -> Iterator[TokenChunk]:
        """Yield the rows' tokens chunk by chunk, in order; memory does not grow with the table."""
        for start, batch in _text_batches(table, columns):
            texts = [column.to_pylist() for column in batch.columns]
            for name, column, values in zip(columns, batch.columns, texts, strict=True):
                if column.null_count:
                    row = start + values.index(None)
                    raise DataError(f"Got no text in column {name!r}.", where=f"row {row}", hint="Remove or fill it.")
            yield self._encode(list(zip(*texts, strict=True)) if self._pairs else texts[0])

    def encode(self, texts: Sequence[Any]) -> Encoded:
        """Return texts in memory (strings, or tuples of two for pairs) as encoded rows."""
        return self.gather(map(self._encode, _bounded(texts)))

    def gather(self, chunks: Iterable[TokenChunk]) -> Encoded:
        """Put chunks together in memory."""
        parts = list(chunks)
        lengths = np.concatenate([np.zeros(0, np.int32), *(part.lengths for part in parts)])
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])
        ragged = {
            name: Ragged(np.concatenate([np.zeros(0, dtype), *(part.values[name] for part in parts)]), offsets, pad)
            for name, (dtype, pad) in self.columns.items()
        }
        return Encoded(ragged, lengths, zeros=self.zeros, truncated=sum(part.truncated for part in parts))

    def _encode(self, texts: list[Any]) -> TokenChunk:
        encodings = self._backend.encode_batch_fast(texts)
        lengths = np.fromiter(map(len, encodings), np.int32, count=len(encodings))
        total = int(lengths.sum())
        values = {INPUT_IDS: _flat((encoding.ids for encoding in encodings), self.columns[INPUT_IDS].dtype, total)}
        if TOKEN_TYPE_IDS in self.columns:
            types = (encoding.type_ids for encoding in encodings)
            values[TOKEN_TYPE_IDS] = _flat(types, self.columns[TOKEN_TYPE_IDS].dtype, total)
        full = np.flatnonzero(lengths == self._max_length)
        truncated = sum(1 for row in full if encodings[row].overflowing)
        return TokenChunk(values, lengths, truncated)


def copy_backend(tokenizer: Any) -> Any:
    """Return an own copy of a fast tokenizer's Rust part, without truncation and padding.

    Raises:
        EnvironmentProblem: a slow (pure Python) tokenizer.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise EnvironmentProblem(
            f"Got a {type(tokenizer).__name__}; expected a fast tokenizer (with a tokenizer.json).",
            hint="Save one with AutoTokenizer.from_pretrained(..., use_fast=True).save_pretrained(folder).",
        )
    copy = type(backend).from_str(backend.to_str())
    copy.no_truncation()
    copy.no_padding()
    return copy


def _text_batches(table: pa.Table, columns: Sequence[str]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield (first row, texts) in slices of bounded rows and bytes; nothing is copied."""
    texts = table.select(list(columns))
    for name, kind in zip(columns, texts.schema.types, strict=True):
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            raise DataError(f"Got column {name!r} of type {kind}; expected text.", where="data.text")
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


def _bounded(texts: Sequence[Any]) -> Iterator[list[Any]]:
    """Yield texts in slices of bounded number and size."""
    piece: list[Any] = []
    characters = 0
    for text in texts:
        piece.append(text)
        characters += len(text) if isinstance(text, str) else sum(map(len, text))
        if len(piece) == _CHUNK_ROWS or characters >= _CHUNK_BYTES:
            yield piece
            piece, characters = [], 0
    if piece:
        yield piece


def _flat(rows: Iterator[list[int]], dtype: np.dtype, total: int) -> np.ndarray:
    return np.fromiter(itertools.chain.from_iterable(rows), dtype, count=total)
