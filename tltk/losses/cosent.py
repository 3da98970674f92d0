"""The loss of the similarity of two texts, by the order of the pairs."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.losses import stacked
from tltk.losses.loss import RowLoss

_NEVER = -1e9


@keras.saving.register_keras_serializable(package="tltk")
class CoSent(RowLoss):
    """Order of the cosines of pairs (CoSENT): embeddings [rows, width], targets [rows, 2] (see `tltk.losses.stacked`).

    Rows 2n and 2n + 1 are pair n. Only which of two pairs is the more similar counts, not by how much. The value of the
    batch, which each true row gets, is `log(1 + sum exp(scale * (cos_i - cos_j)))` over the pairs i, j with score i
    below score j (Su 2022, https://kexue.fm/archives/8847). On several devices each compares the pairs that it holds.

    Args:
        scale: how sharply a wrong order is punished, above 0.

    Raises:
        ValueError: `scale` is not above 0.

    Example:
        >>> loss = CoSent(scale=1.0)
        >>> texts = keras.ops.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
        >>> targets = keras.ops.array([[0.0, 1.0], [0.0, 1.0], [1.0, 1.0], [1.0, 1.0]])
        >>> round(float(loss.call(targets, texts)[0]), 4)  # log(1 + e)
        1.3133
    """

    called = "cosent"

    def __init__(self, settings: Any = None, *, scale: float = 20.0, **kwargs: Any) -> None:
        super().__init__(settings, **kwargs)
        if not scale > 0:
            raise ValueError(f"Got scale={scale!r}; expected a number above 0.")
        self.scale = float(scale)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        pairs = stacked.embeddings(y_pred, 2)
        scores, is_true = stacked.targets(y_true, 2)
        cosines = self.scale * stacked.cosine(pairs[:, 0], pairs[:, 1])
        differences = cosines[:, None] - cosines[None, :]
        counts = (scores[:, None] < scores[None, :]) & is_true[:, None] & is_true[None, :]
        terms = ops.reshape(ops.where(counts, differences, _NEVER), (-1,))
        value = ops.softplus(ops.logsumexp(terms))
        return stacked.on_rows(value + ops.zeros_like(scores), is_true, 2)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "scale": self.scale}
