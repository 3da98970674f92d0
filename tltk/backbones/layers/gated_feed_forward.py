"""The feed-forward network whose inner units are each held open or shut by another."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
from keras import ops

from tltk.backbones.layers.dropout import Dropout
from tltk.backbones.layers.feed_forward import FeedForward


@keras.saving.register_keras_serializable(package="tltk")
class GatedFeedForward(FeedForward):
    """`FeedForward` of a gated linear unit: activation(first half) * second half, without biases.

    Call it on [batch, length, width]; the result has the same shape. The first dense layer has 2 * `inner_width`
    units. Source: Shazeer 2020, "GLU Variants Improve Transformer".

    Args:
        inner_width: units of each half.
        dropout: rate after the gate.
        **kwargs: as for `FeedForward`.

    Example:
        >>> GatedFeedForward(16)(keras.ops.ones((1, 3, 8))).shape
        TensorShape([1, 3, 8])
    """

    use_bias: ClassVar[bool] = False

    def __init__(self, inner_width: int, *, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(inner_width, **kwargs)
        self.dropout = dropout
        self.drop = Dropout(dropout, dtype=self.dtype_policy, name="drop")

    @property
    def inner_units(self) -> int:
        return 2 * self.inner_width

    def _activate(self, inner: Any, training: bool | None) -> Any:
        opened, gate = ops.split(inner, 2, axis=-1)
        return self.drop(super()._activate(opened, training) * gate, training=training)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dropout": self.dropout}
