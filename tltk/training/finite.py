"""Stops a training whose loss is no number any more."""

from __future__ import annotations

import math
from collections.abc import Mapping

import keras

from tltk.errors import TrainingError


class FiniteLoss(keras.callbacks.Callback):
    """Raises a `TrainingError` at the first step after which the loss is infinite or not a number."""

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        loss = (logs or {}).get("loss", 0.0)
        if math.isfinite(loss):
            return
        raise TrainingError(
            f"The loss became {loss} at step {int(self.model.optimizer.iterations)}.",
            where=f"epoch {self._epoch + 1}",
            hint="Lower train.learning_rate, raise train.warmup_ratio, set train.global_clipnorm, or train with"
            " precision: float32.",
        )
