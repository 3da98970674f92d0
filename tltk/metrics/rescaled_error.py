"""The mean absolute error in the units of the data, while a model learns scaled numbers."""

from __future__ import annotations

from typing import Any

from tltk.backend import require_tensorflow

require_tensorflow()  # Keras reads its backend once, when it is first imported

import keras  # noqa: E402
from keras import ops  # noqa: E402


@keras.saving.register_keras_serializable(package="tltk")
class RescaledError(keras.metrics.Mean):
    """Mean over rows and numbers of the absolute error, times a scale.

    Args:
        scale: what one unit of the outputs is in the data's units.

    Example:
        >>> error = RescaledError(2.0)
        >>> error.update_state(ops.array([[1.0]]), ops.array([[0.5]]))
        >>> float(error.result())
        1.0
    """

    def __init__(self, scale: float, name: str = "mae", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.scale = scale
        self._direction = "down"

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        difference = ops.cast(y_true, "float32") - ops.cast(y_pred, "float32")
        super().update_state(ops.mean(ops.abs(difference), axis=-1) * self.scale, sample_weight=sample_weight)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "scale": self.scale}
