"""Two ragged columns as one, without copying either."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tltk.data.ragged import Ragged


@dataclass(frozen=True, eq=False)
class JoinedRagged:
    """The rows of one ragged column and after them those of another, both of which may be memory-mapped.

    Reads as `Ragged` does, with whose words it may be used wherever rows are gathered.

    Args:
        first: the column whose rows come first.
        second: the other one, padded with the same value.

    Example:
        >>> column = JoinedRagged(Ragged.from_rows([[5, 6, 7], [8]]), Ragged.from_rows([[9, 9]]))
        >>> column.gather(np.array([2, 0, -1]), length=3)
        array([[9, 9, 0],
               [5, 6, 7],
               [0, 0, 0]], dtype=int32)
    """

    first: Ragged | JoinedRagged
    second: Ragged | JoinedRagged

    def __post_init__(self) -> None:
        if self.first.pad != self.second.pad:
            raise ValueError(
                f"Got columns padded with {self.first.pad} and {self.second.pad}; expected the same value."
            )

    @property
    def pad(self) -> int:
        """The value that fills rows up to a common length."""
        return self.first.pad

    def __len__(self) -> int:
        return len(self.first) + len(self.second)

    def __getitem__(self, row: int) -> np.ndarray:
        return self.first[row] if row < len(self.first) else self.second[row - len(self.first)]

    def lengths(self, rows: np.ndarray) -> np.ndarray:
        """Return the length of each of `rows`, int64; 0 where the row is -1."""
        found = np.zeros(len(rows), np.int64)
        for column, places, own in self._parts(rows):
            found[places] = column.lengths(own)
        return found

    def gather(self, rows: np.ndarray, length: int) -> np.ndarray:
        """Return the given rows filled up with `pad`, int32 of shape [len(rows), length]; see `Ragged.gather`."""
        gathered = np.full((len(rows), length), self.pad, np.int32)
        for column, places, own in self._parts(rows):
            gathered[places] = column.gather(own, length)
        return gathered

    def _parts(self, rows: np.ndarray) -> list[tuple[Ragged | JoinedRagged, np.ndarray, np.ndarray]]:
        """Return each column, the places in `rows` that are its own, and its own numbers of them."""
        rows = np.asarray(rows).astype(np.int64)
        of_first = np.flatnonzero((rows >= 0) & (rows < len(self.first)))
        of_second = np.flatnonzero(rows >= len(self.first))
        return [
            (self.first, of_first, rows[of_first]),
            (self.second, of_second, rows[of_second] - len(self.first)),
        ]
