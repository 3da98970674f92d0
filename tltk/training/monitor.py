"""The value by which epochs are compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import keras

from tltk.errors import TrainingError, did_you_mean
from tltk.recipe import TrainSection


@dataclass(frozen=True)
class Monitor:
    """A value of the history and whether more of it is better.

    Args:
        name: as in the history: loss, val_loss, val_accuracy, ...
        more_is_better: False for losses and errors.

    Example:
        >>> Monitor("val_loss", more_is_better=False).improved(0.5, before=0.6)
        True
    """

    name: str
    more_is_better: bool

    def improved(self, value: float, before: float | None, min_delta: float = 0.0) -> bool:
        """Tell whether a value is better than one before by more than `min_delta`; NaN never is."""
        if math.isnan(value):
            return False
        if before is None:
            return True
        gain = value - before if self.more_is_better else before - value
        return gain > min_delta


def choose_monitor(
    section: TrainSection, metrics: Sequence[keras.metrics.Metric], *, validated: bool
) -> Monitor | None:
    """Return the value a recipe monitors; None where it is one of validation and there are no validation rows.

    Raises:
        TrainingError: no such value is measured, it cannot be told whether more of it is better, or training is to
            stop early by a value that is not measured without validation rows.
    """
    measured = {metric.name: metric for metric in metrics}
    name = section.monitor.removeprefix("val_")
    if name not in measured:
        known = [f"{prefix}{known}" for known in measured for prefix in ("val_", "")]
        raise TrainingError(
            f"Got {section.monitor!r}, which is not measured.",
            where="train.monitor",
            hint=did_you_mean(section.monitor, known),
        )
    if section.monitor.startswith("val_") and not validated:
        if section.early_stopping is None:
            return None
        raise TrainingError(
            f"Training is to stop early by {section.monitor}, but there are no validation rows.",
            where="train.early_stopping",
            hint=f"Give validation rows, or set train.monitor: {name}.",
        )
    direction = getattr(measured[name], "_direction", None)
    if direction not in ("up", "down"):
        raise TrainingError(
            f"It cannot be told whether more of {section.monitor!r} is better or worse.",
            where="train.monitor",
            hint="Monitor val_loss, or set `_direction` of your metric to 'up' or 'down'.",
        )
    return Monitor(section.monitor, more_is_better=direction == "up")
