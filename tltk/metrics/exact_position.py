"""How often a span's positions are found."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

PARTS = {"both": "exact_position", "start": "start_accuracy", "end": "end_accuracy"}
"""What may be counted, and the name of the figure."""


@keras.saving.register_keras_serializable(package="tltk")
class ExactPosition(keras.metrics.Mean):
    """Share of rows whose likeliest start, end, or both are the labels': logits [rows, length, 2], labels [rows, 2].

    Rows with a label of -1 do not count.

    Args:
        part: "both", "start" or "end".
        name: of the figure; by the part when not given.

    Example:
        >>> metric = ExactPosition()
        >>> metric.update_state(ops.array([[1, 2]]), ops.array([[[0.0, 0.0], [2.0, 0.0], [0.0, 1.0]]]))
        >>> float(metric.result())
        1.0
    """

    def __init__(self, part: str = "both", name: str | None = None, dtype: Any = None) -> None:
        if part not in PARTS:
            raise ValueError(f"Got part={part!r}; expected one of {', '.join(PARTS)}.")
        super().__init__(name=name or PARTS[part], dtype=dtype)
        self.part = part
        self._direction = "up"

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        labels = ops.cast(y_true, "int32")
        right = ops.equal(ops.argmax(y_pred, axis=1), labels)
        found = {"both": ops.all(right, axis=-1), "start": right[:, 0], "end": right[:, 1]}[self.part]
        counts = ops.cast(labels[:, 1 if self.part == "end" else 0] >= 0, "float32")
        weights = counts if sample_weight is None else counts * ops.cast(sample_weight, "float32")
        super().update_state(ops.cast(found, "float32"), sample_weight=weights)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "part": self.part}
