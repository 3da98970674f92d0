"""The linear head: pooling, dropout, one dense layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

from tltk.heads.family import pooler_layers
from tltk.heads.head import PooledHead, register_head

if TYPE_CHECKING:
    from tltk.backbones import Family


@register_head("linear")
@keras.saving.register_keras_serializable(package="tltk")
class LinearHead(PooledHead):
    """Classifies by one dense layer on the pooled sequence.

    With `pooling="family"` it computes exactly what the sequence classification class of the checkpoint's family
    (`BertForSequenceClassification`, ...) computes, and its tensors can be exchanged with that class.

    Example:
        >>> head = LinearHead(3, pooling="mean")
        >>> tuple(head(keras.ops.ones((2, 5, 8)), attention_mask=keras.ops.ones((2, 5))).shape)
        (2, 3)
    """

    huggingface_class = "ForSequenceClassification"

    def huggingface_layers(self, family: Family) -> dict[str, keras.layers.Layer] | None:
        described, pooler = family.classification_head, pooler_layers(self.pool, family)
        if described is None or pooler is None:  # none is something else than no layers
            return None
        return {**pooler, described.output: self.output_layer}
