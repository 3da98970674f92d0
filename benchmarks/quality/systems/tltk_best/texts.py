"""tltk on labelled texts, pooled as all-MiniLM-L6-v2 pools."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.quality.rows.texts import LabelledText
from benchmarks.quality.settings import Settings
from benchmarks.quality.systems.tltk.texts import train_on
from benchmarks.quality.trained import Trained


def train(rows: Sequence[LabelledText], settings: Settings, seed: int, checkpoint: Path) -> Trained:
    """Train the task text-classification on the mean of all positions, which is what the checkpoint has learned."""
    return train_on(rows, settings, seed, checkpoint, {"head": {"pooling": "mean"}})
