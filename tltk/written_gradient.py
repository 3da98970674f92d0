"""Functions that bring their own gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

Function = Callable[..., Any]


def written_gradient(function: Function) -> Function:
    """Return `tf.custom_gradient(function)`, which within a graph is called by a small graph of its own.

    TensorFlow never lets go of a graph in which such a function was called: a process that trains one model after the
    other, as a search does, would keep the training graph of each, some 25 MB for a tiny one. Here it keeps the small
    graph, traced once for each kind of arguments (dtypes and shapes) and shared by all models.

    Args:
        function: takes tensors; returns a tensor and a function from that one's gradient to those of the arguments.

    Example:
        >>> square = written_gradient(lambda x: (x * x, lambda upstream: upstream * 2.0 * x))
        >>> float(square(tf.constant(3.0)))
        9.0
    """
    by_hand = tf.custom_gradient(function)
    traced = tf.function(by_hand, autograph=False)

    def call(*arguments: tf.Tensor) -> Any:
        # Without a graph there is nothing that could be kept, and each shape would have to be traced.
        return by_hand(*arguments) if tf.executing_eagerly() else traced(*arguments)

    return call
