"""The loss of finding each text's partner among those of the others."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.losses import stacked
from tltk.losses.loss import RowLoss

_NEVER = -1e9


@keras.saving.register_keras_serializable(package="tltk")
class MultipleNegativesRanking(RowLoss):
    """Cross entropy of each first text's partner among the batch: embeddings [rows, width], targets [rows, 2].

    Every `texts` consecutive rows are an example: a text, its partner, and from the third on texts that are none (hard
    negatives); see `tltk.losses.stacked`. An example's value, on each of its rows, is the cross entropy of its partner
    among the partners and the hard negatives of all examples, with `scale` times the cosine as logit (van den Oord et
    al. 2018; Henderson et al. 2017). Scores are not looked at, padding is no candidate. On several devices each ranks
    the examples that it holds. An equal partner in another example counts as wrong: take duplicates out beforehand.

    Args:
        texts: rows of an example, at least 2.
        scale: factor of the cosine, above 0.

    Raises:
        ValueError: `texts` or `scale` is out of range.

    Example:
        >>> loss = MultipleNegativesRanking(scale=1.0)
        >>> texts = keras.ops.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
        >>> round(float(loss.call(keras.ops.ones((4, 2)), texts)[0]), 4)  # log(1 + 1 / e)
        0.3133
    """

    called = "multiple negatives ranking"

    def __init__(self, settings: Any = None, *, texts: int = 2, scale: float = 20.0, **kwargs: Any) -> None:
        super().__init__(settings, **kwargs)
        if texts < 2:
            raise ValueError(f"Got texts={texts!r}; expected at least 2.")
        if not scale > 0:
            raise ValueError(f"Got scale={scale!r}; expected a number above 0.")
        self.texts = int(texts)
        self.scale = float(scale)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        directions = stacked.unit(stacked.embeddings(y_pred, self.texts))
        _, is_true = stacked.targets(y_true, self.texts)
        # All partners first, so that example n's own is candidate n.
        candidates = ops.concatenate([directions[:, place] for place in range(1, self.texts)], axis=0)
        is_candidate = ops.tile(is_true, self.texts - 1)
        logits = self.scale * ops.matmul(directions[:, 0], ops.transpose(candidates))
        logits = ops.where(is_candidate, logits, _NEVER)
        own = self.scale * ops.sum(directions[:, 0] * directions[:, 1], axis=-1)
        return stacked.on_rows(ops.logsumexp(logits, axis=-1) - own, is_true, self.texts)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "texts": self.texts, "scale": self.scale}
