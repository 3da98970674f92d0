"""TREC question types: 6 coarse classes, 4,965 / 500 / 500 questions."""

from __future__ import annotations

from pathlib import Path

from benchmarks.quality.rows.texts import LabelledText
from benchmarks.quality.scores.labels import score_labels as score
from benchmarks.quality.settings import Settings
from benchmarks.quality.splits import Splits

__all__ = ["GRID", "KIND", "MEASURE", "SETTINGS", "rows", "score"]

KIND = "texts"
SETTINGS = Settings(epochs=4, learning_rate=1e-4)
GRID = ({"learning_rate": 1e-4}, {"learning_rate": 2e-4}, {"learning_rate": 1e-4, "epochs": 8})
MEASURE = "accuracy"


def rows(folder: Path) -> Splits:
    """Return the questions as they were divided by the source; the test questions have their fine class taken off."""
    source = folder / "trec_qc"
    return Splits(
        read_questions(source / "train.txt"),
        read_questions(source / "valid.txt"),
        read_questions(source / "test.txt", fine=True),
    )


def read_questions(path: Path, *, fine: bool = False) -> list[LabelledText]:
    """Return the questions of a file of `COARSE:question` lines, or `COARSE:fine question` ones, latin-1.

    Raises:
        ValueError: a line has another form; names file and line.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="latin-1").split("\n"), start=1):
        if not line.strip():
            continue
        label, colon, question = line.strip().partition(":")
        if fine:
            _, colon, question = question.partition(" ")
        if not colon or not question:
            raise ValueError(f"{path}:{number}: wanted COARSE:question, got {line!r}.")
        found.append(LabelledText((question,), label))
    return found
