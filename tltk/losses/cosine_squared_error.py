"""The loss of the similarity of two texts, as a number."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.losses import stacked
from tltk.losses.loss import RowLoss


@keras.saving.register_keras_serializable(package="tltk")
class CosineSquaredError(RowLoss):
    """Squared error of the cosine of two texts: embeddings [rows, width], targets [rows, 2].

    Rows 2n and 2n + 1 are pair n; see `tltk.losses.stacked`. A row's value is `(cosine - score)^2` of its pair; scores
    are scaled to 0..1, or to -1..1, beforehand. The regression of Sentence-BERT (Reimers & Gurevych 2019).

    Example:
        >>> loss = CosineSquaredError()
        >>> pair, targets = keras.ops.array([[1.0, 0.0], [0.0, 1.0]]), keras.ops.array([[0.5, 1.0], [0.5, 1.0]])
        >>> loss.call(targets, pair).numpy().tolist()
        [0.25, 0.25]
    """

    called = "cosine squared error"

    def call(self, y_true: Any, y_pred: Any) -> Any:
        pairs = stacked.embeddings(y_pred, 2)
        scores, is_true = stacked.targets(y_true, 2)
        return stacked.on_rows(ops.square(stacked.cosine(pairs[:, 0], pairs[:, 1]) - scores), is_true, 2)
