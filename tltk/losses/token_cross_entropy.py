"""The loss of one label a token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from tltk.losses.categorical import categorical_terms
from tltk.losses.loss import RowLoss
from tltk.losses.settings import LossSettings


@keras.saving.register_keras_serializable(package="tltk")
class TokenCrossEntropy(RowLoss):
    """Cross entropy of one label a token: logits [rows, length, classes], labels [rows, length], -1 for none.

    A row's value is the sum over its labelled tokens, divided by the constant `tokens_per_row`. The mean over the
    labelled tokens of a batch, which PyTorch trains, cannot be had row by row: it divides by a count that lies on
    several devices, and padding rows would have to be told apart. Divided by the mean count of the training rows
    instead, a batch's loss has that mean's expectation, each token of the data weighs the same in whatever company it
    is drawn, and the result is the same on one device and on many. (Dividing by each row's own count would let the
    tokens of short rows weigh more.)

    Args:
        settings: label smoothing, focal weighting and class weights, as for `CrossEntropy`.
        tokens_per_row: labelled tokens of a training row in the mean, above 0.

    Raises:
        ValueError: `tokens_per_row` is not above 0.

    Example:
        >>> loss = TokenCrossEntropy(tokens_per_row=2)
        >>> logits = keras.ops.array([[[0.0, 2.0], [0.0, 2.0], [9.0, 0.0]]])
        >>> round(float(loss.call(keras.ops.array([[1, 1, -1]]), logits)[0]), 4)
        0.1269
    """

    called = "token cross entropy"
    takes = ("label_smoothing", "focal", "class_weights")

    def __init__(
        self, settings: LossSettings | Mapping[str, Any] | None = None, *, tokens_per_row: float, **kwargs: Any
    ) -> None:
        super().__init__(settings, **kwargs)
        if not tokens_per_row > 0:
            raise ValueError(f"Got tokens_per_row={tokens_per_row!r}; expected a number above 0.")
        self.tokens_per_row = float(tokens_per_row)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        labels = ops.cast(y_true, "int32")
        terms = categorical_terms(ops.maximum(labels, 0), ops.cast(y_pred, "float32"), self.settings)
        return ops.sum(ops.where(labels >= 0, terms, 0.0), axis=-1) / self.tokens_per_row

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "tokens_per_row": self.tokens_per_row}
