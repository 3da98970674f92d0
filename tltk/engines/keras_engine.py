"""Computes with Keras on TensorFlow: the definition that the other engines are held against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from tltk.engines.compute_ahead import compute_ahead
from tltk.engines.engine import Engine, EngineChoice


class KerasEngine(Engine):
    """Runs a `keras.Model` as one traced graph for every batch size and length.

    Args:
        model: token ids in, raw outputs in float32 out.
        precision: what its weights are kept in.
    """

    def __init__(self, model: Any, precision: str = "float32") -> None:
        self.choice = EngineChoice("keras", precision)
        self.inputs = tuple(tensor.name.split(":")[0] for tensor in model.inputs)
        self._forward = _forward_function(model, self.inputs)

    def __call__(self, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        return self._forward({name: inputs[name] for name in self.inputs}).numpy()

    def map(self, batches: Iterable[Mapping[str, np.ndarray]]) -> Iterator[np.ndarray]:
        # While one batch is in an operation that is too small to be shared, the other has the processors.
        return compute_ahead(self, batches, workers=2)


@contextmanager
def weights_in(precision: str) -> Iterator[None]:
    """Build models whose weights and sums are in `precision`, and leave Keras's global dtype policy as it was.

    Unlike in training (`mixed_bfloat16`) the weights themselves are bfloat16, so that none is cast in any batch. Keras
    takes layer norms, and our layers the softmax, in float32 all the same.
    """
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _forward_function(model: Any, names: tuple[str, ...]) -> Any:
    import tensorflow as tf

    signature = {name: tf.TensorSpec([None, None], tf.int32, name=name) for name in names}

    @tf.function(input_signature=[signature], autograph=False)
    def forward(inputs: dict[str, Any]) -> Any:
        return model(inputs, training=False)

    return forward
