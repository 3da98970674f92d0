"""One layer of an encoder that normalises before each step, and not after it."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.backbones.layers.dropout import Dropout
from tltk.backbones.layers.gated_feed_forward import GatedFeedForward
from tltk.backbones.layers.rotary_attention import RotarySelfAttention


@keras.saving.register_keras_serializable(package="tltk")
class PreNormLayer(keras.layers.Layer):
    """Rotary self-attention and a gated feed-forward network, each on the layer norm of what it is added to.

    Call it on `hidden_states` [batch, length, width] and `attention_bias` (see `AttentionBias`, `LocalAttentionBias`);
    the result has the shape of `hidden_states`. Nothing in it has a bias or an offset. Source: Warner et al. 2024.

    Args:
        heads: attention heads.
        inner_width: width of the gated feed-forward network.
        theta: base of the rotary angles.
        norm_first: whether attention is given the layer norm of the hidden states; False where embeddings come
            normalised.
        activation: of the feed-forward network, by its Hugging Face name.
        dropout: rate within the feed-forward network.
        attention_dropout: rate on the attention probabilities and on what attention gives.
        epsilon: of the layer norms.
        initializer_range: standard deviation of the random initial kernels.

    Example:
        >>> PreNormLayer(2, 16, theta=10000.0)(keras.ops.ones((1, 3, 8)), keras.ops.zeros((1, 1, 1, 3))).shape
        TensorShape([1, 3, 8])
    """

    def __init__(
        self,
        heads: int,
        inner_width: int,
        *,
        theta: float,
        norm_first: bool = True,
        activation: str = "gelu",
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
        epsilon: float = 1e-5,
        initializer_range: float = 0.02,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.heads = heads
        self.inner_width = inner_width
        self.theta = theta
        self.norm_first = norm_first
        self.activation = activation
        self.dropout = dropout
        self.attention_dropout = attention_dropout
        self.epsilon = epsilon
        self.initializer_range = initializer_range

        policy = self.dtype_policy
        self.attention_norm = self._norm("attention_norm") if norm_first else None
        self.attention = RotarySelfAttention(
            heads,
            theta=theta,
            dropout=attention_dropout,
            initializer_range=initializer_range,
            use_bias=False,
            dtype=policy,
            name="attention",
        )
        self.attention_drop = Dropout(attention_dropout, dtype=policy, name="attention_drop")
        self.norm = self._norm("norm")
        self.feed_forward = GatedFeedForward(
            inner_width,
            activation=activation,
            dropout=dropout,
            initializer_range=initializer_range,
            dtype=policy,
            name="feed_forward",
        )

    def _norm(self, name: str) -> keras.layers.Layer:
        return keras.layers.LayerNormalization(epsilon=self.epsilon, center=False, dtype=self.dtype_policy, name=name)

    def build(self, hidden_states_shape: tuple[int | None, ...], attention_bias_shape: Any = None) -> None:
        for layer in (self.attention_norm, self.attention, self.norm, self.feed_forward):
            if layer is not None:
                layer.build(hidden_states_shape)
        self.built = True

    def call(self, hidden_states: Any, attention_bias: Any = None, training: bool | None = None) -> Any:
        hidden_states = ops.cast(hidden_states, self.compute_dtype)
        given = hidden_states if self.attention_norm is None else self.attention_norm(hidden_states)
        attended = self.attention(given, attention_bias, training=training)
        hidden_states = hidden_states + self.attention_drop(attended, training=training)
        return hidden_states + self.feed_forward(self.norm(hidden_states), training=training)

    def compute_output_shape(self, hidden_states_shape: Any, attention_bias_shape: Any = None) -> Any:
        return hidden_states_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "heads": self.heads,
            "inner_width": self.inner_width,
            "theta": self.theta,
            "norm_first": self.norm_first,
            "activation": self.activation,
            "dropout": self.dropout,
            "attention_dropout": self.attention_dropout,
            "epsilon": self.epsilon,
            "initializer_range": self.initializer_range,
        }
