"""Rows of unequal length in one flat array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Ragged:
    """A column whose rows have unequal lengths: row i is `values[offsets[i]:offsets[i + 1]]`.

    Both arrays may be memory-mapped; gathering touches only the rows asked for.

    Args:
        values: every row's values one after another, shape [total], any integer dtype.
        offsets: where each row starts, and the last one ends; int64, shape [rows + 1], first 0, never falling.
        pad: the value that fills rows up to a common length.

    Example:
        >>> column = Ragged.from_rows([[5, 6, 7], [8]])
        >>> column.gather(np.array([1, 0, -1]), length=4)
        array([[8, 0, 0, 0],
               [5, 6, 7, 0],
               [0, 0, 0, 0]], dtype=int32)
    """

    values: np.ndarray
    offsets: np.ndarray
    pad: int = 0

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[int]], *, dtype: Any = np.int32, pad: int = 0) -> Ragged:
        """Lay the given rows end to end."""
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum([len(row) for row in rows], out=offsets[1:])
        values = np.fromiter((value for row in rows for value in row), dtype, count=int(offsets[-1]))
        return cls(values, offsets, pad)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> np.ndarray:
        return self.values[self.offsets[row] : self.offsets[row + 1]]

    def lengths(self, rows: np.ndarray) -> np.ndarray:
        """Return the length of each of `rows`, int64; 0 where the row is -1."""
        return np.where(rows < 0, 0, self.offsets[rows + 1] - self.offsets[rows])

    def take(self, rows: np.ndarray) -> Ragged:
        """Return the given rows (none of them -1), in that order, as a column in ordinary memory."""
        rows = np.asarray(rows).astype(np.int64)
        lengths = self.lengths(rows)
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        shift = np.repeat(self.offsets[rows] - offsets[:-1], lengths)
        return Ragged(self.values[shift + np.arange(len(shift))], offsets, self.pad)

    def gather(self, rows: np.ndarray, length: int) -> np.ndarray:
        """Return the given rows filled up with `pad`, int32 of shape [len(rows), length].

        Args:
            rows: row numbers, any integer dtype; -1 gives a row of nothing but `pad`.
            length: the common length.

        Raises:
            ValueError: a row is longer than `length`.
        """
        lengths = self.lengths(rows)
        if lengths.size and lengths.max() > length:
            raise ValueError(f"Got a row of {lengths.max()} values for a batch of length {length}.")
        gathered = np.full((len(rows), length), self.pad, np.int32)
        filled = np.arange(length) < lengths[:, None]
        # The k-th filled place of the batch, counted row by row, takes the k-th of these positions.
        shift = np.repeat(self.offsets[rows] - (np.cumsum(lengths) - lengths), lengths)
        gathered[filled] = self.values[shift + np.arange(len(shift))]
        return gathered
