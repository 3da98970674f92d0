"""Texts of a table to chunks of token ids, by a Hugging Face fast tokenizer."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from tltk.data.case_markup import find_marks, without_marks
from tltk.data.encoded import ENDS, INPUT_IDS, NO_TEXT, STARTS, TEXTS, TOKEN_TYPE_IDS, Encoded
from tltk.data.layout import Layout
from tltk.data.ragged import Ragged
from tltk.data.text_slices import bounded_lists, text_batches
from tltk.data.tokenizer_backend import copy_backend
from tltk.errors import DataError, RecipeError

_PLACES: dict[str, np.dtype] = {TEXTS: np.dtype(np.uint8), STARTS: np.dtype(np.uint32), ENDS: np.dtype(np.uint32)}


class TokenColumn(NamedTuple):
    """How a column of tokens is stored, and what it is padded with."""

    dtype: np.dtype
    pad: int


@dataclass(frozen=True)
class TokenChunk:
    """Consecutive examples as tokens.

    Args:
        values: flat values by column: the model's inputs, and the places where they are kept.
        lengths: tokens of each row, int32.
        counts: rows of each example, int32.
        truncated: how many texts were cut.
    """

    values: dict[str, np.ndarray]
    lengths: np.ndarray
    counts: np.ndarray
    truncated: int


class TextEncoder:
    """Encodes texts or pairs of texts as `tokenizer(...)` does, on a copy, so that the tokenizer is left as it was.

    Rust threads share the work, and the ids come out as flat arrays. Texts are cut to `max_length` (pairs: the longer
    text first), or into windows of it, or encoded each by itself: as the layout says.

    Args:
        tokenizer: a Hugging Face fast tokenizer.
        texts: texts in an example: 1 or 2, or any number where the layout keeps them apart.
        max_length: most tokens in a row, special tokens included.
        layout: how texts become rows.

    Attributes:
        columns: the inputs that `chunks` yields: the token ids, and the token types of pairs where the tokenizer has
            them.
        places: dtypes of the places that `chunks` yields; empty where the layout keeps none.
        zeros: the token types of single texts, which are zero and therefore not stored.
        stride: tokens that neighbouring windows share.

    Raises:
        EnvironmentProblem: a slow (pure Python) tokenizer.
        RecipeError: `max_length` leaves no room for text or for the stride, or more than two text columns.
    """

    def __init__(self, tokenizer: Any, *, texts: int, max_length: int, layout: Layout | None = None) -> None:
        self.layout = layout or Layout()
        self._group = texts if self.layout.apart else 1
        texts = 1 if self.layout.apart else texts
        if texts not in (1, 2):
            raise RecipeError(
                f"Got {texts} text columns; expected one, or two for a pair.",
                where="data.text",
                hint="Join the texts to one or two columns.",
            )
        self._backend = copy_backend(tokenizer)
        self._marks = find_marks(self._backend)
        self._pairs = texts == 2
        special = self._backend.num_special_tokens_to_add(self._pairs)
        if max_length < special + texts:
            raise RecipeError(
                f"Got {max_length}; this tokenizer adds {special} special tokens, which leaves no room for text.",
                where="backbone.max_length",
                hint=f"Give at least {special + texts}.",
            )
        self.stride = stride = self.layout.stride_in(max_length, special)
        if stride and stride >= max_length - special:
            raise RecipeError(
                f"Got a stride of {stride} for windows of {max_length - special} tokens of text.",
                where="task.options.stride",
                hint=f"Give less than {max_length - special}, or raise backbone.max_length.",
            )
        self._max_length = max_length
        # What the first text of a pair may take, that windows of the second one still move on.
        self._room = max_length - special - stride - 1 if self._pairs and self.layout.stride is not None else None
        self._whole = copy_backend(tokenizer) if self._room is not None else None
        self._backend.enable_truncation(
            max_length,
            stride=stride,
            strategy="only_second" if self._room is not None else "longest_first",
            # Windows hold the whole text from whichever side they are cut.
            direction="right" if self.layout.stride is not None else getattr(tokenizer, "truncation_side", "right"),
        )
        largest = max(self._backend.get_vocab(with_added_tokens=True).values())
        pad = tokenizer.pad_token_id or 0
        ids = np.dtype(np.uint16 if max(largest, pad) < 2**16 else np.uint32)
        self.columns = {INPUT_IDS: TokenColumn(ids, pad)}
        self.places: dict[str, np.dtype] = dict(_PLACES) if self.layout.places else {}
        self.zeros: tuple[str, ...] = ()
        if TOKEN_TYPE_IDS in tokenizer.model_input_names:
            if self._pairs:
                self.columns[TOKEN_TYPE_IDS] = TokenColumn(np.dtype(np.uint8), tokenizer.pad_token_type_id)
            else:
                self.zeros = (TOKEN_TYPE_IDS,)

    def chunks(
        self, table: pa.Table, columns: Sequence[str], *, where: Callable[[int], str] | None = None
    ) -> Iterator[TokenChunk]:
        """Yield the rows' tokens chunk by chunk, in order; memory does not grow with the table.

        Args:
            table: the rows.
            columns: their text columns.
            where: names the place of a row, for errors; "row n" when not given.

        Raises:
            DataError: a text is missing, or the first of a pair leaves no room for windows of the second.
        """
        where = where or _row
        for start, batch in text_batches(table, columns):
            texts = [column.to_pylist() for column in batch.columns]
            for name, column, values in zip(columns, batch.columns, texts, strict=True):
                if column.null_count:
                    place = where(start + values.index(None))
                    raise DataError(f"Got no text in column {name!r}.", where=place, hint="Remove or fill it.")
            yield self._encode(texts[0] if len(columns) == 1 else list(zip(*texts, strict=True)), start, where)

    def encode(self, texts: Sequence[Any], *, where: Callable[[int], str] | None = None) -> Encoded:
        """Return texts in memory (strings, or tuples of several texts an example) as encoded rows.

        Raises:
            DataError: the first of a pair leaves no room for windows of the second; the place is named by `where`.
        """
        return self.gather(self._encode(piece, first, where or _row) for first, piece in bounded_lists(texts))

    def gather(self, chunks: Iterable[TokenChunk]) -> Encoded:
        """Put chunks together in memory."""
        parts = list(chunks)
        lengths = np.concatenate([np.zeros(0, np.int32), *(part.lengths for part in parts)])
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])

        def column(name: str, dtype: np.dtype, pad: int = 0) -> Ragged:
            return Ragged(np.concatenate([np.zeros(0, dtype), *(part.values[name] for part in parts)]), offsets, pad)

        counts = np.concatenate([np.zeros(0, np.int32), *(part.counts for part in parts)])
        return Encoded(
            {name: column(name, dtype, pad) for name, (dtype, pad) in self.columns.items()},
            lengths,
            places={name: column(name, dtype) for name, dtype in self.places.items()},
            zeros=self.zeros,
            examples=numbered(counts),
            group=self._group,
            stride=self.stride,
            truncated=sum(part.truncated for part in parts),
        )

    @property
    def group(self) -> int:
        """Rows of every example, where the layout keeps its texts apart; else 1."""
        return self._group

    def _check_room(self, examples: list[Any], first: int, where: Callable[[int], str]) -> None:
        """Refuse pairs whose first text leaves the windows of the second no room to move on.

        The tokenizer would abort without a word of which pair it was. A plain text is not looked at unless it is long:
        each token is made of a byte at least, and white space may be put before the first; marks of case have no byte.
        """
        if self._room is None or self._whole is None:
            return
        for number, pair in enumerate(examples):
            if not self._marks and len(pair[0]) < self._room and pair[0].isascii():
                continue
            tokens = len(self._whole.encode(pair[0], add_special_tokens=False))
            if tokens > self._room and len(self._whole.encode(*pair)) > self._max_length:
                raise DataError(
                    f"The first text has {tokens} tokens; of windows of {self._max_length} tokens it may take "
                    f"{self._room}, the special tokens and the stride left out: {pair[0]!r:.60}.",
                    where=where(first + number),
                    hint="Shorten it, raise backbone.max_length, or lower task.options.stride.",
                )

    def _encode(self, examples: list[Any], first: int, where: Callable[[int], str]) -> TokenChunk:
        self._check_room(examples, first, where)
        texts = list(itertools.chain.from_iterable(examples)) if self._group > 1 else examples
        # The quicker call leaves out which characters each token comes from.
        encode = self._backend.encode_batch if self.layout.places else self._backend.encode_batch_fast
        encodings = encode(texts)
        counts = np.full(len(examples), self._group, np.int32)
        if self.layout.stride is not None:
            counts = np.fromiter((1 + len(first.overflowing) for first in encodings), np.int32, len(encodings))
            encodings = [encoding for first in encodings for encoding in (first, *first.overflowing)]
        lengths = np.fromiter(map(len, encodings), np.int32, count=len(encodings))
        total = int(lengths.sum())
        values = {INPUT_IDS: _flat((encoding.ids for encoding in encodings), self.columns[INPUT_IDS].dtype, total)}
        if TOKEN_TYPE_IDS in self.columns:
            types = (encoding.type_ids for encoding in encodings)
            values[TOKEN_TYPE_IDS] = _flat(types, self.columns[TOKEN_TYPE_IDS].dtype, total)
        if self.layout.places:
            texts_of = (_texts(encoding) for encoding in encodings)
            values[TEXTS] = _flat(texts_of, _PLACES[TEXTS], total)
            spans = np.array([span for encoding in encodings for span in encoding.offsets], np.uint32).reshape(-1, 2)
            if self._marks:
                spans = without_marks(spans, values[INPUT_IDS], self._marks)
            values[STARTS], values[ENDS] = np.ascontiguousarray(spans[:, 0]), np.ascontiguousarray(spans[:, 1])
        full = np.flatnonzero(lengths == self._max_length) if self.layout.stride is None else ()
        truncated = sum(1 for row in full if encodings[row].overflowing)
        return TokenChunk(values, lengths, counts, truncated)


def numbered(counts: np.ndarray) -> np.ndarray | None:
    """Return the number of the example that each row belongs to; None where each example is one row.

    Example:
        >>> numbered(np.array([2, 1])), numbered(np.array([1, 1]))
        (array([0, 0, 1], dtype=uint32), None)
    """
    return None if np.all(counts == 1) else np.repeat(np.arange(len(counts), dtype=np.uint32), counts)


def _row(number: int) -> str:
    return f"row {number}"


def _texts(encoding: Any) -> list[int]:
    """Return the number of the text that each token comes from."""
    return [NO_TEXT if number is None else number for number in encoding.sequence_ids]


def _flat(rows: Iterator[list[int]], dtype: np.dtype, total: int) -> np.ndarray:
    return np.fromiter(itertools.chain.from_iterable(rows), dtype, count=total)
