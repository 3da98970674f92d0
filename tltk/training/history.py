"""What a training leaves behind besides the weights."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class History:
    """The course of a training.

    Args:
        history: one value an epoch under Keras's names: loss, accuracy, val_loss, val_accuracy, ...; means over rows.
        best_epoch: number (from 1) of the epoch whose weights are the best by the monitored value; the last one
            where that value is not measured.
        epochs: epochs trained, fewer than planned after an early stop.
        steps: optimizer steps trained.
        seconds: wall time, validation and interrupted earlier parts included.
        rows_per_second: training rows a second, without validation.
        resumed_from: global step at which this process took up an earlier one's work; None for a fresh start.
        precision: the dtype policy computed under.
        jit_compile: whether XLA compiled the training step.
    """

    history: dict[str, list[float]]
    best_epoch: int
    epochs: int
    steps: int
    seconds: float
    rows_per_second: float
    resumed_from: int | None
    precision: str
    jit_compile: bool = False
