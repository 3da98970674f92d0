"""MRPC paraphrases: 3,576 / 500 / 1,725 pairs of sentences."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks.quality.rows.texts import read_tsv
from benchmarks.quality.scores.labels import score_labels
from benchmarks.quality.settings import Settings
from benchmarks.quality.splits import Splits

KIND = "texts"
SETTINGS = Settings(epochs=4, learning_rate=1e-4, max_length=256)
GRID = ({"learning_rate": 5e-5}, {"learning_rate": 1e-4})
MEASURE = "f1"

score = partial(score_labels, positive="1")


def rows(folder: Path) -> Splits:
    """Return the pairs as they were divided by the source."""
    names = (f"msr-para-{split}.tsv" for split in ("train", "val", "test"))
    return Splits(*(read_tsv(folder / "mrpc" / name, ["#1 String", "#2 String"], "Quality") for name in names))
