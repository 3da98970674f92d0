"""The span head: how likely each position begins, and how likely it ends, the answer."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.heads.head import register_head
from tltk.heads.position_head import PositionHead

# Far below any logit, and finite, so that a row of padding alone gives no NaN.
_PADDING = -1e9


@register_head("span")
@keras.saving.register_keras_serializable(package="tltk")
class SpanHead(PositionHead):
    """Gives every position a start and an end logit: [batch, length, 2].

    At tokens it computes exactly what the question answering class of the checkpoint's family
    (`BertForQuestionAnswering`, ...) computes, and its tensors can be exchanged with that class. Padding positions get
    -1e9, so that softmax over positions never sees them.

    Args:
        units: 2.
        dropout: rate before the output layer; 0 in most families.
        **kwargs: as for `PositionHead`.

    Raises:
        ValueError: `units` is not 2.

    Example:
        >>> head = SpanHead()
        >>> tuple(head(keras.ops.ones((2, 5, 8)), attention_mask=keras.ops.ones((2, 5))).shape)
        (2, 5, 2)
    """

    gives = "spans"
    huggingface_class = "ForQuestionAnswering"
    family_head = "question_head"

    def __init__(self, units: int = 2, *, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(units, dropout=dropout, **kwargs)
        if units != 2:
            raise ValueError(f"Got units={units!r}; a span has 2, its start and its end.")

    def call(self, hidden_states: Any, attention_mask: Any = None, training: bool | None = None) -> Any:
        logits = self.logits(hidden_states, training)
        if attention_mask is None:
            return logits
        return ops.where(ops.expand_dims(ops.not_equal(attention_mask, 0), -1), logits, _PADDING)
