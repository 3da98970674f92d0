"""The position-wise feed-forward network of an encoder layer."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
from keras import ops

from tltk.backbones.activations import activate, activate_gradient, activation_function, check_activation
from tltk.backbones.layers.dense import dense
from tltk.backbones.quick_path import choose, fuses_products


@keras.saving.register_keras_serializable(package="tltk")
class FeedForward(keras.layers.Layer):
    """Two dense layers with an activation between them, applied to each token.

    Call it on [batch, length, width]; the result has the same shape.

    Args:
        inner_width: units of the first dense layer.
        activation: a Hugging Face activation name; `gelu` is the erf form.
        initializer_range: standard deviation of the random initial kernels.

    Raises:
        WeightsError: the activation is not known.

    Example:
        >>> FeedForward(16)(keras.ops.ones((1, 3, 8))).shape
        TensorShape([1, 3, 8])
    """

    use_bias: ClassVar[bool] = True

    def __init__(
        self, inner_width: int, *, activation: str = "gelu", initializer_range: float = 0.02, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.inner_width = inner_width
        self.activation = activation
        self.initializer_range = initializer_range
        check_activation(activation)
        self.inner = self._dense(self.inner_units, "inner")

    @property
    def inner_units(self) -> int:
        """Units of the first dense layer."""
        return self.inner_width

    def build(self, hidden_states_shape: tuple[int | None, ...]) -> None:
        self.width = hidden_states_shape[-1]
        self.outer = self._dense(self.width, "outer")
        self.inner.build((None, self.width))
        self.outer.build((None, self.inner_width))
        self.built = True

    def _dense(self, units: int | None, name: str) -> keras.layers.Dense:
        normal = keras.initializers.RandomNormal(stddev=self.initializer_range)
        return keras.layers.Dense(
            units, use_bias=self.use_bias, kernel_initializer=normal, dtype=self.dtype_policy, name=name
        )

    def call(self, hidden_states: Any, training: bool | None = None) -> Any:
        length = ops.shape(hidden_states)[1]
        tokens = ops.reshape(hidden_states, (-1, self.width))
        tokens = dense(self.outer, self._activate(dense(self.inner, tokens, training), training), training)
        return ops.reshape(tokens, (-1, length, self.width))

    def _activate(self, inner: Any, training: bool | None) -> Any:
        if not training and self.compute_dtype == "bfloat16" and fuses_products():
            # Without casts it is one kernel with the product before it, which rounds once.
            return activation_function(self.activation)(inner)
        function = choose(activate, activate_gradient, training=training, compile_from=0, name=self.activation)
        return function(inner)

    def compute_output_shape(self, hidden_states_shape: Any) -> Any:
        return hidden_states_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "inner_width": self.inner_width,
            "activation": self.activation,
            "initializer_range": self.initializer_range,
        }
