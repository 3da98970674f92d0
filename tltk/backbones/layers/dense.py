"""Dense layers with gradients written out."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from tltk.backbones.quick_path import choose, on_quick_path


def dense(layer: keras.layers.Dense, inputs: Any, training: bool | None) -> Any:
    """Return what a dense layer without an activation gives for `inputs` [rows, in].

    In training the gradients are those of `product_gradient`, unless the layer computes otherwise than by `product`,
    as one does that was quantised or has no bias.
    """
    if not on_quick_path(training) or layer.quantization_mode is not None or not layer.use_bias:
        return layer(inputs)
    return choose(product, product_gradient, training=training)(inputs, layer.kernel, layer.bias)


def product(inputs: Any, kernel: Any, bias: Any) -> Any:
    """Return `inputs` [rows, in] times `kernel` [in, out] plus `bias` [out], all of one floating type."""
    return ops.add(ops.matmul(inputs, kernel), bias)


def product_gradient(inputs: Any, kernel: Any, bias: Any, upstream: Any) -> tuple[Any, ...]:
    """Return the gradients of `product`.

    TensorFlow's own gradient of a bias adds up bfloat16 numbers in bfloat16, where thousands of rows lose most of their
    digits, and takes twice as long.
    """
    return (
        ops.matmul(upstream, ops.transpose(kernel)),
        ops.matmul(ops.transpose(inputs), upstream),
        ops.sum(upstream, axis=0),
    )
