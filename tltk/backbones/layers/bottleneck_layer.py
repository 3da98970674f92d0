"""One layer of an encoder that computes narrower than its hidden states are."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.backbones.layers.bottleneck import Bottleneck, BottleneckAttention
from tltk.backbones.layers.dropout import Dropout
from tltk.backbones.layers.feed_forward import FeedForward
from tltk.backbones.layers.no_norm import NoNorm


@keras.saving.register_keras_serializable(package="tltk")
class BottleneckLayer(keras.layers.Layer):
    """Self-attention and several feed-forward networks in a bottleneck, each with a residual sum and `NoNorm`.

    Call it on `hidden_states` [batch, length, width] and `attention_bias` [batch, 1, 1, length] (see `AttentionBias`);
    the result has the shape of `hidden_states`. Source: Sun et al. 2020 (MobileBERT), figure 1 (c).

    Args:
        heads: attention heads.
        units: width within the bottleneck.
        inner_width: width of the feed-forward networks.
        networks: how many feed-forward networks stand one on the other.
        activation: of the feed-forward networks, by its Hugging Face name.
        dropout: rate before the last residual sum.
        attention_dropout: rate on the attention probabilities.
        initializer_range: standard deviation of the random initial kernels.

    Example:
        >>> BottleneckLayer(2, 4, 16)(keras.ops.ones((1, 3, 8)), keras.ops.zeros((1, 1, 1, 3))).shape
        TensorShape([1, 3, 8])
    """

    def __init__(
        self,
        heads: int,
        units: int,
        inner_width: int,
        *,
        networks: int = 4,
        activation: str = "relu",
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
        initializer_range: float = 0.02,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.heads = heads
        self.units = units
        self.inner_width = inner_width
        self.networks = networks
        self.activation = activation
        self.dropout = dropout
        self.attention_dropout = attention_dropout
        self.initializer_range = initializer_range

        policy = self.dtype_policy
        shared: dict[str, Any] = {"initializer_range": initializer_range, "dtype": policy}
        self.narrow = Bottleneck(units, name="narrow", **shared)
        self.attention = BottleneckAttention(heads, units, dropout=attention_dropout, name="attention", **shared)
        self.attention_norm = NoNorm(dtype=policy, name="attention_norm")
        self.feed_forward = [
            FeedForward(inner_width, activation=activation, name=f"feed_forward_{index}", **shared)
            for index in range(networks)
        ]
        self.feed_forward_norm = [NoNorm(dtype=policy, name=f"feed_forward_norm_{index}") for index in range(networks)]
        self.drop = Dropout(dropout, dtype=policy, name="drop")
        self.norm = NoNorm(dtype=policy, name="norm")

    def build(self, hidden_states_shape: tuple[int | None, ...], **_: Any) -> None:
        width = hidden_states_shape[-1]
        normal = keras.initializers.RandomNormal(stddev=self.initializer_range)
        self.widen = keras.layers.Dense(width, kernel_initializer=normal, dtype=self.dtype_policy, name="widen")
        narrow = (*hidden_states_shape[:-1], self.units)
        for layer in (self.narrow, self.attention, self.norm):
            layer.build(hidden_states_shape)
        for layer in (self.attention_norm, *self.feed_forward, *self.feed_forward_norm, self.widen):
            layer.build(narrow)
        self.built = True

    def call(self, hidden_states: Any, attention_bias: Any = None, training: bool | None = None) -> Any:
        hidden_states = ops.cast(hidden_states, self.compute_dtype)
        attended = self.attention(hidden_states, attention_bias, training=training)
        states = self.attention_norm(_sum(attended, self.narrow(hidden_states, training=training)))
        for feed_forward, norm in zip(self.feed_forward, self.feed_forward_norm, strict=True):
            states = norm(_sum(feed_forward(states, training=training), states))
        widened = self.drop(self.widen(states), training=training)
        return self.norm(_sum(widened, hidden_states))

    def compute_output_shape(self, hidden_states_shape: Any, *_: Any) -> Any:
        return hidden_states_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "heads": self.heads,
            "units": self.units,
            "inner_width": self.inner_width,
            "networks": self.networks,
            "activation": self.activation,
            "dropout": self.dropout,
            "attention_dropout": self.attention_dropout,
            "initializer_range": self.initializer_range,
        }


def _sum(update: Any, residual: Any) -> Any:
    return ops.cast(update, "float32") + ops.cast(residual, "float32")
