"""A dense layer to another width with `NoNorm` behind it, and attention that compares through one."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.backbones.layers.attention import SelfAttention
from tltk.backbones.layers.dense import dense
from tltk.backbones.layers.no_norm import NoNorm


@keras.saving.register_keras_serializable(package="tltk")
class Bottleneck(keras.layers.Layer):
    """A dense layer, then `NoNorm`.

    Call it on [batch, length, width]; the result is [batch, length, units].

    Args:
        units: width of what comes out.
        initializer_range: standard deviation of the random initial kernel.

    Example:
        >>> Bottleneck(4)(keras.ops.ones((1, 3, 8))).shape
        TensorShape([1, 3, 4])
    """

    def __init__(self, units: int, *, initializer_range: float = 0.02, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.initializer_range = initializer_range
        normal = keras.initializers.RandomNormal(stddev=initializer_range)
        self.dense = keras.layers.Dense(units, kernel_initializer=normal, dtype=self.dtype_policy, name="dense")
        self.norm = NoNorm(dtype=self.dtype_policy, name="norm")

    def build(self, inputs_shape: tuple[int | None, ...]) -> None:
        self.width = inputs_shape[-1]
        self.dense.build((None, self.width))
        self.norm.build((None, None, self.units))
        self.built = True

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        length = ops.shape(inputs)[1]
        rows = dense(self.dense, ops.reshape(inputs, (-1, self.width)), training)
        return self.norm(ops.reshape(rows, (-1, length, self.units)))

    def compute_output_shape(self, inputs_shape: Any) -> tuple[Any, ...]:
        return (*inputs_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units, "initializer_range": self.initializer_range}


@keras.saving.register_keras_serializable(package="tltk")
class BottleneckAttention(SelfAttention):
    """`SelfAttention` that is narrower than the hidden states: queries and keys share one `Bottleneck`, values none.

    Call it as `SelfAttention`; the result is [batch, length, units].

    Args:
        heads: number of heads; divides `units`.
        units: width of all heads together.
        **kwargs: as for `SelfAttention`.

    Example:
        >>> BottleneckAttention(heads=2, units=4)(keras.ops.ones((1, 3, 8)), keras.ops.zeros((1, 1, 1, 3))).shape
        TensorShape([1, 3, 4])
    """

    def __init__(self, heads: int, units: int, **kwargs: Any) -> None:
        super().__init__(heads, **kwargs)
        self.units = units
        self.shared = Bottleneck(
            units, initializer_range=self.initializer_range, dtype=self.dtype_policy, name="shared"
        )

    def build(self, hidden_states_shape: tuple[int | None, ...], **_: Any) -> None:
        if self.units % self.heads:
            raise ValueError(f"BottleneckAttention: got {self.units} units and {self.heads} heads.")
        self.width = self.units
        self.scale = (self.width // self.heads) ** -0.5
        self.full_width = hidden_states_shape[-1]
        self.query_key = self._dense(2 * self.width, "query_key")
        self.value = self._dense(self.width, "value")
        self.output_dense = self._dense(self.width, "output_dense")
        self.shared.build(hidden_states_shape)
        self.query_key.build((None, self.width))
        self.value.build((None, self.full_width))
        self.output_dense.build((None, self.width))
        self.built = True

    def _every_query(self, hidden_states: Any, training: bool | None) -> list[Any]:
        length = ops.shape(hidden_states)[1]
        shared = ops.reshape(self.shared(hidden_states, training=training), (-1, self.width))
        compared = self._heads(dense(self.query_key, shared, training), length, 2)
        rows = ops.reshape(hidden_states, (-1, self.full_width))
        return [*compared, *self._heads(dense(self.value, rows, training), length, 1)]

    def _first_query(self, hidden_states: Any, training: bool | None) -> list[Any]:
        query, key, value = self._every_query(hidden_states, training)
        return [query[:, :, :1], key, value]

    def compute_output_shape(self, hidden_states_shape: Any, *_: Any) -> tuple[Any, ...]:
        return (*hidden_states_shape[:-1], self.units)

    def compute_output_spec(self, hidden_states: Any, *arguments: Any, **keywords: Any) -> keras.KerasTensor:
        whole = super().compute_output_spec(hidden_states, *arguments, **keywords)
        return keras.KerasTensor((*whole.shape[:-1], self.units), dtype=whole.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}
