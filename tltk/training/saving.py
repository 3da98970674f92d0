"""Writes checkpoints while a model trains, and one more when the user interrupts it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

import keras

from tltk.training.checkpoint import CheckpointFolder
from tltk.training.record import Record
from tltk.training.tensors import model_tensors, optimizer_variables, to_tensors


class TrainingInterrupted(KeyboardInterrupt):
    """Training was interrupted by the user; a checkpoint was written first."""


class Saving(keras.callbacks.Callback):
    """Writes a checkpoint at the end of each epoch, every so many steps, and at an interrupt (Ctrl-C, SIGTERM).

    An interrupt lets the step finish, and validation if it is under way. A second one takes effect at once.

    Args:
        record: which keeps the training's state.
        folder: of the checkpoints; None writes none.
        epochs: of the whole run.
        every_steps: write within epochs too, after so many steps of the run.
        fingerprint: of the training.
    """

    def __init__(
        self,
        record: Record,
        folder: CheckpointFolder | None,
        *,
        epochs: int,
        every_steps: int | None,
        fingerprint: str,
    ) -> None:
        super().__init__()
        self._record = record
        self._folder = folder
        self._epochs = epochs
        self._every_steps = every_steps
        self._fingerprint = fingerprint
        self._interrupt: str | None = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take Ctrl-C and SIGTERM as a request to save and stop. Without effect outside of the main thread."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.getsignal(number) for number in signals}
        for number in signals:
            signal.signal(number, self._take)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        state = self._record.state
        if state.step == state.steps_per_epoch:
            return  # Validation and the end of the epoch follow, and with it a checkpoint.
        due = self._every_steps is not None and state.global_step % self._every_steps == 0
        if due or self._interrupt:
            self._write()
        self._stop_if_interrupted()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        state = self._record.state
        state.finished = self.model.stop_training or state.epoch == self._epochs
        self._write()
        self._stop_if_interrupted()

    def _take(self, number: int, frame: FrameType | None) -> None:
        if self._interrupt:
            raise KeyboardInterrupt
        self._interrupt = signal.Signals(number).name

    def _write(self) -> None:
        if self._folder is None:
            return
        state = self._record.state
        tensors = {
            "model": lambda: model_tensors(self.model, copy=False),
            "optimizer": lambda: to_tensors(optimizer_variables(self.model), copy=False),
            "metrics": lambda: self._record.running_metrics() if state.step else {},
        }
        self._folder.write(state.global_step, state.to_json(), tensors, fingerprint=self._fingerprint)

    def _stop_if_interrupted(self) -> None:
        if not self._interrupt:
            return
        state = self._record.state
        message = f"Training was interrupted at step {state.global_step} (epoch {min(state.epoch + 1, self._epochs)})."
        if self._folder is not None:
            message += f" A checkpoint was written to {self._folder.path}; run the same recipe again to continue."
        raise TrainingInterrupted(message)
