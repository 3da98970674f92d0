"""Weibo entities, Chinese: 1,350 / 270 / 270 posts tagged by character, by a small BERT from random weights."""

from __future__ import annotations

from pathlib import Path

from benchmarks.quality.random_bert import write_random_bert
from benchmarks.quality.rows.words import read_columns
from benchmarks.quality.scores.entities import score_entities as score
from benchmarks.quality.settings import Settings
from benchmarks.quality.splits import Splits

__all__ = ["GRID", "KIND", "MEASURE", "SETTINGS", "TRAINED_ROWS_TOO", "checkpoint", "rows", "score"]

KIND = "words"
SETTINGS = Settings(epochs=30, learning_rate=1e-3, warmup_ratio=0.1, max_length=256)
GRID = ()
MEASURE = "entity_f1"
TRAINED_ROWS_TOO = True
"""1,350 posts teach a model without pretraining little: whether it learns these is what can be seen."""


def rows(folder: Path) -> Splits:
    """Return the posts as they were divided by the source."""
    source = folder / "zh_weibo_ner"
    names = (f"weiboNER_2nd_conll.{name}" for name in ("train", "dev", "test"))
    return Splits(*(read_columns(source / name, "\t", character) for name in names))


def character(column: str) -> str:
    """Return the character of a first column, which goes on with its place in the word that it is part of.

    Example:
        >>> character("科0"), character("e12"), character("310")
        ('科', 'e', '3')
    """
    return column[0]


def checkpoint(splits: Splits, seed: int, folder: Path) -> Path:
    """Write a random BERT whose vocabulary are the characters of the training posts."""
    return write_random_bert(folder, (" ".join(row.words) for row in splits.final), seed)
