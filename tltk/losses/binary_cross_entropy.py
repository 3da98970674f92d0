"""The loss of any number of labels a row."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.losses.binary import binary_terms
from tltk.losses.categorical import check_count
from tltk.losses.loss import RowLoss


@keras.saving.register_keras_serializable(package="tltk")
class BinaryCrossEntropy(RowLoss):
    """Binary cross entropy of several labels: logits [rows, labels], targets [rows, labels] of 0 and 1.

    A row's value is the mean over labels of PyTorch's `F.binary_cross_entropy_with_logits`; class weights are its
    `pos_weight`, smoothing draws targets towards 1/2, and focal weighting is the binary one.

    Example:
        >>> loss = BinaryCrossEntropy()
        >>> round(float(loss.call(keras.ops.array([[1, 0]]), keras.ops.array([[2.0, -2.0]]))[0]), 4)
        0.1269
    """

    called = "binary cross entropy"
    takes = ("label_smoothing", "focal", "class_weights")

    def call(self, y_true: Any, y_pred: Any) -> Any:
        weights = self.settings.class_weights
        if weights:
            check_count(weights, y_pred.shape[-1])
        terms = binary_terms(
            ops.cast(y_true, "float32"),
            ops.cast(y_pred, "float32"),
            label_smoothing=self.settings.label_smoothing,
            focal=self.settings.focal,
            positive_weights=ops.convert_to_tensor(weights, dtype="float32") if weights else None,
        )
        return ops.mean(terms, axis=-1)
