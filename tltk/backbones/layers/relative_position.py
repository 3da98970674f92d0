"""A bias on attention scores that depends on how far apart two tokens are."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

BUCKETS = 32
"""Buckets in use: 16 for tokens before, 16 for tokens after."""

_HALF, _EXACT, _FARTHEST = BUCKETS // 2, BUCKETS // 4, 128

# The distance at which each bucket but the first begins: 1, 2, ..., 8, and from there on in equal steps of the
# logarithm, so that the last one begins below 128. Whole numbers: a logarithm in float32 could fall on either side.
_BEGINNINGS = (
    *range(1, _EXACT),
    *(math.ceil(_EXACT * (_FARTHEST / _EXACT) ** (step / (_HALF - _EXACT))) for step in range(_HALF - _EXACT)),
)


def relative_buckets(length: Any) -> Any:
    """Return the bucket of each pair of positions, int32 [length, length], for the first reading the second.

    0 to 15 count how far before it the second lies (0 for itself), 17 to 31 how far after it.
    Source: Raffel et al. 2020, section 2.1, whose T5 has the same buckets.

    Example:
        >>> relative_buckets(3).numpy().tolist()
        [[0, 17, 18], [1, 0, 17], [2, 1, 0]]
    """
    positions = ops.arange(length, dtype="int32")
    after = ops.expand_dims(positions, 0) - ops.expand_dims(positions, 1)
    reached = ops.expand_dims(ops.abs(after), -1) >= ops.convert_to_tensor(_BEGINNINGS, dtype="int32")
    return ops.sum(ops.cast(reached, "int32"), axis=-1) + _HALF * ops.cast(after > 0, "int32")


@keras.saving.register_keras_serializable(package="tltk")
class RelativePositionBias(keras.layers.Layer):
    """A learned number for each head and each bucket of distances, added to attention scores.

    Call it on `input_ids`, [batch, length], of which it reads the length. The result is [1, heads, length, length] in
    float32; it is made once and shared by all layers. Source: Song et al. 2020 (MPNet), appendix.

    Args:
        heads: number of attention heads.
        buckets: rows of the table; at least 32, of which 32 are in use.
        initializer_range: standard deviation of the random initial table.

    Example:
        >>> RelativePositionBias(2)(keras.ops.ones((3, 5), "int32")).shape
        TensorShape([1, 2, 5, 5])
    """

    def __init__(self, heads: int, *, buckets: int = BUCKETS, initializer_range: float = 0.02, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.autocast = False
        self.heads = heads
        self.buckets = buckets
        self.initializer_range = initializer_range

    def build(self, input_ids_shape: Any) -> None:
        normal = keras.initializers.RandomNormal(stddev=self.initializer_range)
        self.table = self.add_weight(shape=(self.buckets, self.heads), initializer=normal, name="table")
        self.built = True

    def call(self, input_ids: Any) -> Any:
        length = ops.shape(input_ids)[1]
        # A product with ones and zeros, not a lookup: its gradient is one too, and not as many additions to few rows.
        chosen = ops.one_hot(ops.reshape(relative_buckets(length), (-1,)), self.buckets, axis=0, dtype="float32")
        return ops.reshape(ops.matmul(ops.transpose(self.table), chosen), (1, self.heads, length, length))

    def compute_output_shape(self, input_ids_shape: Any) -> tuple[Any, ...]:
        return (1, self.heads, input_ids_shape[1], input_ids_shape[1])

    def compute_output_spec(self, input_ids: Any) -> keras.KerasTensor:
        return keras.KerasTensor(self.compute_output_shape(input_ids.shape), dtype="float32")

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "heads": self.heads,
            "buckets": self.buckets,
            "initializer_range": self.initializer_range,
        }
