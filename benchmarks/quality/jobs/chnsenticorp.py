"""ChnSentiCorp, Chinese reviews: 9,600 / 1,200 / 1,200, by a small BERT from random weights."""

from __future__ import annotations

from pathlib import Path

from benchmarks.quality.random_bert import write_random_bert
from benchmarks.quality.rows.texts import read_tsv
from benchmarks.quality.scores.labels import score_labels as score
from benchmarks.quality.settings import Settings
from benchmarks.quality.splits import Splits

__all__ = ["GRID", "KIND", "MEASURE", "SETTINGS", "checkpoint", "rows", "score"]

KIND = "texts"
SETTINGS = Settings(epochs=3, learning_rate=2e-4, max_length=128)
GRID = ()
MEASURE = "accuracy"


def rows(folder: Path) -> Splits:
    """Return the reviews as they were divided by the source."""
    source = folder / "zh_chnsenticorp"
    return Splits(*(read_tsv(source / f"{name}.tsv", ["text_a"], "label") for name in ("train", "dev", "test")))


def checkpoint(splits: Splits, seed: int, folder: Path) -> Path:
    """Write a random BERT whose vocabulary are the characters of the training reviews."""
    return write_random_bert(folder, (text for row in splits.final for text in row.texts), seed)
