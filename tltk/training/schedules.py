"""The course of the learning rate."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from tltk.errors import TrainingError, did_you_mean
from tltk.recipe import TrainSection

SHAPES = ("linear", "cosine", "constant")


@keras.saving.register_keras_serializable(package="tltk")
class WarmUp(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that rises from zero, then falls to zero linearly or along a cosine, or stays.

    The same as `get_linear_schedule_with_warmup`, `get_cosine_schedule_with_warmup` and
    `get_constant_schedule_with_warmup` of Hugging Face transformers. The first step has the rate of step 0.

    Args:
        peak: the rate at the end of the warm-up.
        total_steps: steps of the whole run.
        warmup_steps: steps over which the rate rises.
        shape: `linear`, `cosine` or `constant`.

    Raises:
        TrainingError: an unknown shape.

    Example:
        >>> schedule = WarmUp(1.0, total_steps=10, warmup_steps=2)
        >>> [round(float(schedule(step)), 3) for step in (0, 1, 2, 6, 10)]
        [0.0, 0.5, 1.0, 0.5, 0.0]
    """

    def __init__(
        self, peak: float, total_steps: int, warmup_steps: int = 0, shape: str = "linear", name: str = "warm_up"
    ):
        super().__init__()
        if shape not in SHAPES:
            raise TrainingError(f"Got schedule {shape!r}.", where="train.schedule", hint=did_you_mean(shape, SHAPES))
        self.peak = peak
        self.total_steps = total_steps
        self.warmup_steps = warmup_steps
        self.shape = shape
        self.name = name

    def __call__(self, step: Any) -> Any:
        step = ops.cast(step, "float32")
        rising = step / max(1, self.warmup_steps)
        return self.peak * ops.where(step < self.warmup_steps, rising, self._after_warmup(step))

    def _after_warmup(self, step: Any) -> Any:
        if self.shape == "constant":
            return ops.ones_like(step)
        falling_steps = max(1, self.total_steps - self.warmup_steps)
        if self.shape == "linear":
            return ops.maximum(self.total_steps - step, 0.0) / falling_steps
        progress = ops.minimum((step - self.warmup_steps) / falling_steps, 1.0)
        return 0.5 * (1.0 + ops.cos(math.pi * progress))

    def get_config(self) -> dict[str, Any]:
        return {
            "peak": self.peak,
            "total_steps": self.total_steps,
            "warmup_steps": self.warmup_steps,
            "shape": self.shape,
            "name": self.name,
        }


def make_schedule(section: TrainSection, total_steps: int) -> WarmUp:
    """Return the schedule a recipe asks for; the warm-up is rounded up to whole steps, as in Hugging Face's Trainer.

    Example:
        >>> make_schedule(TrainSection(warmup_ratio=0.1), total_steps=95).warmup_steps
        10
    """
    return WarmUp(
        section.learning_rate,
        total_steps=total_steps,
        warmup_steps=math.ceil(total_steps * section.warmup_ratio),
        shape=section.schedule,
    )
