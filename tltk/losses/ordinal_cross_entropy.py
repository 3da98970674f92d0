"""The loss of one label of an ordered scale a row."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.losses.binary import binary_terms
from tltk.losses.categorical import check_count
from tltk.losses.loss import RowLoss


@keras.saving.register_keras_serializable(package="tltk")
class OrdinalCrossEntropy(RowLoss):
    """Cross entropy over the thresholds of an ordered scale: cumulative logits [rows, levels - 1], labels [rows].

    Logit k says how sure the model is that the label is above level k: `P(label > k) = sigmoid(logit_k)`. A row's
    value is the sum over thresholds of the binary cross entropy, so that a guess two levels off costs more than one
    level off (Frank & Hall 2001; for networks Niu et al. 2016, "Ordinal Regression with Multiple Output CNN").

    Class weights weigh rows by their label; smoothing and focal weighting work on each threshold.

    Example:
        >>> loss = OrdinalCrossEntropy()
        >>> round(float(loss.call(keras.ops.array([1]), keras.ops.array([[2.0, -2.0]]))[0]), 4)
        0.2539
    """

    called = "ordinal cross entropy"
    takes = ("label_smoothing", "focal", "class_weights")

    def call(self, y_true: Any, y_pred: Any) -> Any:
        labels = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        logits = ops.cast(y_pred, "float32")
        thresholds = ops.arange(ops.shape(logits)[-1], dtype="int32")
        terms = binary_terms(
            ops.cast(ops.expand_dims(labels, -1) > thresholds, "float32"),
            logits,
            label_smoothing=self.settings.label_smoothing,
            focal=self.settings.focal,
        )
        values = ops.sum(terms, axis=-1)
        weights = self.settings.class_weights
        if weights:
            check_count(weights, None if logits.shape[-1] is None else logits.shape[-1] + 1)
            values = values * ops.take(ops.convert_to_tensor(weights, dtype="float32"), labels)
        return values
