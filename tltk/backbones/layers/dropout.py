"""Dropout whose masks are a pure function of a key and a position."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from tltk.backbones.quick_path import compiled

# Masks are drawn in multiples of so many elements.
_MASK_SIZES = 2**17

_STEP = np.uint32(0x9E3779B9)
_ROUNDS = ((16, np.uint32(0x7FEB352D)), (15, np.uint32(0x846CA68B)))


@keras.saving.register_keras_serializable(package="tltk")
class Dropout(keras.layers.Dropout):
    """`keras.layers.Dropout` with masks that cost a few integer operations and no memory.

    Each mask follows from the layer's seed, how many masks it has drawn, and the element's position, so that a fused
    gradient draws the same one again instead of keeping it.

    Example:
        >>> kept = Dropout(0.25, seed=0)(keras.ops.ones((4, 100)), training=True)
        >>> sorted({round(float(value), 3) for value in keras.ops.convert_to_numpy(kept).flatten()})
        [0.0, 1.333]
    """

    def __init__(self, rate: float, *, seed: Any = None, **kwargs: Any) -> None:
        if kwargs.pop("noise_shape", None) is not None:
            raise ValueError("Got a noise_shape; these masks have the inputs' shape. Use keras.layers.Dropout for it.")
        super().__init__(rate, seed=seed, **kwargs)

    def next_key(self, training: bool | None) -> Any:
        """Return the key of the next mask, uint32 [2]; zeros where nothing is dropped."""
        if training and self.rate > 0:
            return ops.cast(self.seed_generator.next(), "uint32")
        return ops.zeros((2,), dtype="uint32")

    def active_rate(self, training: bool | None) -> float:
        """Return the rate at which elements are dropped."""
        return self.rate if training else 0.0

    def call(self, inputs: Any, training: bool | None = False) -> Any:
        if not training or self.rate == 0:
            return inputs
        return drop(inputs, self.next_key(training), rate=self.rate)


def drop(inputs: Any, key: Any, *, rate: float) -> Any:
    """Set a share of `rate` of the elements to zero, and divide the others by 1 - rate.

    Args:
        inputs: of any shape.
        key: uint32 [2]; the mask follows from it.
        rate: from 0 (nothing is done) to below 1; static.
    """
    if rate == 0:
        return inputs
    count = ops.size(inputs)
    # XLA compiles anew for each size: few sizes, of which the first elements are taken.
    whole = -(-count // _MASK_SIZES) * _MASK_SIZES
    mask = compiled(scaled_mask)(key, whole, rate, keras.backend.standardize_dtype(inputs.dtype))
    return inputs * ops.reshape(mask[:count], ops.shape(inputs))


def scaled_mask(key: Any, count: Any, rate: float, dtype: str) -> Any:
    """Return `count` numbers: 1 / (1 - rate) where `keep_mask` keeps, else 0."""
    keep = ops.cast(keep_mask(key, (count,), rate=rate), dtype)
    return keep * ops.cast(1.0 / (1.0 - rate), dtype)


def keep_mask(key: Any, shape: Any, *, rate: float) -> Any:
    """Return which elements are kept, bool of the given shape: each with probability 1 - rate, within 2**-32.

    The bits are a hash of (key, position): a counter-based generator, as Philox is, by the integer hash `lowbias32`
    (https://nullprogram.com/blog/2018/07/31/), applied twice. Good for masks, not for cryptography.

    Example:
        >>> mask = keep_mask(ops.array([1, 2], "uint32"), (1000,), rate=0.1)
        >>> 0.85 < float(ops.mean(ops.cast(mask, "float32"))) < 0.95
        True
    """
    size = math.prod(shape) if all(isinstance(axis, int) for axis in shape) else ops.prod(ops.stack(list(shape)))
    bits = ops.cast(ops.arange(size, dtype="int32"), "uint32") * _STEP + key[0]
    # The seed goes in twice: by the sum alone, the mask of one layer would be that of another, moved by some positions.
    bits = ops.bitwise_xor(_mix(bits), key[1] + _mix(key[0]))
    bits = _mix(bits)
    return ops.reshape(bits >= np.uint32(round(rate * 2**32)), shape)


def _mix(bits: Any) -> Any:
    for shift, factor in _ROUNDS:
        bits = ops.bitwise_xor(bits, ops.right_shift(bits, np.uint32(shift))) * factor
    return ops.bitwise_xor(bits, ops.right_shift(bits, np.uint32(16)))
