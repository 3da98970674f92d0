"""A scale and an offset where other encoders have a layer norm."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tltk")
class NoNorm(keras.layers.Layer):
    """Multiply each feature by a learned scale and add a learned offset, in float32.

    Call it on [..., width]; the result has the same shape, in the layer's compute dtype. Source: Sun et al. 2020
    (MobileBERT), section 4.2: nothing is normalised, which spares the means and variances.

    Example:
        >>> NoNorm()(keras.ops.array([[1.0, -2.0]])).numpy().tolist()
        [[1.0, -2.0]]
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Sums with residuals grow from layer to layer and come here in float32.
        self.autocast = False

    def build(self, inputs_shape: tuple[int | None, ...]) -> None:
        width = inputs_shape[-1]
        self.gamma = self.add_weight(shape=(width,), initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=(width,), initializer="zeros", name="beta")
        self.built = True

    def call(self, inputs: Any) -> Any:
        inputs, gamma, beta = (ops.cast(value, "float32") for value in (inputs, self.gamma, self.beta))
        return ops.cast(inputs * gamma + beta, self.compute_dtype)

    def compute_output_shape(self, inputs_shape: Any) -> Any:
        return inputs_shape
