"""What heads with outputs for every position share: dropout and one dense layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
from keras import ops

from tltk.heads.family import dense_layers
from tltk.heads.head import Head, check_initializer_range
from tltk.heads.pooling import dense_and_norm

if TYPE_CHECKING:
    from tltk.backbones import Family


class PositionHead(Head):
    """A head that drops out and ends in one dense layer on every position: [batch, length, width] to float32 outputs.

    Args:
        units: number of outputs of a position.
        dropout: rate before the output layer.
        initializer_range: standard deviation of the initial output kernel, as in the checkpoint's configuration.
        family_dense: arguments of a dense layer and a norm before the dropout, where the family's class has such
            (ModernBERT); None for none.

    The output layer computes in float32 in every precision policy.
    """

    family_head = "token_head"

    def __init__(
        self,
        units: int,
        *,
        dropout: float = 0.1,
        initializer_range: float = 0.02,
        family_dense: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, **kwargs)
        if not 0 <= dropout < 1:
            raise ValueError(f"Got dropout={dropout!r}; expected a number from 0 to below 1.")
        self.dropout_rate = dropout
        self.initializer_range = check_initializer_range(initializer_range)
        self.family_dense = dict(family_dense) if family_dense else None
        self.dense: keras.layers.Dense | None = None
        self.norm: keras.layers.LayerNormalization | None = None
        if family_dense:
            self.dense, self.norm = dense_and_norm(**family_dense, dtype=self.dtype_policy)
        self.dropout = keras.layers.Dropout(dropout, dtype=self.dtype_policy, name="dropout")
        self.output_layer = keras.layers.Dense(
            units,
            kernel_initializer=keras.initializers.RandomNormal(stddev=self.initializer_range),
            dtype="float32",
            name="output",
        )

    def build(self, shape: tuple, **_: Any) -> None:
        for layer in (self.dense, self.norm):
            if layer is not None:
                layer.build(shape)
                shape = layer.compute_output_shape(shape)
        self.output_layer.build(shape)
        self.built = True

    def logits(self, hidden_states: Any, training: bool | None) -> Any:
        """Return the output layer's outputs, float32 [batch, length, units]; those of padding are not yet decided."""
        states = hidden_states
        for layer in (self.dense, self.norm):
            states = states if layer is None else layer(states)
        states = self.dropout(states, training=training)
        return self.output_layer(ops.cast(states, "float32"))

    def huggingface_layers(self, family: Family) -> dict[str, keras.layers.Layer] | None:
        described = getattr(family, self.family_head)
        before = None if described is None else dense_layers(self, described)
        return None if before is None else {**before, described.output: self.output_layer}

    def compute_output_shape(self, shape: tuple, **_: Any) -> tuple:
        return (*shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "dropout": self.dropout_rate,
            "initializer_range": self.initializer_range,
            "family_dense": self.family_dense,
        }
