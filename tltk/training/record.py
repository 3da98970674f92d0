"""Keeps the state of a training while it runs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import keras

from tltk.training.state import TrainingState
from tltk.training.tensors import Tensors, from_tensors, to_tensors


class Record(keras.callbacks.Callback):
    """Counts steps and time, and writes the history.

    Args:
        state: brought up to date as training goes on.
        metrics: the compiled metrics.
        rows_per_epoch: training rows.
        running: the metrics' tensors of an epoch that was interrupted; the epoch goes on from there, so that its
            values are those of an epoch never interrupted.
    """

    def __init__(
        self,
        state: TrainingState,
        metrics: Sequence[keras.metrics.Metric],
        *,
        rows_per_epoch: int,
        running: Tensors | None = None,
    ) -> None:
        super().__init__()
        self.state = state
        self._metrics = metrics
        self._rows_per_step = rows_per_epoch / state.steps_per_epoch
        self._running = running
        self._clock = time.perf_counter()

    def running_metrics(self) -> Tensors:
        """Return the state of the metrics in the running epoch."""
        return to_tensors(self._variables())

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        # Keras has just set the metrics to zero.
        if self._running is not None and self.state.step:
            from_tensors(self._variables(), self._running, where="metrics")
        self._running = None
        self._clock = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        self.state.step += 1
        self.state.training_seconds += self._tick()
        self.state.rows = round((self.state.epoch * self.state.steps_per_epoch + self.state.step) * self._rows_per_step)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self._tick()
        for name, value in (logs or {}).items():
            self.state.history.setdefault(name, []).append(float(value))
        self.state.epoch, self.state.step = epoch + 1, 0

    def _tick(self) -> float:
        now = time.perf_counter()
        passed, self._clock = now - self._clock, now
        self.state.seconds += passed
        return passed

    def _variables(self) -> list[keras.Variable]:
        return [variable for metric in self._metrics for variable in metric.variables]
