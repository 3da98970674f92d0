"""Batches grouped by length, for the peers whose own loop has no such thing (the Hugging Face Trainer has)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

_SORTED_TOGETHER = 200


def grouped_batches(lengths: Sequence[int], batch_size: int, *, seed: int, epoch: int) -> list[np.ndarray]:
    """Return one epoch's batches of row numbers: up to 200 batches' rows sorted by length together, then shuffled."""
    draw = np.random.default_rng([seed, epoch])
    order, measured = draw.permutation(len(lengths)), np.asarray(lengths)
    together = batch_size * max(1, min(_SORTED_TOGETHER, len(lengths) // (2 * batch_size)))
    parts = [order[start : start + together] for start in range(0, len(order), together)]
    rows = np.concatenate([part[np.argsort(measured[part], kind="stable")] for part in parts])
    batches = [rows[start : start + batch_size] for start in range(0, len(rows), batch_size)]
    return [batches[number] for number in draw.permutation(len(batches))]


def padded(rows: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return ids and mask, int32 of shape [rows, longest row]."""
    lengths = np.array([len(row) for row in rows])
    mask = (np.arange(lengths.max()) < lengths[:, None]).astype(np.int32)
    ids = np.zeros(mask.shape, np.int32)
    ids[mask > 0] = np.fromiter(itertools.chain.from_iterable(rows), np.int32)
    return ids, mask


def all_batches(lengths: Sequence[int], batch_size: int, *, seed: int, epochs: int) -> list[np.ndarray]:
    """Return the batches of every epoch, one after the other."""
    epoch_batches = (grouped_batches(lengths, batch_size, seed=seed, epoch=epoch) for epoch in range(epochs))
    return list(itertools.chain.from_iterable(epoch_batches))


def in_order(lengths: Sequence[int], batch_size: int) -> Iterator[np.ndarray]:
    """Yield row numbers, longest rows first, for scoring."""
    order = np.argsort(-np.asarray(lengths), kind="stable")
    for start in range(0, len(order), batch_size):
        yield order[start : start + batch_size]
