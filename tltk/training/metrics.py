"""Figures over true rows: each row counts once, whatever the size of its batch, and padding rows never."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tltk")
class RowMetric(keras.metrics.Metric):
    """A Keras metric that counts every row of positive weight once.

    Batches come with the weights of the loss (1 / rows of the batch; 0 for padding rows), under which rows of
    small batches would weigh more.

    Args:
        metric: any `keras.metrics.Metric`; this one takes its name and its result.
    """

    def __init__(self, metric: keras.metrics.Metric, name: str | None = None, dtype: Any = None):
        super().__init__(name=name or metric.name, dtype=dtype)
        self.metric = metric
        # Keras asks a metric whether more or less is better under this name.
        self._direction = getattr(metric, "_direction", None)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        if sample_weight is not None:
            sample_weight = ops.cast(ops.convert_to_tensor(sample_weight) > 0, "float32")
        self.metric.update_state(y_true, y_pred, sample_weight=sample_weight)

    def result(self) -> Any:
        return self.metric.result()

    def reset_state(self) -> None:
        self.metric.reset_state()

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "metric": keras.saving.serialize_keras_object(self.metric)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> RowMetric:
        return cls(keras.saving.deserialize_keras_object(config["metric"]), name=config["name"])


@keras.saving.register_keras_serializable(package="tltk")
class MeanLoss(keras.metrics.Mean):
    """The mean of a loss over rows.

    Named `loss` it takes the place of the figure that Keras keeps itself, which under a `tf.distribute` strategy is
    not a mean over rows when the loss is summed.

    Args:
        loss: the loss that is trained.
    """

    def __init__(self, loss: keras.losses.Loss, name: str = "loss", dtype: Any = None):
        super().__init__(name=name, dtype=dtype)
        self.loss = loss
        self._direction = "down"

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_pred = ops.convert_to_tensor(y_pred, dtype="float32")
        super().update_state(self.loss.call(ops.convert_to_tensor(y_true), y_pred), sample_weight=sample_weight)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "loss": keras.saving.serialize_keras_object(self.loss)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> MeanLoss:
        return cls(keras.saving.deserialize_keras_object(config["loss"]), name=config["name"])
