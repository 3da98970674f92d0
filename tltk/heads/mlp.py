"""The MLP head: pooling, hidden dense layers with dropout, one dense layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from tltk.heads.head import PooledHead, is_count, register_head


@register_head("mlp")
@keras.saving.register_keras_serializable(package="tltk")
class MlpHead(PooledHead):
    """Classifies by a small multi-layer perceptron on the pooled sequence.

    Args:
        units: number of outputs of a row.
        hidden_units: width of each hidden layer; a number is one layer. None is one layer as wide as the backbone.
        activation: Keras activation of the hidden layers.
        **kwargs: as for `PooledHead`; `dropout` is applied before every dense layer.

    Example:
        >>> head = MlpHead(3, hidden_units=[16, 8], pooling="cls")
        >>> tuple(head(keras.ops.ones((2, 5, 4))).shape)
        (2, 3)
    """

    def __init__(
        self,
        units: int,
        *,
        hidden_units: int | Sequence[int] | None = None,
        activation: str = "gelu",
        **kwargs: Any,
    ) -> None:
        super().__init__(units, **kwargs)
        if isinstance(hidden_units, int):
            hidden_units = (hidden_units,)
        if hidden_units is not None and not (hidden_units and all(map(is_count, hidden_units))):
            raise ValueError(f"Got hidden_units={hidden_units!r}; expected whole numbers of at least 1.")
        self.hidden_units = list(hidden_units) if hidden_units is not None else None
        self.activation = keras.activations.get(activation)
        self.hidden_layers: list[keras.layers.Layer] = []

    def build_transform(self, width: int) -> None:
        for index, units in enumerate(self.hidden_units or [width]):
            layer = keras.layers.Dense(
                units, activation=self.activation, dtype=self.dtype_policy, name=f"hidden_{index}"
            )
            layer.build((None, width))
            self.hidden_layers.append(layer)
            width = units

    def transform_width(self, width: int) -> int:
        return self.hidden_units[-1] if self.hidden_units else width

    def transform(self, pooled: Any, training: bool | None) -> Any:
        for layer in self.hidden_layers:
            pooled = layer(self.dropout(pooled, training=training))
        return pooled

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "hidden_units": self.hidden_units,
            "activation": keras.activations.serialize(self.activation),
        }
