"""tltk on tagged words, with the capital letters that an uncased vocabulary drops, and whole sequences of tags."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.quality.rows.words import TaggedWords
from benchmarks.quality.settings import Settings
from benchmarks.quality.systems.tltk.words import train_on
from benchmarks.quality.trained import Trained

RATE = 2.0


def train(rows: Sequence[TaggedWords], settings: Settings, seed: int, checkpoint: Path) -> Trained:
    """Train the task token-classification with case markup and the CRF, at twice the job's learning rate."""
    changes = {
        "backbone": {"case_markup": True},
        "head": {"name": "crf"},
        "train": {"learning_rate": RATE * settings.learning_rate, "warmup_ratio": 0.1},
    }
    return train_on(rows, settings, seed, checkpoint, changes)
