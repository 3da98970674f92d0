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
    al. 2018; Henderson et al. 2017). Padding is no candidate. On several devices each ranks the examples that it holds.

    In the place of the score each row's target may have the number of its text, from 1 and below 2**24, equal where
    texts are; 0 where it is not known. A candidate equal to the partner, or to the text itself, is then none of the
    wrong ones (only the own partner is held against them).

    Args:
        texts: rows of an example, at least 2.
        scale: factor of the cosine, above 0.

    Raises:
        ValueError: `texts` or `scale` is out of range.

    Example:
        >>> loss = MultipleNegativesRanking(scale=1.0)
        >>> texts = keras.ops.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
        >>> targets = keras.ops.array([[1, 1], [2, 1], [3, 1], [4, 1]])
        >>> round(float(loss.call(targets, texts)[0]), 4)  # log(1 + 1 / e)
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
        numbers = ops.reshape(ops.cast(y_true, "float32")[:, 0], (-1, self.texts))
        logits = ops.where(is_candidate & ~_equal_ones(numbers), logits, _NEVER)
        own = self.scale * ops.sum(directions[:, 0] * directions[:, 1], axis=-1)
        # Rounding may put the own partner, alone, a little above the sum over all.
        values = ops.maximum(ops.logsumexp(logits, axis=-1) - own, 0.0)
        return stacked.on_rows(values, is_true, self.texts)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "texts": self.texts, "scale": self.scale}


def _equal_ones(numbers: Any) -> Any:
    """Return which candidates are equal to the partner or to the text, the own partner apart: [examples, candidates].

    Args:
        numbers: of the texts, float32 [examples, texts]; 0 where they are not known.
    """
    candidates = ops.reshape(ops.transpose(numbers[:, 1:]), (1, -1))
    equal = (candidates == numbers[:, :1]) | (candidates == numbers[:, 1:2])
    examples = ops.shape(numbers)[0]
    own = ops.equal(
        ops.expand_dims(ops.arange(examples, dtype="int32"), 1),
        ops.expand_dims(ops.arange(ops.shape(candidates)[1], dtype="int32"), 0),
    )
    return equal & (candidates > 0) & ~own
