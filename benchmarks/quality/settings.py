"""The settings of a job, which hold for every system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Settings:
    """What a training is told; the learning rate falls linearly to zero, and the whole gradient is clipped at norm 1.

    Args:
        epochs: passes over the training rows.
        learning_rate: the first and highest learning rate.
        batch_size: rows in one step.
        max_length: longest input in tokens, special tokens included.
        weight_decay: AdamW's decay.
        warmup_ratio: share of the steps over which the learning rate rises.
        stride: tokens that neighbouring windows of a long context share; questions only.
        answer_tokens: longest answer in tokens; questions only.

    Example:
        >>> Settings(epochs=3, learning_rate=5e-5).changed({"epochs": 4}).epochs
        4
    """

    epochs: int
    learning_rate: float
    batch_size: int = 32
    max_length: int = 128
    weight_decay: float = 0.0
    warmup_ratio: float = 0.0
    stride: int | None = None
    answer_tokens: int | None = None

    def changed(self, changes: Mapping[str, Any]) -> Settings:
        """Return these settings with some of them changed."""
        return replace(self, **changes)

    def document(self) -> dict[str, Any]:
        """Return the settings as JSON has them, those that the job has no use for left out."""
        return {name: value for name, value in asdict(self).items() if value is not None}
