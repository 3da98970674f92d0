"""Attention by what tokens say and, apart from it, by how far apart they stand (DeBERTa)."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from tltk.backbones.layers.attention import SelfAttention, bias_of
from tltk.backbones.layers.dense import dense
from tltk.backbones.layers.dropout import Dropout
from tltk.backbones.layers.encoder_layer import EncoderLayer


@keras.saving.register_keras_serializable(package="tltk")
class DistanceEmbeddings(keras.layers.Layer):
    """One vector for each distance between two positions; far distances share one by steps of the logarithm.

    Call it on `input_ids` [batch, length], of which it reads the length. The result is [2 * length, width] in float32:
    the normalised vectors of the distances length - 1, length - 2, ..., -length of a key before its query. It is made
    once and shared by all layers. Source: He et al. 2021 (DeBERTa), section 3; the steps are those of its version 2.

    Args:
        max_positions: longest input in tokens.
        width: size of a vector.
        span: half the rows of the table.
        steps: how many rows the distances to one side and the other share, half of them for those that have their own;
            0 where each has its own.
        farthest: distance from which all share one row.
        epsilon: of the layer norm.
        initializer_range: standard deviation of the random initial table.

    Example:
        >>> DistanceEmbeddings(16, 8, span=4, steps=4, farthest=16)(keras.ops.ones((3, 5), "int32")).shape
        TensorShape([10, 8])
    """

    def __init__(
        self,
        max_positions: int,
        width: int,
        *,
        span: int,
        steps: int = 0,
        farthest: int,
        epsilon: float = 1e-7,
        initializer_range: float = 0.02,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.autocast = False
        self.max_positions = max_positions
        self.width = width
        self.span = span
        self.steps = steps
        self.farthest = farthest
        self.epsilon = epsilon
        self.initializer_range = initializer_range
        self.norm = keras.layers.LayerNormalization(epsilon=epsilon, dtype="float32", name="norm")
        distances = np.arange(max_positions - 1, -max_positions - 1, -1)
        rows = log_steps(distances, steps, farthest) if steps else distances
        self._rows = np.clip(rows + span, 0, 2 * span - 1).astype("int32")

    def build(self, input_ids_shape: Any) -> None:
        normal = keras.initializers.RandomNormal(stddev=self.initializer_range)
        self.table = self.add_weight(shape=(2 * self.span, self.width), initializer=normal, name="table")
        self.norm.build((None, self.width))
        self.built = True

    def call(self, input_ids: Any) -> Any:
        length = ops.shape(input_ids)[1]
        rows = ops.slice(ops.convert_to_tensor(self._rows), (self.max_positions - length,), (2 * length,))
        return ops.take(self.norm(self.table), rows, axis=0)

    def compute_output_spec(self, input_ids: Any) -> keras.KerasTensor:
        return keras.KerasTensor(self.compute_output_shape(input_ids.shape), dtype="float32")

    def compute_output_shape(self, input_ids_shape: Any) -> tuple[Any, ...]:
        length = input_ids_shape[1]
        return (None if length is None else 2 * length, self.width)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "max_positions": self.max_positions,
            "width": self.width,
            "span": self.span,
            "steps": self.steps,
            "farthest": self.farthest,
            "epsilon": self.epsilon,
            "initializer_range": self.initializer_range,
        }


@keras.saving.register_keras_serializable(package="tltk")
class DisentangledSelfAttention(SelfAttention):
    """`SelfAttention` whose scores are sums of three: content to content, content to distance, distance to content.

    Call it as `SelfAttention`, with the result of `DistanceEmbeddings` as `position_bias`; their queries and keys come
    from the projections of the tokens. A padding position attends to all positions alike, as in `transformers`.

    Example:
        >>> layer = DisentangledSelfAttention(heads=2)
        >>> layer(keras.ops.ones((1, 3, 8)), keras.ops.zeros((1, 1, 1, 3)), keras.ops.ones((6, 8))).shape
        TensorShape([1, 3, 8])
    """

    def build(self, hidden_states_shape: tuple[int | None, ...], **_: Any) -> None:
        super().build(hidden_states_shape)
        self.scale = (3 * self.width // self.heads) ** -0.5

    def call(
        self,
        hidden_states: Any,
        attention_bias: Any = None,
        position_bias: Any = None,
        first_only: bool = False,
        training: bool | None = None,
    ) -> Any:
        query, key, value = self._every_query(hidden_states, training)
        context = self._context(query, key, value, attention_bias, position_bias, training)
        # All queries are compared with keys all the same: what is spared is the work that follows.
        return self._joined(context[:, :, :1] if first_only else context, training)

    def _context(
        self, query: Any, key: Any, value: Any, attention_bias: Any, position_bias: Any, training: bool | None
    ) -> Any:
        length = ops.shape(query)[2]
        projected = dense(self.qkv, position_bias, training)
        distance_query, distance_key, _ = self._heads(projected, 2 * length, 3)
        scores = ops.matmul(query, ops.swapaxes(key, -1, -2))
        scores = scores + skew(ops.matmul(query, ops.swapaxes(distance_key, -1, -2)), length - 1)
        # As seen from the key the distances run the other way.
        from_key = ops.matmul(key, ops.swapaxes(ops.flip(distance_query, axis=2), -1, -2))
        scores = scores + ops.swapaxes(skew(from_key, length), -1, -2)
        if attention_bias is not None:
            seen = ops.equal(attention_bias, 0)
            pairs = ops.logical_and(seen, ops.swapaxes(seen, -1, -2))
            scores = ops.where(pairs, scores, ops.zeros_like(scores))
            attention_bias = bias_of(pairs, keras.backend.standardize_dtype(scores.dtype))
        return ops.matmul(self._probabilities(scores, attention_bias, training), value)


@keras.saving.register_keras_serializable(package="tltk")
class DisentangledLayer(EncoderLayer):
    """`EncoderLayer` with `DisentangledSelfAttention`; its `position_bias` is the result of `DistanceEmbeddings`.

    Example:
        >>> layer = DisentangledLayer(2, 16)
        >>> layer(keras.ops.ones((1, 3, 8)), keras.ops.zeros((1, 1, 1, 3)), keras.ops.ones((6, 8))).shape
        TensorShape([1, 3, 8])
    """

    attention_class = DisentangledSelfAttention

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.position_drop = Dropout(self.dropout, dtype=self.dtype_policy, name="position_drop")

    def call(
        self,
        hidden_states: Any,
        attention_bias: Any = None,
        position_bias: Any = None,
        first_only: bool = False,
        training: bool | None = None,
    ) -> Any:
        position_bias = self.position_drop(ops.cast(position_bias, self.compute_dtype), training=training)
        return super().call(hidden_states, attention_bias, position_bias, first_only, training)


def skew(values: Any, first: Any) -> Any:
    """Return [..., length, length] whose row i is the part of row i of [..., length, 2 * length] from `first` - i on.

    Example:
        >>> skew(ops.array([[[[0, 1, 2, 3], [4, 5, 6, 7]]]]), 1).numpy().tolist()
        [[[[1, 2], [4, 5]]]]
    """
    batch, heads, length, _ = ops.shape(values)
    flat = ops.reshape(values, (batch, heads, -1))[:, :, first : first + length * (2 * length - 1)]
    return ops.reshape(flat, (batch, heads, length, 2 * length - 1))[..., :length]


def log_steps(distances: np.ndarray, steps: int, farthest: int) -> np.ndarray:
    """Return distances as they are up to steps / 2, and beyond in steps of the logarithm, up to steps at `farthest`.

    Computed in float32, in the order of `transformers`, since a rounded logarithm decides on which side a distance is.

    Example:
        >>> log_steps(np.array([0, 2, 3, 8, -15]), 4, 16).tolist()
        [0, 2, 3, 3, -3]
    """
    half = steps // 2
    size = np.maximum(np.abs(distances), half).astype("float32")
    scaled = np.log(size / np.float32(half)) / np.log(np.float32((farthest - 1) / half)) * np.float32(half - 1)
    far = (np.ceil(scaled) + half) * np.sign(distances)
    return np.where(size <= half, distances, far).astype("int64")
