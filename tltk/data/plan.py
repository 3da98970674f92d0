"""Which rows form which batch, in which order: a pure function of lengths, batching, seed, epoch and shard."""

from __future__ import annotations

import itertools
import threading
from typing import NamedTuple

import numpy as np

from tltk.data.batching import Batching
from tltk.data.resampling import Resampling
from tltk.errors import RecipeError

# Rows are sorted by length within this many batches at the most (and half of the data): enough for little padding, few
# enough that a row still meets ever new company.
_SORTED_TOGETHER = 200


class PlannedBatch(NamedTuple):
    """One step's rows.

    Args:
        indices: row numbers, int32 of shape [rows]; -1 for padding rows.
        length: the length to pad to.
        weights: float32 of shape [rows]; 1 / (true rows of the whole batch), 0 for padding rows. Over all shards they
            sum to 1.
    """

    indices: np.ndarray
    length: int
    weights: np.ndarray


class Plan:
    """The batches of every epoch.

    Every epoch has the same number of steps and visits every row exactly once (with `weights`, as many rows, each as
    often as it is drawn). `batch(epoch, step)` may be called
    in any order, so that a run resumes anywhere. By rows, every batch but one has exactly `batch_size` rows; by
    tokens, rows times padded length never pass the budget.

    Memory: 6 bytes a row (10 by tokens or without shuffling; 28 more with weights), and some 10 more for a moment while
    it is built.

    Args:
        lengths: tokens of each row, integers of shape [rows].
        batching: how batches are cut.
        seed: with the epoch's number, it settles the order.
        shard: (k, n) for worker k of n. Each batch is dealt out to the workers, who all have the same steps, rows
            (by padding rows) and lengths.
        group: rows that belong together, such as the two texts of a pair: each batch has whole groups, consecutive
            rows in their order. The batching counts groups, a token budget counts all of their rows.
        weights: draw each epoch's groups with replacement, each in proportion to its weight; numbers of shape
            [rows / group]. None visits each once. See `Resampling`.

    Raises:
        RecipeError: the token budget is too small for the longest row on each device.
        ValueError: weights that cannot be drawn by, or without shuffling.

    Example:
        >>> plan = Plan(np.array([3, 9, 4, 9, 2]), Batching(batch_size=2, shuffle=False), seed=0)
        >>> plan.steps
        3
        >>> plan.batch(epoch=0, step=0)
        PlannedBatch(indices=array([1, 3], dtype=int32), length=16, weights=array([0.5, 0.5], dtype=float32))
    """

    def __init__(
        self,
        lengths: np.ndarray,
        batching: Batching,
        *,
        seed: int = 0,
        shard: tuple[int, int] = (0, 1),
        group: int = 1,
        weights: np.ndarray | None = None,
    ):
        worker, workers = shard
        if not 0 <= worker < workers:
            raise ValueError(f"Got shard {shard}; expected (k, n) with 0 <= k < n.")
        self.batching = batching
        self.seed = seed
        self.shard = shard
        if len(lengths) % group:
            raise ValueError(f"Got {len(lengths)} rows for groups of {group}.")
        self.group = group
        self._padded = batching.padded_lengths(np.asarray(lengths).reshape(-1, group).max(axis=1, initial=0))
        budget = self._budget = batching.tokens_per_batch and batching.tokens_per_batch // group
        sorted_once = batching.group_by_length and (budget is not None or not batching.shuffle)
        self._longest_first = _longest_first(self._padded) if sorted_once else None
        if weights is not None and not batching.shuffle:
            raise ValueError("Got weights without shuffling; drawn rows come in a drawn order.")
        by_length = budget is not None
        self._resampling = None if weights is None else Resampling(weights, self._padded, by_length=by_length)
        self._cuts = self._cut_by_rows() if budget is None else self._cut_by_tokens(budget)
        self._lock = threading.Lock()
        self._drawn: tuple[int, tuple[np.ndarray, np.ndarray]] | None = None

    def __len__(self) -> int:
        return len(self._padded) * self.group

    @property
    def steps(self) -> int:
        """Steps in every epoch."""
        return len(self._cuts) - 1

    def batch(self, epoch: int, step: int) -> PlannedBatch:
        """Return the rows of one step, for this shard."""
        if not 0 <= step < self.steps:
            raise IndexError(f"Got step {step} of a plan of {self.steps} steps an epoch.")
        rows = self._groups(epoch, step)
        worker, workers = self.shard
        length = int(self._padded[rows].max())
        dealt = np.full(self._filled(len(rows), length), -1, np.int32)
        dealt[: len(rows)] = rows
        indices = dealt[worker::workers]
        weights = (indices >= 0).astype(np.float32) / np.float32(len(rows) * self.group)
        return PlannedBatch(self._members(indices), length, np.repeat(weights, self.group))

    def order(self, epoch: int) -> np.ndarray:
        """Return the rows in the order in which the epoch visits them, over all shards; integers of shape [rows]."""
        if not self.steps:
            return np.zeros(0, np.uint32)
        return self._members(np.concatenate([self._groups(epoch, step) for step in range(self.steps)]))

    def _members(self, groups: np.ndarray) -> np.ndarray:
        """Return the rows of groups, in order; padding groups (-1) are rows of -1."""
        if self.group == 1:
            return groups
        rows = groups[:, None].astype(np.int64) * self.group + np.arange(self.group)
        return np.where(groups[:, None] < 0, -1, rows).astype(groups.dtype).reshape(-1)

    def _filled(self, rows: int, length: int) -> int:
        """Return to how many groups a batch is filled up with padding, over all shards."""
        share = self.shard[1] * self.batching.multiple_of
        budget = self._budget
        if self.batching.full:
            rows = self.batching.batch_size if budget is None else budget // length // share * share
        return _round_up(rows, share)

    def _groups(self, epoch: int, step: int) -> np.ndarray:
        order, batches = self._epoch(epoch)
        batch = batches[step]
        return order[self._cuts[batch] : self._cuts[batch + 1]]

    def _epoch(self, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the epoch's groups as `_cuts` cuts them, and the order of the batches; only the last one is kept."""
        epoch = epoch if self.batching.shuffle else 0
        with self._lock:
            if self._drawn is None or self._drawn[0] != epoch:
                self._drawn = None
                self._drawn = (epoch, self._draw(epoch) if self.batching.shuffle else self._fixed())
            return self._drawn[1]

    def _fixed(self) -> tuple[np.ndarray, np.ndarray]:
        order = np.arange(len(self._padded), dtype=np.uint32) if self._longest_first is None else self._longest_first
        return order, np.arange(self.steps, dtype=np.uint32)

    def _draw(self, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        draw = np.random.default_rng([self.seed, epoch])
        by_tokens = self.batching.tokens_per_batch is not None
        if self._resampling is not None:
            order = self._resampling.draw(draw)
        elif by_tokens:
            order = self._shuffle_equals(draw)
        else:
            order = np.arange(len(self._padded), dtype=np.uint32)
            draw.shuffle(order)
        if self.batching.group_by_length and not by_tokens:
            self._sort_together(order)
        batches = np.arange(self.steps, dtype=np.uint32)
        draw.shuffle(batches)
        return order, batches

    def _sort_together(self, order: np.ndarray) -> None:
        """Sort drawn rows by length, some batches at a time, in place.

        The rows of the one incomplete batch stay as drawn: sorted, they would always be the shortest or longest.
        """
        size = self.batching.batch_size
        whole = len(order) // size
        most = max(1, min(_SORTED_TOGETHER, whole // 2))
        bounds = np.linspace(0, whole, -(-whole // most) + 1).astype(int) * size
        for start, stop in itertools.pairwise(bounds):
            rows = order[start:stop]
            rows[:] = rows[np.argsort(self._padded[rows], kind="stable")]

    def _shuffle_equals(self, draw: np.random.Generator) -> np.ndarray:
        """Shuffle rows of equal padded length among themselves: the cuts by tokens then hold in every epoch."""
        assert self._longest_first is not None
        order = self._longest_first.copy()
        counts = np.bincount(self._padded)[::-1]
        stops = np.cumsum(counts[counts > 0])
        start = 0
        for stop in stops:
            draw.shuffle(order[start:stop])
            start = stop
        return order

    def _cut_by_rows(self) -> np.ndarray:
        starts = np.arange(0, len(self._padded), self.batching.batch_size)
        return np.append(starts, len(self._padded))

    def _cut_by_tokens(self, budget: int) -> np.ndarray:
        """Cut the rows, longest first, so that each batch takes as many rows as the budget holds of its first row."""
        assert self._longest_first is not None
        lengths = self._padded[self._longest_first] if self._resampling is None else self._resampling.lengths
        assert lengths is not None
        share = self.shard[1] * self.batching.multiple_of
        cuts = [0]
        while cuts[-1] < len(self._padded):
            length = int(lengths[cuts[-1]])
            rows = budget // length // share * share
            if not rows:
                raise RecipeError(
                    f"Got {budget * self.group} tokens a batch; the longest row takes {length * self.group} on each of"
                    f" {share} device(s).",
                    where="train.tokens_per_batch",
                    hint=f"Give at least {length * share * self.group}, or lower backbone.max_length.",
                )
            cuts.append(min(cuts[-1] + rows, len(self._padded)))
        return np.array(cuts)


def _longest_first(padded: np.ndarray) -> np.ndarray:
    """Return row numbers by falling length, uint32; rows of equal length keep their order."""
    order = np.argsort(padded.max(initial=0) - padded, kind="stable")
    return order.astype(np.uint32)


def _round_up(number: int, multiple: int) -> int:
    return -(-number // multiple) * multiple
