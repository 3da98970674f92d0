"""The step of AdamW, in as few passes over memory as can be had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import tensorflow as tf


class Row(NamedTuple):
    """A variable with all that its update takes.

    Args:
        variable: what is trained.
        momentum: first moment, of the variable's shape.
        velocity: second moment, likewise.
        gradient: dense, or sparse with each row once.
        decays: whether weight decay applies.
    """

    variable: Any
    momentum: Any
    velocity: Any
    gradient: Any
    decays: bool


def update_variables(rows: Sequence[Row], rates: tf.Tensor) -> None:
    """Update variables on one device: clip, decay, moments and step of all of them in one compiled cluster.

    Where a gradient is sparse, the moments shrink as a whole and its rows are added: it is never made dense.

    Args:
        rows: variables, moments and gradients.
        rates: float32 [6]: learning rate with the correction of the moments' bias, learning rate times decay, factor
            of the gradients, 1 - beta_1, 1 - beta_2, epsilon.
    """
    sparse = [row for row in rows if isinstance(row.gradient, tf.IndexedSlices)]
    dense = [row for row in rows if not isinstance(row.gradient, tf.IndexedSlices)]
    _update_dense(dense, rates)
    for row in sparse:
        _update_sparse(row, rates)


def update_replicas(distribution: tf.distribute.Strategy, rows: Sequence[Row], rates: tf.Tensor) -> None:
    """Update variables on every device of a strategy, which hands over one variable's copies at a time.

    Not as a compiled cluster: under TensorFlow 2.21 that leaves the copies of the second device unchanged.
    """
    for variable, *others in rows:
        distribution.extended.update(variable, _update, args=(*others, rates), group=False)


@tf.function(jit_compile=True, autograph=False)
def _update_dense(rows: Sequence[Row], rates: tf.Tensor) -> None:
    for row in rows:
        _update(*row, rates)


def _update(variable: Any, momentum: Any, velocity: Any, gradient: Any, decays: bool, rates: tf.Tensor) -> None:
    """Source: Loshchilov and Hutter 2019, algorithm 2, with Kingma and Ba's epsilon as Keras places it."""
    _, _, scale, rate_1, rate_2, _ = tf.unstack(rates)
    gradient = tf.cast(gradient, variable.dtype) * scale
    first = momentum + (gradient - momentum) * rate_1
    second = velocity + (tf.square(gradient) - velocity) * rate_2
    _move(variable, first, second, decays, rates)
    momentum.assign(first)
    velocity.assign(second)


def _move(variable: Any, first: Any, second: Any, decays: bool, rates: tf.Tensor) -> None:
    step, decay, _, _, _, epsilon = tf.unstack(rates)
    kept = variable - variable * decay if decays else variable
    variable.assign(kept - step * first / (tf.sqrt(second) + epsilon))


def _update_sparse(row: Row, rates: tf.Tensor) -> None:
    variable, momentum, velocity, gradient, decays = row
    _, _, scale, rate_1, rate_2, _ = tf.unstack(rates)
    values = gradient.values * scale
    _shrink(momentum, velocity, rates)
    momentum.scatter_add(tf.IndexedSlices(values * rate_1, gradient.indices))
    velocity.scatter_add(tf.IndexedSlices(tf.square(values) * rate_2, gradient.indices))
    _move_compiled(variable, momentum, velocity, decays, rates)


@tf.function(jit_compile=True, autograph=False)
def _shrink(momentum: Any, velocity: Any, rates: tf.Tensor) -> None:
    momentum.assign(momentum * (1.0 - rates[3]))
    velocity.assign(velocity * (1.0 - rates[4]))


_move_compiled = tf.function(_move, jit_compile=True, autograph=False)
