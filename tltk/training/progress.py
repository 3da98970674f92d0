"""Tells the user how a training goes: one tidy line an epoch, and a live bar on a terminal."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import keras
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from tltk.console import console as standard_console
from tltk.training.state import TrainingState


class ProgressLines(keras.callbacks.Callback):
    """Prints one line an epoch: figures, rows a second, time taken, time left.

        epoch 1/3  loss 0.5121  accuracy 0.7410  val_loss 0.4301  val_accuracy 0.8032  205 rows/s  0:47  1:34 left

    On a terminal a bar shows the running epoch as well.

    Args:
        state: of the training.
        epochs: of the whole run.
        rows_per_epoch: training rows.
        console: where to print (default: tltk's, on the standard error stream).
    """

    def __init__(
        self, state: TrainingState, *, epochs: int, rows_per_epoch: int, console: Console | None = None
    ) -> None:
        super().__init__()
        self._state = state
        self._epochs = epochs
        self._rows_per_epoch = rows_per_epoch
        self._console = console or standard_console()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._began = 0.0
        self._trained = 0.0
        self._first_step = 0
        self._epoch_seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._began = self._trained = time.perf_counter()
        self._first_step = self._state.step
        if self._console.is_terminal:
            self._bar = self._start_bar(epoch)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        self._trained = time.perf_counter()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self._first_step + batch + 1, figures=_figures(logs or {}))

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self._stop_bar()
        seconds = time.perf_counter() - self._began
        share = 1 - self._first_step / self._state.steps_per_epoch
        self._epoch_seconds.append(seconds / share)
        rate = self._rows_per_epoch * share / max(self._trained - self._began, 1e-9)
        left = (self._epochs - epoch - 1) * sum(self._epoch_seconds) / len(self._epoch_seconds)
        parts = [f"epoch {epoch + 1}/{self._epochs}", _figures(logs or {}), f"{_rate(rate)} rows/s", _clock(seconds)]
        if self.model.stop_training:
            parts.append("stopped early")
        elif left:
            parts.append(f"{_clock(left)} left")
        self._console.print("  ".join(parts), markup=False)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        self._stop_bar()

    def close(self) -> None:
        """Take the bar away; for trainings that end in an error."""
        self._stop_bar()

    def _start_bar(self, epoch: int) -> Progress:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TextColumn("{task.fields[figures]}"),
            TimeRemainingColumn(),
        )
        bar = Progress(*columns, console=self._console, transient=True)
        self._task = bar.add_task(
            f"epoch {epoch + 1}/{self._epochs}",
            total=self._state.steps_per_epoch,
            completed=self._first_step,
            figures="",
        )
        bar.start()
        return bar

    def _stop_bar(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _figures(logs: Mapping[str, float]) -> str:
    """Return figures as text: the loss first, then training's, then validation's."""
    order = sorted(logs, key=lambda name: (name.startswith("val_"), name.removeprefix("val_") != "loss"))
    return "  ".join(f"{name} {logs[name]:.4f}" for name in order)


def _rate(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 9.95 else f"{rate:.2g}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
