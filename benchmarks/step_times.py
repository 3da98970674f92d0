"""The wall time of every training step, and of the waits between, as `model.fit` makes them."""

from __future__ import annotations

import time
from typing import Any

import keras


class StepTimes(keras.callbacks.Callback):
    """Keeps the seconds from the end of each step to the end of the next; the first step of a `fit` has none.

    What the input pipeline makes a step wait for is therefore in it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._before: float | None = None

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._before = None

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        now = time.perf_counter()
        if self._before is not None:
            self.seconds.append(now - self._before)
        self._before = now


def time_steps(model: keras.Model, batches: Any, steps: int) -> list[float]:
    """Train on the first `steps` batches of a dataset, and return the seconds of all steps but the first."""
    times = StepTimes()
    model.fit(batches, epochs=1, steps_per_epoch=steps, callbacks=[times], shuffle=False, verbose=0)
    return times.seconds
