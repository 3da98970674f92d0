"""Self-attention that tells positions apart by turning queries and keys, everywhere or within a window."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from tltk.backbones.layers.attention import SelfAttention, bias_of


@keras.saving.register_keras_serializable(package="tltk")
class LocalAttentionBias(keras.layers.Layer):
    """Turn an attention mask into a bias that keeps attention off padding and within a window.

    Call it on `attention_mask`, int [batch, length], 1 for tokens and 0 for padding. The result is
    [batch, 1, length, length]: 0 where the key is a token at most `window` positions from the query, else as in
    `AttentionBias`.

    Args:
        window: how many positions to either side are seen.

    Example:
        >>> LocalAttentionBias(1)(keras.ops.array([[1, 1, 1]])).numpy()[0, 0]
        array([[ 0.e+00,  0.e+00, -1.e+38],
               [ 0.e+00,  0.e+00,  0.e+00],
               [-1.e+38,  0.e+00,  0.e+00]], dtype=float32)
    """

    def __init__(self, window: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.window = window

    def call(self, attention_mask: Any) -> Any:
        places = ops.arange(ops.shape(attention_mask)[1])
        near = ops.abs(ops.expand_dims(places, 1) - places) <= self.window
        seen = ops.logical_and(near, ops.expand_dims(ops.not_equal(attention_mask, 0), (1, 2)))
        return bias_of(seen, self.compute_dtype)

    def compute_output_shape(self, attention_mask_shape: Any) -> tuple[Any, ...]:
        batch, length = attention_mask_shape
        return (batch, 1, length, length)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "window": self.window}


@keras.saving.register_keras_serializable(package="tltk")
class RotarySelfAttention(SelfAttention):
    """`SelfAttention` whose queries and keys are turned by angles that grow with their position.

    A score then follows from the distance of the two positions, and no position embeddings are needed. Feature i of
    the first half of a head and feature i of the second half are turned together, by `position * theta ** (-2 i / d)`
    in a head of width d. A query that sees no key at all gets zeros. Sources: Su et al. 2021; the order of features is
    that of `transformers`.

    Args:
        heads: number of heads; divides the width into heads of even width.
        theta: base of the angles; the larger, the farther apart positions are told from each other.
        **kwargs: as for `SelfAttention`.

    Example:
        >>> layer = RotarySelfAttention(heads=2, theta=10000.0)
        >>> layer(keras.ops.ones((1, 3, 8)), keras.ops.zeros((1, 1, 1, 3))).shape
        TensorShape([1, 3, 8])
    """

    def __init__(self, heads: int, *, theta: float, **kwargs: Any) -> None:
        super().__init__(heads, **kwargs)
        self.theta = theta

    def _every_query(self, hidden_states: Any, training: bool | None) -> list[Any]:
        query, key, value = super()._every_query(hidden_states, training)
        angles = rotary_angles(ops.shape(hidden_states)[1], self.width // self.heads, self.theta)
        return [turn(query, angles), turn(key, angles), value]

    def _first_query(self, hidden_states: Any, training: bool | None) -> list[Any]:
        query, key, value = self._every_query(hidden_states, training)
        return [query[:, :, :1], key, value]

    def _context(
        self, query: Any, key: Any, value: Any, attention_bias: Any, position_bias: Any, training: bool | None
    ) -> Any:
        context = super()._context(query, key, value, attention_bias, position_bias, training)
        if attention_bias is None:
            return context
        sees = ops.equal(ops.max(attention_bias, axis=-1, keepdims=True), 0)
        return context * ops.cast(sees, context.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "theta": self.theta}


def rotary_angles(length: Any, width: int, theta: float) -> Any:
    """Return the angle of each position and pair of features, float32 [length, width / 2].

    Example:
        >>> rotary_angles(3, 4, 16.0).numpy().round(6).tolist()
        [[0.0, 0.0], [1.0, 0.25], [2.0, 0.5]]
    """
    speeds = 1.0 / np.float32(theta) ** (np.arange(0, width, 2, dtype="float32") / width)
    return ops.expand_dims(ops.cast(ops.arange(length), "float32"), 1) * speeds


def turn(features: Any, angles: Any) -> Any:
    """Turn features [..., length, width] by angles [length, width / 2], in float32.

    Example:
        >>> turn(ops.array([[1.0, 0.0]]), ops.array([[np.pi / 2]])).numpy().round(6).tolist()
        [[-0.0, 1.0]]
    """
    first, second = ops.split(ops.cast(features, "float32"), 2, axis=-1)
    cosine, sine = ops.cos(angles), ops.sin(angles)
    turned = ops.concatenate([first * cosine - second * sine, second * cosine + first * sine], axis=-1)
    return ops.cast(turned, features.dtype)
