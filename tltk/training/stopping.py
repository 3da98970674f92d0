"""Early stopping that survives an interruption."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from tltk.recipe.train import EarlyStoppingSection
from tltk.training.monitor import Monitor
from tltk.training.state import TrainingState


class EarlyStopping(keras.callbacks.EarlyStopping):
    """`keras.callbacks.EarlyStopping` that takes up from, and keeps its count in, a training's state.

    Args:
        section: patience and least change.
        monitor: the value epochs are compared by.
        state: of the training.
    """

    def __init__(self, section: EarlyStoppingSection, monitor: Monitor, state: TrainingState) -> None:
        mode = "max" if monitor.more_is_better else "min"
        super().__init__(monitor.name, min_delta=section.min_delta, patience=section.patience, mode=mode)
        self._state = state

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        super().on_train_begin(logs)
        self.wait, self.best = self._state.waited, self._state.stopping_best

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        super().on_epoch_end(epoch, logs)
        self._state.waited = self.wait
        self._state.stopping_best = None if self.best is None else float(self.best)
