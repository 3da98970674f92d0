"""The loss of numbers of which some lie far out."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.losses.loss import RowLoss
from tltk.losses.squared_error import errors


@keras.saving.register_keras_serializable(package="tltk")
class HuberError(RowLoss):
    """Huber's error of numbers: outputs [rows, targets], values of the same shape (or [rows] for one target).

    Half the squared error up to `delta`, beyond it `delta * (|error| - delta / 2)`, so that outliers pull no harder
    than by `delta` (Huber 1964). A row's value is the mean over its targets.

    Args:
        delta: where the square ends, above 0, in the units of the values.

    Raises:
        ValueError: `delta` is not above 0.

    Example:
        >>> loss = HuberError(delta=1.0)
        >>> float(loss.call(keras.ops.array([1.0]), keras.ops.array([[4.0]]))[0])
        2.5
    """

    called = "huber error"

    def __init__(self, settings: Any = None, *, delta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(settings, **kwargs)
        if not delta > 0:
            raise ValueError(f"Got delta={delta!r}; expected a number above 0.")
        self.delta = float(delta)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        distance = ops.abs(errors(y_true, y_pred))
        far = self.delta * (distance - 0.5 * self.delta)
        return ops.mean(ops.where(distance <= self.delta, 0.5 * ops.square(distance), far), axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "delta": self.delta}
