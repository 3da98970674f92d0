"""The mean absolute error in the units of the data, while a model learns scaled numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tltk.backend import require_tensorflow

require_tensorflow()  # Keras reads its backend once, when it is first imported

import keras  # noqa: E402
from keras import ops  # noqa: E402


@keras.saving.register_keras_serializable(package="tltk")
class RescaledError(keras.metrics.Mean):
    """Mean over rows and numbers of the absolute error of predictions as `Rescale` gives them.

    Args:
        scale: for each number, what one unit of the outputs is in the data's units.
        offset: for each number, what an output of 0 is in the data's units.
        clip: the least and the greatest prediction, in the data's units; None for any.

    Example:
        >>> error = RescaledError([2.0], [3.0], clip=(0.0, 5.0))
        >>> error.update_state(ops.array([[1.0]]), ops.array([[0.5]]))  # 5 in the data, 4 predicted
        >>> float(error.result())
        1.0
    """

    def __init__(
        self,
        scale: Sequence[float],
        offset: Sequence[float],
        *,
        clip: Sequence[float] | None = None,
        name: str = "mae",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.scale, self.offset = list(scale), list(offset)
        self.clip = None if clip is None else list(clip)
        self._direction = "down"

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        predicted = ops.cast(y_pred, "float32")
        if self.clip is not None:
            # In the outputs' own units, where float32 has digits left for an error beside a large offset.
            predicted = ops.clip(predicted, *(self._in_units_of_outputs(bound) for bound in self.clip))
        difference = ops.abs(ops.cast(y_true, "float32") - predicted) * ops.array(self.scale, dtype="float32")
        super().update_state(ops.mean(difference, axis=-1), sample_weight=sample_weight)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "scale": self.scale, "offset": self.offset, "clip": self.clip}

    def _in_units_of_outputs(self, bound: float) -> Any:
        pairs = zip(self.scale, self.offset, strict=True)
        return ops.array([(bound - offset) / scale for scale, offset in pairs], dtype="float32")
