"""The step of AdamW, in as few passes over memory as can be had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import tensorflow as tf

# Elements whose new values are computed, and therefore held, together.
_TOGETHER = 2**21


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
    """Update variables with dense gradients on one device: clip, decay, moments and step of many in one cluster.

    Args:
        rows: variables, moments and gradients.
        rates: float32 [6]: learning rate with the correction of the moments' bias, learning rate times decay, factor
            of the gradients, 1 - beta_1, 1 - beta_2, epsilon.
    """
    for group in _groups(rows):
        given = [tuple(map(tf.convert_to_tensor, row[:4])) for row in group]
        for row, values in zip(group, _step_all(given, tuple(row.decays for row in group), rates), strict=True):
            _assign(row, values)


def update_replicas(distribution: tf.distribute.Strategy, rows: Sequence[Row], rates: tf.Tensor) -> None:
    """Update variables on every device of a strategy, which hands over one variable's copies at a time."""

    def update(*given: Any) -> None:
        row, rates = Row(*given[:-1]), given[-1]
        _assign(row, _step(row[:4], row.decays, rates))

    for variable, *others in rows:
        distribution.extended.update(variable, update, args=(*others, rates), group=False)


def _groups(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield rows together until they hold enough elements for a cluster."""
    group: list[Row] = []
    elements = 0
    for row in rows:
        group.append(row)
        elements += row.variable.shape.num_elements()
        if elements >= _TOGETHER:
            yield group
            group, elements = [], 0
    if group:
        yield group


# Compiled functions take and return tensors, never variables: TensorFlow would hold on to those of the first model, and
# refuse to run for another once they are gone.
@tf.function(jit_compile=True, autograph=False)
def _step_all(rows: Sequence[tuple[tf.Tensor, ...]], decays: tuple[bool, ...], rates: tf.Tensor) -> list[Any]:
    return [_step(row, decay, rates) for row, decay in zip(rows, decays, strict=True)]


def _step(given: Sequence[Any], decays: bool, rates: tf.Tensor) -> tuple[tf.Tensor, ...]:
    """Return the next variable and moments, computed in float32, from variable, momentum, velocity and gradient.

    Source: Loshchilov and Hutter 2019, algorithm 2, with epsilon where Keras has it.
    """
    variable, momentum, velocity, gradient = (tf.cast(tensor, tf.float32) for tensor in given)
    _, _, scale, rate_1, rate_2, _ = tf.unstack(rates)
    gradient = gradient * scale
    first = momentum + (gradient - momentum) * rate_1
    second = velocity + (tf.square(gradient) - velocity) * rate_2
    return _move(variable, first, second, decays, rates), first, second


def _move(variable: Any, first: Any, second: Any, decays: bool, rates: tf.Tensor) -> tf.Tensor:
    step, decay, _, _, _, epsilon = tf.unstack(rates)
    kept = variable - variable * decay if decays else variable
    return kept - step * first / (tf.sqrt(second) + epsilon)


def _assign(row: Row, values: Sequence[tf.Tensor]) -> None:
    for variable, value in zip(row[:3], values, strict=True):
        variable.assign(tf.cast(value, variable.dtype))


class SparseUpdate:
    """The update of one variable whose gradient is sparse: the moments shrink as a whole, and its rows are added.

    It works in place. Its compiled functions take variables, which TensorFlow ties them to: one object a variable.
    """

    def __init__(self) -> None:
        self._scale = tf.function(_scale, jit_compile=True, autograph=False)
        self._move = tf.function(_move_in_place, jit_compile=True, autograph=False)

    def __call__(self, row: Row, rates: tf.Tensor) -> None:
        _, _, scale, rate_1, rate_2, _ = tf.unstack(rates)
        rows, values = row.gradient.indices, tf.cast(row.gradient.values, tf.float32) * scale
        for moment, rate, change in ((row.momentum, rate_1, values), (row.velocity, rate_2, tf.square(values))):
            self._scale(moment, 1.0 - rate)
            moment.scatter_add(tf.IndexedSlices(tf.cast(change * rate, moment.dtype), rows))
        self._move(row.variable, row.momentum, row.velocity, row.decays, rates)


def _scale(moment: tf.Variable, factor: tf.Tensor) -> None:
    moment.assign(moment * tf.cast(factor, moment.dtype))


def _move_in_place(variable: Any, momentum: Any, velocity: Any, decays: bool, rates: tf.Tensor) -> None:
    values, first, second = (tf.cast(tensor, tf.float32) for tensor in (variable, momentum, velocity))
    variable.assign(tf.cast(_move(values, first, second, decays, rates), variable.dtype))
