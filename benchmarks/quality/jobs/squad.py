"""Questions about Wikipedia: trained on SquadShifts' new wiki (7,938), tested on XQuAD's English (1,190)."""

from __future__ import annotations

from pathlib import Path

from benchmarks.quality.rows.questions import read_squad
from benchmarks.quality.scores.answers import score_answers as score
from benchmarks.quality.settings import Settings
from benchmarks.quality.splits import Splits, hold_out

__all__ = ["GRID", "KIND", "MEASURE", "SETTINGS", "rows", "score"]

KIND = "questions"
SETTINGS = Settings(epochs=3, learning_rate=1e-4, max_length=384, stride=128, answer_tokens=30)
GRID = ({"learning_rate": 5e-5}, {"learning_rate": 1e-4})
MEASURE = "f1"


def rows(folder: Path) -> Splits:
    """Return the questions, those of a tenth of the training articles held out to choose by."""
    train = read_squad(folder / "squadshifts" / "new_wiki_v1.0.json")
    return hold_out(train, read_squad(folder / "xquad" / "xquad.en.json"), group=lambda row: row.article)
