"""Tokenised rows, ready to be gathered into batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tltk.data.ragged import Ragged

INPUT_IDS = "input_ids"
ATTENTION_MASK = "attention_mask"
TOKEN_TYPE_IDS = "token_type_ids"


@dataclass(frozen=True, eq=False)
class Encoded:
    """Rows as token ids: named ragged columns, dense columns, and a view on a selection of the rows.

    The ragged columns hold every row ever encoded and may be memory-mapped; `take` selects rows by an index
    array alone, so that the splits of one table share them. `len()`, `lengths`, `dense` and `examples` speak of the
    selected rows.

    Args:
        ragged: columns of unequal length by name; `input_ids` must be among them, `token_type_ids` may be.
        lengths: tokens of each selected row, int32 of shape [rows].
        dense: columns with one entry a selected row by name (targets), each of shape [rows, ...].
        zeros: names of further inputs that are zero everywhere and are therefore not stored (the token types of
            single texts).
        index: the selected rows of the ragged columns; None for all.
        examples: for each selected row the number of the example it was cut from, where one example makes
            several rows (windows of a long text); None where row i is example i.
        truncated: how many texts of the whole table were cut to the maximum length.

    Example:
        >>> encoded = Encoded.from_ids([[101, 7, 102], [101, 102]])
        >>> encoded.take([1]).batch(np.array([0]), length=4)["attention_mask"]
        array([[1, 1, 0, 0]], dtype=int32)
    """

    ragged: Mapping[str, Ragged]
    lengths: np.ndarray
    dense: Mapping[str, np.ndarray] = field(default_factory=dict)
    zeros: tuple[str, ...] = ()
    index: np.ndarray | None = None
    examples: np.ndarray | None = None
    truncated: int = 0

    @classmethod
    def from_ids(cls, ids: Any, *, pad: int = 0, zeros: tuple[str, ...] = (), **dense: Any) -> Encoded:
        """Build from lists of token ids; keyword arguments are dense columns. For tests and small experiments."""
        column = Ragged.from_rows(ids, pad=pad)
        encoded = cls({INPUT_IDS: column}, np.diff(column.offsets).astype(np.int32), zeros=zeros)
        return encoded.with_dense(**dense)

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def pad(self) -> dict[str, int]:
        """The value that fills each ragged column."""
        return {name: column.pad for name, column in self.ragged.items()}

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the arrays that `batch` makes, in order."""
        return (INPUT_IDS, ATTENTION_MASK, *(name for name in self.ragged if name != INPUT_IDS), *self.zeros)

    @property
    def rows(self) -> np.ndarray:
        """For each row the number of the example it belongs to, integers of shape [rows]."""
        return np.arange(len(self)) if self.examples is None else self.examples

    def with_dense(self, **columns: Any) -> Encoded:
        """Return the same rows with further dense columns, each of shape [rows, ...].

        Raises:
            ValueError: a column has another number of rows.
        """
        arrays = {name: np.asarray(column) for name, column in columns.items()}
        for name, array in arrays.items():
            if array.shape[:1] != (len(self),):
                raise ValueError(f"Got column {name!r} of shape {array.shape} for {len(self)} encoded rows.")
        return replace(self, dense={**self.dense, **arrays})

    def take(self, rows: Any) -> Encoded:
        """Return a view on the given rows, in that order (None: all); the ragged columns are shared, not copied."""
        if rows is None:
            return self
        rows = np.asarray(rows)
        if rows.dtype.kind not in "iu":
            rows = rows.astype(np.int64)
        return replace(
            self,
            lengths=self.lengths[rows],
            dense={name: column[rows] for name, column in self.dense.items()},
            index=_compact(rows) if self.index is None else self.index[rows],
            examples=None if self.examples is None else self.examples[rows],
        )

    def batch(self, rows: np.ndarray, length: int) -> dict[str, np.ndarray]:
        """Gather rows into arrays for a model, int32 of shape [len(rows), length] each.

        Args:
            rows: numbers of rows of this view; -1 makes a padding row. A padding row attends to its first
                token, since attention and mean pooling over nothing give NaN, which no weight of zero undoes.
            length: the common length; no row may be longer.

        Returns:
            `input_ids`, `attention_mask`, and `token_type_ids` where the tokenizer has them.
        """
        stored = self._stored(np.asarray(rows))
        batch = {INPUT_IDS: self.ragged[INPUT_IDS].gather(stored, length)}
        attended = np.maximum(self.ragged[INPUT_IDS].lengths(stored), 1)
        batch[ATTENTION_MASK] = (np.arange(length) < attended[:, None]).astype(np.int32)
        for name, column in self.ragged.items():
            if name != INPUT_IDS:
                batch[name] = column.gather(stored, length)
        for name in self.zeros:
            batch[name] = np.zeros((len(stored), length), np.int32)
        return batch

    def targets(self, name: str, rows: np.ndarray) -> np.ndarray:
        """Gather a dense column; padding rows (-1) get zeros."""
        rows = np.asarray(rows)
        gathered = self.dense[name][rows]
        gathered[rows < 0] = 0
        return gathered

    def _stored(self, rows: np.ndarray) -> np.ndarray:
        """Translate rows of this view to rows of the ragged columns, int64, keeping -1."""
        if self.index is None:
            return rows.astype(np.int64)
        return np.where(rows < 0, -1, self.index[rows].astype(np.int64))


def _compact(rows: np.ndarray) -> np.ndarray:
    """Return row numbers as uint32 where they fit: half the memory of an index into millions of rows."""
    if rows.size and rows.min() < 0:
        raise ValueError("Got negative row numbers to take.")
    fits = not rows.size or rows.max() < 2**32
    return rows.astype(np.uint32) if fits else rows.astype(np.int64)
