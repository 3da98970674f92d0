"""The texts of one example as consecutive rows, and back to one value a row.

Losses of similarity see embeddings [rows, width] in which every `texts` consecutive rows are one example, and targets
[rows, 2]: the example's score on each of its rows (any number where a loss takes none), and 1, or 0 and 0 on padding
rows. A loss over the whole batch could not tell padding from texts by weights, which Keras applies after it.
"""

from __future__ import annotations

from typing import Any

from keras import ops

_LEAST = 1e-12


def embeddings(y_pred: Any, texts: int) -> Any:
    """Return the embeddings by example, float32 [examples, texts, width]."""
    return ops.reshape(ops.cast(y_pred, "float32"), (-1, texts, y_pred.shape[-1]))


def targets(y_true: Any, texts: int) -> tuple[Any, Any]:
    """Return each example's score, float32 [examples], and whether it is one and no padding, bool [examples]."""
    by_example = ops.reshape(ops.cast(y_true, "float32"), (-1, texts, 2))[:, 0]
    return by_example[:, 0], by_example[:, 1] > 0


def on_rows(values: Any, is_true: Any, texts: int) -> Any:
    """Return each example's value on each of its rows, and 0 on padding rows, float32 [rows]."""
    return ops.repeat(ops.where(is_true, values, 0.0), texts, axis=0)


def unit(vectors: Any) -> Any:
    """Return vectors of length 1 in the same directions; zeros stay zeros."""
    return vectors * ops.rsqrt(ops.maximum(ops.sum(ops.square(vectors), axis=-1, keepdims=True), _LEAST))


def cosine(left: Any, right: Any) -> Any:
    """Return the cosine of the angle between vectors, over the last dimension."""
    return ops.sum(unit(left) * unit(right), axis=-1)


def euclidean(left: Any, right: Any) -> Any:
    """Return the distance of vectors, over the last dimension; at 0 its gradient is 0."""
    return ops.sqrt(ops.maximum(ops.sum(ops.square(left - right), axis=-1), _LEAST))
