"""The step of AdamW, in as few passes over memory as can be had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import tensorflow as tf

# Elements that one compiled function updates.
_TOGETHER = 2**21
# Fewer are not worth a program of XLA's, which takes a second to make and some memory for good: those of a head alone.
_WORTH_COMPILING = 2**17


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


class Update:
    """The update of variables on one device, in place: clip, decay, moments and step in one pass over memory.

    Its compiled functions take variables, and TensorFlow ties a function to those it was traced with: an object for
    each optimizer, a function for each group of variables.
    """

    def __init__(self) -> None:
        self._functions: dict[Any, Any] = {}

    def __call__(self, rows: Sequence[Row], rates: tf.Tensor) -> None:
        """Update variables.

        Args:
            rows: variables, moments and gradients.
            rates: float32 [6]: learning rate with the correction of the moments' bias, learning rate times decay,
                factor of the gradients, 1 - beta_1, 1 - beta_2, epsilon.
        """
        for group in _groups([row for row in rows if not isinstance(row.gradient, tf.IndexedSlices)]):
            self._dense(group, rates)
        for row in rows:
            if isinstance(row.gradient, tf.IndexedSlices):
                self._sparse(row, rates)

    def _dense(self, group: Sequence[Row], rates: tf.Tensor) -> None:
        if _elements(group) < _WORTH_COMPILING:
            _step_all(group, rates)
            return
        key = tuple(row.variable.ref() for row in group)
        function = self._functions.setdefault(key, tf.function(_step_all, jit_compile=True, autograph=False))
        function(group, rates)

    def _sparse(self, row: Row, rates: tf.Tensor) -> None:
        """Give the rows to the moments so that a step with a gradient of zero, which shrinks them, leaves them right.

        The variable itself takes no scattered rows: TensorFlow would copy all of it at each later reading.
        """
        _, _, scale, rate_1, rate_2, _ = tf.unstack(rates)
        values = tf.cast(row.gradient.values, tf.float32) * scale
        for moment, rate, change in ((row.momentum, rate_1, values), (row.velocity, rate_2, tf.square(values))):
            added = tf.cast(change * (rate / (1.0 - rate)), moment.dtype)
            moment.scatter_add(tf.IndexedSlices(added, row.gradient.indices))
        self._dense([row._replace(gradient=tf.constant(0.0))], rates)


def update_replicas(distribution: tf.distribute.Strategy, rows: Sequence[Row], rates: tf.Tensor) -> None:
    """Update variables on every device of a strategy, which hands over one variable's copies at a time.

    Not compiled: XLA would leave the second device's copies as they are.
    """

    def update(*given: Any) -> None:
        _step_all([Row(*given[:-1])], given[-1])

    for variable, *others in rows:
        distribution.extended.update(variable, update, args=(*others, rates), group=False)


def _groups(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield rows together until they hold enough elements for a cluster."""
    group: list[Row] = []
    for row in rows:
        group.append(row)
        if _elements(group) >= _TOGETHER:
            yield group
            group = []
    if group:
        yield group


def _elements(group: Sequence[Row]) -> int:
    return sum(row.variable.shape.num_elements() for row in group)


def _step_all(rows: Sequence[Row], rates: tf.Tensor) -> None:
    for row in rows:
        for variable, values in zip(row[:3], _step(row[:4], row.decays, rates), strict=True):
            variable.assign(tf.cast(values, variable.dtype))


def _step(given: Sequence[Any], decays: bool, rates: tf.Tensor) -> tuple[tf.Tensor, ...]:
    """Return the next variable and moments, computed in float32, from variable, momentum, velocity and gradient.

    Source: Loshchilov and Hutter 2019, algorithm 2, with epsilon where Keras has it.
    """
    variable, momentum, velocity, gradient = (tf.cast(tensor, tf.float32) for tensor in given)
    step, decay, scale, rate_1, rate_2, epsilon = tf.unstack(rates)
    gradient = gradient * scale
    first = momentum + (gradient - momentum) * rate_1
    second = velocity + (tf.square(gradient) - velocity) * rate_2
    kept = variable - variable * decay if decays else variable
    return kept - step * first / (tf.sqrt(second) + epsilon), first, second
