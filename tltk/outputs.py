"""Raw outputs of batches, put back into the order of the rows."""

from __future__ import annotations

import numpy as np


class RowOutputs:
    """One output a row.

    Args:
        rows: how many there are.

    Attributes:
        outputs: float32 [rows, ...], once every row was put.

    Example:
        >>> gathered = RowOutputs(2)
        >>> gathered.put(np.array([1, 0]), np.array([[5.0], [7.0]]))
        >>> gathered.outputs.tolist()
        [[7.0], [5.0]]
    """

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self.outputs = np.zeros((0,), np.float32)

    def put(self, rows: np.ndarray, batch: np.ndarray) -> None:
        """Take the outputs of some rows, [batch, ...]."""
        if not len(self.outputs):
            self.outputs = np.empty((self._rows, *batch.shape[1:]), np.float32)
        self.outputs[rows] = batch


class TokenOutputs:
    """One output a token: what stands at padding is dropped, and the rows' tokens are laid end to end.

    Args:
        lengths: tokens of each row.

    Attributes:
        outputs: float32 [tokens, ...], once every row was put.

    Example:
        >>> gathered = TokenOutputs(np.array([1, 2]))
        >>> gathered.put(np.array([1, 0]), np.array([[[5.0], [6.0]], [[7.0], [0.0]]]))
        >>> gathered.outputs.tolist()
        [[7.0], [5.0], [6.0]]
    """

    def __init__(self, lengths: np.ndarray) -> None:
        self._lengths = lengths
        self._starts = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        self.outputs = np.zeros((0,), np.float32)

    def put(self, rows: np.ndarray, batch: np.ndarray) -> None:
        """Take the outputs of some rows, [batch, length, ...]."""
        if not len(self.outputs):
            self.outputs = np.empty((int(self._starts[-1]), *batch.shape[2:]), np.float32)
        for row, given in zip(rows, batch, strict=True):
            self.outputs[self._starts[row] : self._starts[row + 1]] = given[: self._lengths[row]]
