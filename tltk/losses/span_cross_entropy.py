"""The loss of one span of tokens a row."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.losses.categorical import categorical_terms
from tltk.losses.loss import RowLoss

# Logits below it are those of padding, which the span head sets to -1e9.
_PADDING = -1e8


@keras.saving.register_keras_serializable(package="tltk")
class SpanCrossEntropy(RowLoss):
    """Cross entropy of a span's first and last token: logits [rows, length, 2], labels [rows, 2], -1 for none.

    A row's value is half the sum of two cross entropies over the row's positions, one of the starts and one of the
    ends, as in BERT's question answering (Devlin et al. 2018); a label of -1 counts as 0. Padding positions must carry
    large negative logits (-1e9), as the span head gives them; smoothing spreads over the other positions. Class
    weights make no sense here.

    Example:
        >>> loss = SpanCrossEntropy()
        >>> logits = keras.ops.array([[[0.0, 0.0], [2.0, 0.0], [-1e9, -1e9]]])
        >>> round(float(loss.call(keras.ops.array([[1, -1]]), logits)[0]), 4)
        0.0635
    """

    called = "span cross entropy"
    takes = ("label_smoothing", "focal")

    def call(self, y_true: Any, y_pred: Any) -> Any:
        labels = ops.cast(y_true, "int32")
        logits = ops.transpose(ops.cast(y_pred, "float32"), (0, 2, 1))
        terms = categorical_terms(ops.maximum(labels, 0), logits, self.settings, possible=logits > _PADDING)
        return ops.sum(ops.where(labels >= 0, terms, 0.0), axis=-1) / 2
