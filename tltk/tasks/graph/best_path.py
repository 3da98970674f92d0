"""The best tag path as a layer: what the exports of a model with a `crf` head give."""

from __future__ import annotations

from typing import Any

import keras

from tltk.losses.chain import viterbi


@keras.saving.register_keras_serializable(package="tltk")
class BestPath(keras.layers.Layer):
    """Gives the number of each token's tag on the best path, int32 [rows, length], of edge potentials; see `viterbi`.

    Padding tokens have the tag of the token before them, which means nothing.

    Example:
        >>> BestPath()(keras.ops.zeros((1, 3, 2, 2))).numpy().tolist()
        [[0, 0, 0]]
    """

    def call(self, potentials: Any) -> Any:
        return viterbi(potentials)

    def compute_output_spec(self, potentials: Any) -> keras.KerasTensor:
        return keras.KerasTensor(potentials.shape[:2], dtype="int32")
