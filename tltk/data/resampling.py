"""Rows drawn with replacement, each by its weight."""

from __future__ import annotations

import numpy as np


class Resampling:
    """Draws as many rows as there are, with replacement, each in proportion to its weight.

    A token budget needs the same lengths in every epoch. Then each padded length gets its share of the draws once and
    for all, by the sum of its rows' weights (rounded to whole draws, largest remainders first), and rows are drawn
    among those of one length: a row is drawn as often as without, to within one draw a length.

    Args:
        weights: numbers of at least 0, not all of them 0, of shape [rows].
        padded: the padded length of each row, integers of shape [rows].
        by_length: draw the same lengths in every epoch, longest first.

    Attributes:
        lengths: padded lengths of the draws, in order, if `by_length`; else None.

    Raises:
        ValueError: the weights are of another shape, negative, not finite, or all 0.

    Example:
        >>> resampling = Resampling(np.array([1, 0, 3]), np.array([8, 8, 16]), by_length=True)
        >>> resampling.lengths.tolist(), resampling.draw(np.random.default_rng(0)).tolist()
        ([16, 16, 8], [2, 2, 0])
    """

    def __init__(self, weights: np.ndarray, padded: np.ndarray, *, by_length: bool) -> None:
        weights = _checked(weights, len(padded))
        # Longest first; among equals, and without lengths, in their own order.
        by = padded.max(initial=0) - padded if by_length else np.zeros(len(padded), np.uint8)
        order = np.argsort(by, kind="stable")
        self._rows = order.astype(np.uint32)
        self._cumulative = np.cumsum(weights[order])
        starts = np.flatnonzero(np.diff(by[order], prepend=-1))
        bounds = np.append(0.0, self._cumulative)[np.append(starts, len(order))]
        draws = _apportion(np.diff(bounds), len(order))
        self._from = np.repeat(bounds[:-1], draws)
        self._to = np.repeat(bounds[1:], draws)
        self.lengths = np.repeat(padded[order][starts], draws) if by_length else None

    def draw(self, generator: np.random.Generator) -> np.ndarray:
        """Return drawn rows, uint32 of shape [rows]; longest first if lengths count, in no order otherwise."""
        at = self._from + generator.random(len(self._from)) * (self._to - self._from)
        # Rounding up to the end would take the next length's first row.
        at = np.minimum(at, np.nextafter(self._to, 0))
        return self._rows[np.searchsorted(self._cumulative, at, side="right")]


def _checked(weights: np.ndarray, rows: int) -> np.ndarray:
    weights = np.asarray(weights, np.float64)
    if weights.shape != (rows,):
        raise ValueError(f"Got weights of shape {weights.shape} for {rows} rows or groups of rows.")
    if not np.isfinite(weights).all() or (weights < 0).any() or (rows and not weights.any()):
        raise ValueError("Got weights that cannot be drawn by; expected numbers of at least 0, not all of them 0.")
    return weights


def _apportion(shares: np.ndarray, count: int) -> np.ndarray:
    """Return whole numbers in proportion to shares that sum to `count`: rounded down, then by largest remainder."""
    if not count:
        return np.zeros(len(shares), int)
    exact = shares / shares.sum() * count
    whole = np.floor(exact).astype(int)
    largest = np.argsort(whole - exact, kind="stable")
    whole[largest[: count - whole.sum()]] += 1
    return whole
