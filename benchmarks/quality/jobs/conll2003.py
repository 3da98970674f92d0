"""CoNLL-2003 entities: 14,041 / 3,250 / 3,453 sentences, 4 types, IOB2."""

from __future__ import annotations

from pathlib import Path

from benchmarks.quality.rows.words import read_columns
from benchmarks.quality.scores.entities import score_entities as score
from benchmarks.quality.settings import Settings
from benchmarks.quality.splits import Splits

__all__ = ["GRID", "KIND", "MEASURE", "SETTINGS", "rows", "score"]

KIND = "words"
SETTINGS = Settings(epochs=4, learning_rate=1e-4, max_length=256)
GRID = ()
MEASURE = "entity_f1"


def rows(folder: Path) -> Splits:
    """Return the sentences as they were divided by the source; the third column is ignored."""
    return Splits(*(read_columns(folder / "conll2003" / f"{name}.txt", " ") for name in ("train", "valid", "test")))
