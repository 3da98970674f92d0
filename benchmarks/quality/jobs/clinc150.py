"""CLINC150 without its out-of-scope queries: 150 intents, 15,000 / 3,000 / 4,500 queries."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.quality.rows.texts import LabelledText
from benchmarks.quality.scores.labels import score_labels as score
from benchmarks.quality.settings import Settings
from benchmarks.quality.splits import Splits

__all__ = ["GRID", "KIND", "MEASURE", "SETTINGS", "rows", "score"]

KIND = "texts"
SETTINGS = Settings(epochs=8, learning_rate=2e-4)
GRID = ()
MEASURE = "accuracy"


_SPLITS = ("train", "val", "test")


def rows(folder: Path) -> Splits:
    """Return the in-scope queries as they were divided by the source."""
    document = json.loads((folder / "clinc150" / "data_full.json").read_text(encoding="utf-8"))
    return Splits(*([LabelledText((text,), intent) for text, intent in document[name]] for name in _SPLITS))
