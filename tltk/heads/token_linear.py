"""The token head: dropout and one dense layer on every position."""

from __future__ import annotations

from typing import Any

import keras

from tltk.heads.head import register_head
from tltk.heads.position_head import PositionHead


@register_head("token-linear")
@keras.saving.register_keras_serializable(package="tltk")
class TokenLinearHead(PositionHead):
    """Gives every position logits by one dense layer: [batch, length, units].

    It computes exactly what the token classification class of the checkpoint's family (`BertForTokenClassification`,
    ...) computes, and its tensors can be exchanged with that class. Logits of padding positions mean nothing.

    Example:
        >>> head = TokenLinearHead(3)
        >>> tuple(head(keras.ops.ones((2, 5, 8)), attention_mask=keras.ops.ones((2, 5))).shape)
        (2, 5, 3)
    """

    gives = "positions"
    huggingface_class = "ForTokenClassification"

    def call(self, hidden_states: Any, attention_mask: Any = None, training: bool | None = None) -> Any:
        return self.logits(hidden_states, training)
