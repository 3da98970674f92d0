"""Dense layers: what Keras's own give, and gradients that keep their digits in bfloat16."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.backbones.gradients import GradientContract
from tltk.backbones.layers.dense import dense, product, product_gradient
from tltk.backbones.quick_path import choose


class TestProduct(GradientContract):
    function = staticmethod(product)
    gradient = staticmethod(product_gradient)
    cases = ({},)
    narrow = 3
    # The product, before the bias is added: twelve terms of a standard deviation of 1.
    rounded = 12.0

    def arguments(self, random: np.random.Generator, rows: int, width: int) -> list[np.ndarray]:
        shapes = ((rows, width), (width, 5), (5,))
        return [random.normal(size=shape).astype("float32") for shape in shapes]


@pytest.mark.parametrize("training", [False, True])
def test_is_the_dense_layer_of_keras(training: bool) -> None:
    layer = keras.layers.Dense(3, bias_initializer="normal")
    inputs = np.random.default_rng(0).normal(size=(7, 4)).astype("float32")
    np.testing.assert_array_equal(layer(inputs), dense(layer, inputs, training))


@pytest.mark.parametrize("training", [False, True])
def test_a_quantised_layer_computes_as_it_does_alone(training: bool) -> None:
    layer = keras.layers.Dense(3)
    layer.build((None, 4))
    layer.quantize("int8")
    inputs = np.random.default_rng(0).normal(size=(7, 4)).astype("float32")
    np.testing.assert_array_equal(layer(inputs), dense(layer, inputs, training))


def test_a_bias_of_bfloat16_is_the_sum_of_all_rows() -> None:
    """Each row adds less than a rounding of the sum of those before it: added in bfloat16 they would vanish."""
    rows, width = 4096, 8
    inputs = tf.ones((rows, 2), tf.bfloat16)
    kernel, bias = tf.ones((2, width), tf.bfloat16), tf.zeros((width,), tf.bfloat16)
    with tf.GradientTape() as tape:
        tape.watch(bias)
        result = choose(product, product_gradient, training=True)(inputs, kernel, bias)
    np.testing.assert_array_equal(tf.cast(tape.gradient(result, bias), tf.float32), np.full(width, rows))
