"""Sums and maxima over all tag paths of linear chains, which are given by the potentials of their edges.

Potentials are float32 of shape [rows, length, tags, tags]: entry [t, i, j] is what a path gains by tag i at position
t - 1 and tag j at position t. There is nothing before position 0, so its entries do not depend on i. A position that is
padding carries the identity (0 on the diagonal, -1e9 elsewhere): the tag goes on unchanged and nothing is gained, so
that padding at the end changes neither sums nor maxima.
"""

from __future__ import annotations

from typing import Any

from keras import ops

from tltk.written_gradient import written_gradient

NEVER = -1e9
"""The potential of what cannot be: no sum ever sees it, and it is finite, so that gradients are."""


def log_partition(potentials: Any) -> Any:
    """Return the logarithm of the sum over all tag paths of exp(score), float32 [rows]: the forward algorithm.

    One position after the other, in logarithms, so that it is exact however sharp the potentials are. (Multiplying
    neighbours' matrices pairwise takes fewer steps but tags times more work: slower on a processor from 9 tags on.)

    Example:
        >>> from keras import ops
        >>> round(float(log_partition(ops.zeros((1, 3, 2, 2)))[0]), 4)  # 8 paths of score 0
        2.0794
    """
    return _log_partition(potentials)


@written_gradient
def _log_partition(potentials: Any) -> tuple[Any, Any]:
    edges = ops.transpose(potentials, (1, 0, 2, 3))
    start = _start(edges)
    last, before = ops.scan(_forward, start, edges)
    value = ops.logsumexp(last, axis=-1)

    def gradient(upstream: Any) -> Any:
        """The likelihood of each edge: cheaper than through the loop, which XLA cannot go backwards either."""
        into = ops.expand_dims(ops.concatenate([start[None], before[:-1]], axis=0), -1)
        out = ops.expand_dims(_after(edges), -2)
        likely = ops.exp(into + edges + out - ops.reshape(value, (1, -1, 1, 1)))
        return ops.transpose(likely, (1, 0, 2, 3)) * ops.reshape(upstream, (-1, 1, 1, 1))

    return value, gradient


def marginals(potentials: Any) -> Any:
    """Return how likely each tag is at each position, over all paths: float32 [rows, length, tags], summing to 1.

    At padding positions stands what stands at the last token.
    """
    edges = ops.transpose(potentials, (1, 0, 2, 3))
    _, before = ops.scan(_forward, _start(edges), edges)
    return ops.transpose(ops.softmax(before + _after(edges), axis=-1), (1, 0, 2))


def viterbi(potentials: Any, mask: Any = None) -> Any:
    """Return the best tag path, int32 [rows, length]; of equally good ones that of the lowest last tags.

    It holds nothing but core operations, so that it can be part of a SavedModel or, by tf2onnx, of an ONNX graph.

    Args:
        potentials: float32 [rows, length, tags, tags].
        mask: [rows, length], 0 where there is no token: the tag there is -1. None for tokens throughout.

    Example:
        >>> from keras import ops
        >>> viterbi(ops.array([[[[0.0, 3.0], [0.0, 3.0]], [[0.0, 0.0], [0.0, -1.0]]]])).numpy().tolist()
        [[1, 0]]
    """
    length, tags = ops.shape(potentials)[1], potentials.shape[-1]
    places, names = ops.arange(length, dtype="int32"), ops.arange(tags, dtype="int32")

    # Loops over plain tensors: tf2onnx does not convert Keras's scan, which keeps its state in arrays of tensors.
    def forward(place: Any, before: Any, scores: Any) -> tuple[Any, Any, Any]:
        here = ops.max(ops.expand_dims(before, -1) + ops.take(potentials, place, axis=1), axis=-2)
        is_here = ops.reshape(ops.equal(places, place), (1, -1, 1))
        return place + 1, here, ops.where(is_here, ops.expand_dims(here, 1), scores)

    def backward(place: Any, after: Any, path: Any) -> tuple[Any, Any, Any]:
        # What is gained on the way to the tag that comes after; nothing at the end.
        edge = ops.take(potentials, ops.minimum(place + 1, length - 1), axis=1)
        taken = ops.logical_and(ops.equal(names, after[:, None, None]), place + 1 < length)
        total = ops.take(scores, place, axis=1) + ops.sum(ops.where(taken, edge, 0.0), axis=-1)
        is_best = total >= ops.max(total, axis=-1, keepdims=True)
        here = ops.min(ops.where(is_best, names, tags), axis=-1)
        return place - 1, here, ops.where(ops.equal(places, place), here[:, None], path)

    start = _start(ops.transpose(potentials[:, :1], (1, 0, 2, 3)))
    _, _, scores = ops.while_loop(
        lambda place, *_: place < length, forward, (0, start, ops.zeros_like(potentials[:, :, 0]))
    )
    nowhere = ops.zeros_like(potentials[:, :, 0, 0], dtype="int32")
    _, _, path = ops.while_loop(lambda place, *_: place >= 0, backward, (length - 1, nowhere[:, 0], nowhere))
    return path if mask is None else ops.where(ops.not_equal(mask, 0), path, -1)


def identity(tags: int) -> Any:
    """Return the potentials of a position that is not there, float32 [tags, tags]."""
    return (1.0 - ops.eye(tags, dtype="float32")) * NEVER


def _forward(before: Any, edge: Any) -> tuple[Any, Any]:
    here = ops.logsumexp(ops.expand_dims(before, -1) + edge, axis=-2)
    return here, here


def _after(edges: Any) -> Any:
    """Return the log of the sum over all paths onward from each tag of each position, [length, rows, tags]."""

    def backward(after: Any, edge: Any) -> tuple[Any, Any]:
        here = ops.logsumexp(edge + ops.expand_dims(after, -2), axis=-1)
        return here, here

    beyond = ops.broadcast_to(identity(edges.shape[-1]), ops.shape(edges[:1]))
    following = ops.concatenate([edges[1:], beyond], axis=0)
    _, after = ops.scan(backward, ops.zeros_like(edges[0, :, 0]), following, reverse=True)
    return after


def _start(edges: Any) -> Any:
    """Return the scores before the first position, [rows, tags]: of its edges, all alike, those of tag 0 count."""
    only_first = ops.cast(ops.arange(edges.shape[-1]) > 0, "float32") * NEVER
    return ops.zeros_like(edges[0, :, 0]) + only_first
