"""The loss of one label a row."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.losses.categorical import categorical_terms
from tltk.losses.loss import RowLoss


@keras.saving.register_keras_serializable(package="tltk")
class CrossEntropy(RowLoss):
    """Cross entropy of one label a row: logits [rows, classes], labels [rows].

    A row's value is that of PyTorch's `F.cross_entropy(..., reduction="none")` with `weight` and `label_smoothing`.
    Class weights are not divided by their sum over the batch, as PyTorch's mean does, since that sum lies on several
    devices: balanced weights are 1 in the mean over the training rows anyway.

    Example:
        >>> loss = CrossEntropy()
        >>> round(float(loss.call(keras.ops.array([1]), keras.ops.array([[0.0, 2.0]]))[0]), 4)
        0.1269
    """

    called = "cross entropy"
    takes = ("label_smoothing", "focal", "class_weights")

    def call(self, y_true: Any, y_pred: Any) -> Any:
        labels = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        return categorical_terms(labels, ops.cast(y_pred, "float32"), self.settings)
