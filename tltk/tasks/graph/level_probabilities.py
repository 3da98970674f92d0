"""The layer that makes probabilities of levels of an ordinal regression's logits."""

from __future__ import annotations

from typing import Any

from tltk.backend import require_tensorflow

require_tensorflow()  # Keras reads its backend once, when it is first imported

import keras  # noqa: E402
from keras import ops  # noqa: E402


@keras.saving.register_keras_serializable(package="tltk")
class LevelProbabilities(keras.layers.Layer):
    """Turns logits of lying above each threshold [rows, levels - 1] into probabilities of levels [rows, levels].

    The probability of lying above never rises from one threshold to the next: where the model says so, the lower one
    counts.

    Example:
        >>> LevelProbabilities()(ops.array([[0.0, 0.0]])).numpy().tolist()
        [[0.5, 0.0, 0.5]]
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})

    def call(self, inputs: Any) -> Any:
        # Thresholds are few and their number is known: a chain of minima converts to every format.
        above = [ops.sigmoid(inputs[..., :1])]
        for index in range(1, inputs.shape[-1]):
            above.append(ops.minimum(above[-1], ops.sigmoid(inputs[..., index : index + 1])))
        edge = ops.ones_like(above[0])
        bounds = ops.concatenate([edge, *above, ops.zeros_like(edge)], axis=-1)
        return bounds[..., :-1] - bounds[..., 1:]

    def compute_output_shape(self, shape: tuple, **_: Any) -> tuple:
        return (*shape[:-1], shape[-1] + 1)


@keras.saving.register_keras_serializable(package="tltk")
class LevelAccuracy(keras.metrics.Accuracy):
    """Share of rows whose median level is the true one, of logits of lying above each threshold.

    Example:
        >>> accuracy = LevelAccuracy()
        >>> accuracy.update_state(ops.array([1, 2]), ops.array([[3.0, -3.0], [3.0, -3.0]]))
        >>> float(accuracy.result())
        0.5
    """

    def __init__(self, name: str = "accuracy", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        # A threshold counts only where all below it do: their probabilities never rise.
        passed = ops.cumprod(ops.cast(ops.cast(y_pred, "float32") > 0, "int32"), axis=-1)
        levels = ops.sum(passed, axis=-1)
        super().update_state(ops.reshape(y_true, ops.shape(levels)), levels, sample_weight=sample_weight)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}
