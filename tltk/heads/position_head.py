"""What heads with outputs for every position share: dropout and one dense layer."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.heads.head import Head


class PositionHead(Head):
    """A head that drops out and ends in one dense layer on every position: [batch, length, width] to float32 outputs.

    Args:
        units: number of outputs of a position.
        dropout: rate before the output layer.
        initializer_range: standard deviation of the initial output kernel, as in the checkpoint's configuration.

    The output layer computes in float32 in every precision policy.
    """

    def __init__(self, units: int, *, dropout: float = 0.1, initializer_range: float = 0.02, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        if not 0 <= dropout < 1:
            raise ValueError(f"Got dropout={dropout!r}; expected a number from 0 to below 1.")
        self.dropout_rate = dropout
        self.initializer_range = initializer_range
        self.dropout = keras.layers.Dropout(dropout, dtype=self.dtype_policy, name="dropout")
        self.output_layer = keras.layers.Dense(
            units,
            kernel_initializer=keras.initializers.RandomNormal(stddev=initializer_range),
            dtype="float32",
            name="output",
        )

    def build(self, shape: tuple, **_: Any) -> None:
        self.output_layer.build(shape)
        self.built = True

    def logits(self, hidden_states: Any, training: bool | None) -> Any:
        """Return the dense layer's outputs, float32 [batch, length, units]; those of padding are not yet decided."""
        states = self.dropout(hidden_states, training=training)
        return self.output_layer(ops.cast(states, "float32"))

    def compute_output_shape(self, shape: tuple, **_: Any) -> tuple:
        return (*shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "dropout": self.dropout_rate,
            "initializer_range": self.initializer_range,
        }
