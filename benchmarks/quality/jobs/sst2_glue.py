"""SST-2 as GLUE has it: 67,349 phrases and 872 dev sentences."""

from __future__ import annotations

from pathlib import Path

from benchmarks.quality.rows.texts import read_tsv
from benchmarks.quality.scores.labels import score_labels as score
from benchmarks.quality.settings import Settings
from benchmarks.quality.splits import Splits

__all__ = ["GRID", "KIND", "MEASURE", "SETTINGS", "rows", "score"]

KIND = "texts"
SETTINGS = Settings(epochs=2, learning_rate=5e-5)
GRID = ()
MEASURE = "accuracy"


def rows(folder: Path) -> Splits:
    """Return the phrases and, as the rows of the figures, the dev sentences: nothing is chosen on them."""
    source = folder / "sst2_glue"
    train, dev = (read_tsv(source / name, ["sentence"], "label") for name in ("train.tsv", "dev.tsv"))
    return Splits(train, (), dev)
