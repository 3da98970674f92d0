"""The loss of numbers, by their squared distance."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.losses.loss import RowLoss


@keras.saving.register_keras_serializable(package="tltk")
class SquaredError(RowLoss):
    """Squared error of numbers: outputs [rows, targets], values of the same shape (or [rows] for one target).

    A row's value is the mean over its targets.

    Example:
        >>> loss = SquaredError()
        >>> float(loss.call(keras.ops.array([1.0]), keras.ops.array([[3.0]]))[0])
        4.0
    """

    called = "squared error"

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return ops.mean(ops.square(errors(y_true, y_pred)), axis=-1)


def errors(y_true: Any, y_pred: Any) -> Any:
    """Return outputs minus values, float32 of the outputs' shape."""
    y_pred = ops.cast(y_pred, "float32")
    return y_pred - ops.reshape(ops.cast(y_true, "float32"), ops.shape(y_pred))
