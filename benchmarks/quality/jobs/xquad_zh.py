"""XQuAD, Chinese: whether a small BERT from random weights learns the questions of half of the paragraphs by heart.

600 questions teach no reading: the figures of the rows that were trained on are what this is for. Words are what
blanks divide, as the rule has it, so that F1 is hardly more than the share of exact answers.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.quality.random_bert import write_random_bert
from benchmarks.quality.rows.questions import read_squad
from benchmarks.quality.scores.answers import score_answers as score
from benchmarks.quality.settings import Settings
from benchmarks.quality.splits import Splits

__all__ = ["GRID", "KIND", "MEASURE", "SETTINGS", "TRAINED_ROWS_TOO", "checkpoint", "rows", "score"]

KIND = "questions"
SETTINGS = Settings(epochs=40, learning_rate=5e-4, max_length=384, stride=128, answer_tokens=60)
GRID = ()
MEASURE = "f1"
TRAINED_ROWS_TOO = True


def rows(folder: Path) -> Splits:
    """Return the questions of every other paragraph to train on, and the rest."""
    questions = read_squad(folder / "xquad" / "xquad.zh.json")
    contexts = list(dict.fromkeys(row.context for row in questions))
    trained = set(contexts[::2])
    return Splits(
        [row for row in questions if row.context in trained],
        (),
        [row for row in questions if row.context not in trained],
    )


def checkpoint(splits: Splits, seed: int, folder: Path) -> Path:
    """Write a random BERT whose vocabulary are the characters of the training questions and contexts."""
    return write_random_bert(folder, (text for row in splits.final for text in (row.question, row.context)), seed)
