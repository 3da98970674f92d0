"""Best paths and marginals of linear chains of tags, in NumPy: predicting needs neither Keras nor TensorFlow.

Edges are those of the `crf` head: entry [t, i, j] is what a path gains by tag i at position t - 1 and tag j at t; those
of position 0 do not depend on i.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

_BATCH = 1 << 16


def path_probabilities(edges: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the best tag of each position, and the marginal probabilities of all tags.

    Args:
        edges: chains end to end, [positions, tags, tags].
        lengths: positions of each chain.

    Returns:
        Tags of the best path of each chain, int64 [positions], and float64 [positions, tags], rows adding up to 1.

    Example:
        >>> tags, probabilities = path_probabilities(np.array([[[0.0, 2.0], [0.0, 2.0]]]), np.array([1]))
        >>> tags.tolist(), probabilities.round(3).tolist()
        ([1], [[0.119, 0.881]])
    """
    tags = np.zeros(len(edges), np.int64)
    probabilities = np.zeros(edges.shape[:2])
    for chains in _of_like_length(lengths):
        places, there = _padded(lengths, chains)
        chunk = edges[places].astype(np.float64)
        # The identity carries a chain's last scores on to the end of its batch.
        chunk[~there] = np.where(np.eye(edges.shape[-1], dtype=bool), 0.0, -np.inf)
        tags[places[there]] = _best(chunk)[there]
        probabilities[places[there]] = _marginals(chunk)[there]
    return tags, probabilities


def _of_like_length(lengths: np.ndarray) -> Iterator[np.ndarray]:
    """Yield numbers of chains, in batches of bounded size."""
    order = np.argsort(lengths, kind="stable")
    order = order[lengths[order] > 0]
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and (stop + 1 - start) * lengths[order[stop]] <= _BATCH:
            stop += 1
        yield order[start:stop]
        start = stop


def _padded(lengths: np.ndarray, chains: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where the positions of chains lie, and which of them are there, each [chains, longest]."""
    starts = np.cumsum(lengths) - lengths
    steps = np.arange(lengths[chains].max())
    there = steps < lengths[chains][:, None]
    return np.where(there, starts[chains][:, None] + steps, starts[chains][:, None]), there


def _best(edges: np.ndarray) -> np.ndarray:
    scores = edges[:, 0, 0]
    back = np.zeros((*edges.shape[:2], edges.shape[-1]), np.int64)
    for step in range(1, edges.shape[1]):
        through = scores[:, :, None] + edges[:, step]
        back[:, step] = through.argmax(axis=1)
        scores = through.max(axis=1)
    tags = np.zeros(edges.shape[:2], np.int64)
    tags[:, -1] = scores.argmax(axis=1)
    rows = np.arange(len(edges))
    for step in range(edges.shape[1] - 1, 0, -1):
        tags[:, step - 1] = back[rows, step, tags[:, step]]
    return tags


def _marginals(edges: np.ndarray) -> np.ndarray:
    before = np.empty((*edges.shape[:2], edges.shape[-1]))
    before[:, 0] = edges[:, 0, 0]
    for step in range(1, edges.shape[1]):
        before[:, step] = _log_sum(before[:, step - 1][:, :, None] + edges[:, step], axis=1)
    after = np.zeros_like(before)
    for step in range(edges.shape[1] - 2, -1, -1):
        after[:, step] = _log_sum(edges[:, step + 1] + after[:, step + 1][:, None], axis=2)
    both = before + after
    powers = np.exp(both - both.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _log_sum(values: np.ndarray, axis: int) -> np.ndarray:
    most = values.max(axis=axis, keepdims=True)
    return np.log(np.exp(values - most).sum(axis=axis)) + most.squeeze(axis)
