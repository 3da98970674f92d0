"""Finds the best epoch, and keeps its weights."""

from __future__ import annotations

from collections.abc import Mapping

import keras

from tltk.training.checkpoint import CheckpointFolder
from tltk.training.monitor import Monitor
from tltk.training.state import Best, TrainingState
from tltk.training.tensors import Tensors, from_tensors, model_tensors


class BestWeights(keras.callbacks.Callback):
    """Finds the epoch with the best monitored value, and keeps its weights in a checkpoint folder or in memory.

    Args:
        monitor: the value epochs are compared by.
        state: told which epoch is the best.
        folder: where the weights go; None keeps them in memory.
        keep_weights: False only finds the epoch; `restore` then leaves a model as it is.
    """

    def __init__(
        self, monitor: Monitor, state: TrainingState, folder: CheckpointFolder | None, *, keep_weights: bool = True
    ) -> None:
        super().__init__()
        self._monitor = monitor
        self._state = state
        self._folder = folder
        self._keep_weights = keep_weights
        self._kept: Tensors | None = None

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        value = float((logs or {})[self._monitor.name])
        best = self._state.best
        if not self._monitor.improved(value, best.value if best else None):
            return
        self._state.best = Best(epoch, value, self._keep(epoch) if self._keep_weights else None)

    def restore(self, model: keras.Model) -> None:
        """Give a model the best weights, if there are any."""
        best = self._state.best
        if best is None or not self._keep_weights:
            return
        if best.sha256 is not None and self._folder is not None:
            self._kept = self._folder.read_best(best.epoch, best.sha256)
        if self._kept is not None:
            from_tensors(model.variables, self._kept, where="best weights")

    def _keep(self, epoch: int) -> str | None:
        if self._folder is not None:
            return self._folder.write_best(epoch, model_tensors(self.model, copy=False))
        self._kept = model_tensors(self.model)
        return None
