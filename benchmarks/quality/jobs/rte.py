"""RTE as GLUE has it: whether a sentence follows from a text, 2,490 pairs and 277 dev pairs."""

from __future__ import annotations

from pathlib import Path

from benchmarks.quality.rows.texts import read_tsv
from benchmarks.quality.scores.labels import score_labels as score
from benchmarks.quality.settings import Settings
from benchmarks.quality.splits import Splits, hold_out

__all__ = ["GRID", "KIND", "MEASURE", "SETTINGS", "rows", "score"]

KIND = "texts"
SETTINGS = Settings(epochs=5, learning_rate=1e-4, max_length=320)
GRID = ({"learning_rate": 5e-5}, {"learning_rate": 1e-4})
MEASURE = "accuracy"


def rows(folder: Path) -> Splits:
    """Return the pairs, a tenth of the training pairs held out to choose by, and the dev pairs for the figures."""
    train, dev = (
        read_tsv(folder / "rte" / name, ["sentence1", "sentence2"], "label") for name in ("train.tsv", "dev.tsv")
    )
    return hold_out(train, dev)
