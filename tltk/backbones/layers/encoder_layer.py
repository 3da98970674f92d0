"""One layer of a BERT-like encoder."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
from keras import ops

from tltk.backbones.layers.attention import SelfAttention
from tltk.backbones.layers.dropout import Dropout
from tltk.backbones.layers.feed_forward import FeedForward
from tltk.backbones.layers.norm import add_and_norm, add_and_norm_gradient
from tltk.backbones.quick_path import choose


@keras.saving.register_keras_serializable(package="tltk")
class EncoderLayer(keras.layers.Layer):
    """Self-attention and a feed-forward network, each followed by dropout, the residual sum and layer norm.

    Call it on `hidden_states` [batch, length, width], `attention_bias` [batch, 1, 1, length] (see `AttentionBias`) and,
    in families that have one, `position_bias` (see `RelativePositionBias`); the result has the shape of
    `hidden_states`. With `first_only` it is the first position's alone, [batch, 1, width]:
    the last layer under a head that reads no other. Source: Devlin et al. 2018; the order is "post-norm".

    Args:
        heads: attention heads.
        inner_width: width of the feed-forward network.
        activation: of the feed-forward network, by its Hugging Face name.
        dropout: rate before each residual sum.
        attention_dropout: rate on the attention probabilities.
        feed_forward_dropout: rate before the second residual sum, where it is another than `dropout`.
        epsilon: of the layer norms.
        initializer_range: standard deviation of the random initial kernels.

    Example:
        >>> EncoderLayer(2, 16)(keras.ops.ones((1, 3, 8)), keras.ops.zeros((1, 1, 1, 3))).shape
        TensorShape([1, 3, 8])
    """

    attention_class: ClassVar[type[SelfAttention]] = SelfAttention

    def __init__(
        self,
        heads: int,
        inner_width: int,
        *,
        activation: str = "gelu",
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
        feed_forward_dropout: float | None = None,
        epsilon: float = 1e-12,
        initializer_range: float = 0.02,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        # Norm weights are used in float32 under every precision policy; the dense layers cast their own.
        self.autocast = False
        self.heads = heads
        self.inner_width = inner_width
        self.activation = activation
        self.dropout = dropout
        self.attention_dropout = attention_dropout
        self.feed_forward_dropout = dropout if feed_forward_dropout is None else feed_forward_dropout
        self.epsilon = epsilon
        self.initializer_range = initializer_range

        policy = self.dtype_policy
        self.attention = self.attention_class(
            heads, dropout=attention_dropout, initializer_range=initializer_range, dtype=policy, name="attention"
        )
        self.attention_drop = Dropout(dropout, dtype=policy, name="attention_drop")
        self.attention_norm = keras.layers.LayerNormalization(epsilon=epsilon, dtype=policy, name="attention_norm")
        self.feed_forward = FeedForward(
            inner_width, activation=activation, initializer_range=initializer_range, dtype=policy, name="feed_forward"
        )
        self.drop = Dropout(self.feed_forward_dropout, dtype=policy, name="drop")
        self.norm = keras.layers.LayerNormalization(epsilon=epsilon, dtype=policy, name="norm")

    def build(self, hidden_states_shape: tuple[int | None, ...], **_: Any) -> None:
        for layer in (self.attention, self.attention_norm, self.feed_forward, self.norm):
            layer.build(hidden_states_shape)
        self.built = True

    def call(
        self,
        hidden_states: Any,
        attention_bias: Any = None,
        position_bias: Any = None,
        first_only: bool = False,
        training: bool | None = None,
    ) -> Any:
        hidden_states = ops.cast(hidden_states, self.compute_dtype)
        attended = self.attention(
            hidden_states, attention_bias, position_bias, first_only=first_only, training=training
        )
        if first_only:
            hidden_states = hidden_states[:, :1]
        hidden_states = self._add_and_norm(hidden_states, attended, self.attention_drop, self.attention_norm, training)
        transformed = self.feed_forward(hidden_states, training=training)
        return self._add_and_norm(hidden_states, transformed, self.drop, self.norm, training)

    def _add_and_norm(
        self, hidden_states: Any, update: Any, dropout: Dropout, norm: keras.layers.Layer, training: bool | None
    ) -> Any:
        function = choose(
            add_and_norm,
            add_and_norm_gradient,
            training=training,
            rate=dropout.active_rate(training),
            epsilon=self.epsilon,
        )
        return function(
            hidden_states,
            update,
            norm.gamma,
            norm.beta,
            dropout.next_key(training),
        )

    def compute_output_shape(self, hidden_states_shape: Any, *_: Any) -> Any:
        return hidden_states_shape

    def compute_output_spec(
        self,
        hidden_states: Any,
        attention_bias: Any = None,
        position_bias: Any = None,
        first_only: bool = False,
        training: Any = None,
    ) -> keras.KerasTensor:
        return self.attention.compute_output_spec(hidden_states, first_only=first_only)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "heads": self.heads,
            "inner_width": self.inner_width,
            "activation": self.activation,
            "dropout": self.dropout,
            "attention_dropout": self.attention_dropout,
            "feed_forward_dropout": self.feed_forward_dropout,
            "epsilon": self.epsilon,
            "initializer_range": self.initializer_range,
        }
