"""The layer that gives a regression's outputs the units of the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tltk.backend import require_tensorflow

require_tensorflow()  # Keras reads its backend once, when it is first imported

import keras  # noqa: E402
from keras import ops  # noqa: E402


@keras.saving.register_keras_serializable(package="tltk")
class Rescale(keras.layers.Layer):
    """Multiplies by a scale, adds an offset and clips, in float64: beside a large offset float32 has no digits left.

    Args:
        scale: a factor for each output.
        offset: a number for each output.
        clip: the least and the greatest result; None for any.

    Example:
        >>> float(Rescale([2.0], [3.0])(ops.array([[0.5]]))[0, 0])
        4.0
    """

    def __init__(
        self, scale: Sequence[float], offset: Sequence[float], *, clip: Sequence[float] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**{"dtype": "float64", **kwargs})
        self.scale, self.offset = list(scale), list(offset)
        self.clip = None if clip is None else list(clip)

    def call(self, inputs: Any) -> Any:
        inputs = ops.cast(inputs, "float64")
        values = inputs * ops.array(self.scale, dtype="float64") + ops.array(self.offset, dtype="float64")
        return values if self.clip is None else ops.clip(values, *self.clip)

    def compute_output_shape(self, shape: tuple, **_: Any) -> tuple:
        return shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "scale": self.scale, "offset": self.offset, "clip": self.clip}
