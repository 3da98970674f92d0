"""tltk on pairs with a score, learned by their order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.quality.rows.pairs import ScoredPair
from benchmarks.quality.settings import Settings
from benchmarks.quality.systems.tltk.pairs import train_on
from benchmarks.quality.trained import Trained


def train(rows: Sequence[ScoredPair], settings: Settings, seed: int, checkpoint: Path) -> Trained:
    """Train the task similarity by CoSENT, which asks for the order of the scores alone, with a warm-up."""
    return train_on(rows, settings, seed, checkpoint, objective="cosent", changes={"train": {"warmup_ratio": 0.1}})
