"""STS benchmark, English: 5,749 / 1,500 / 1,379 pairs, scored by the cosine of their vectors."""

from __future__ import annotations

from pathlib import Path

from benchmarks.quality.rows.pairs import read_csv
from benchmarks.quality.scores.similarities import score_similarities as score
from benchmarks.quality.settings import Settings
from benchmarks.quality.splits import Splits

__all__ = ["GRID", "KIND", "MEASURE", "SETTINGS", "rows", "score"]

KIND = "pairs"
SETTINGS = Settings(epochs=4, learning_rate=5e-5)
GRID = ({"learning_rate": 2e-5}, {"learning_rate": 5e-5})
MEASURE = "spearman"


def rows(folder: Path) -> Splits:
    """Return the pairs as they were divided by the source."""
    return Splits(*(read_csv(folder / "stsb" / f"stsb-en-{split}.csv") for split in ("train", "dev", "test")))
