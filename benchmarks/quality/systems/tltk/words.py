"""tltk on tagged words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from benchmarks.quality.rows.words import TaggedWords
from benchmarks.quality.settings import Settings
from benchmarks.quality.systems.tltk.training import Changes, fit, recipe
from benchmarks.quality.trained import Trained

STRIDE = 32


def train(rows: Sequence[TaggedWords], settings: Settings, seed: int, checkpoint: Path) -> Trained:
    """Train the task token-classification with its default head: the first piece of each word learns and gives its tag.

    Sentences that are too long become windows, of which a word's tag is read where it has most context.
    """
    return train_on(rows, settings, seed, checkpoint)


def train_on(
    rows: Sequence[TaggedWords],
    settings: Settings,
    seed: int,
    checkpoint: Path,
    changes: Changes = MappingProxyType({}),
) -> Trained:
    """Train the task token-classification, with further values of the recipe's sections."""
    task: dict[str, Any] = {
        "name": "token-classification",
        "options": {"stride": min(STRIDE, settings.max_length // 4)},
    }
    columns = {"words": [list(row.words) for row in rows], "tags": [list(row.tags) for row in rows]}
    fitted = fit(recipe(task, {"text": "words", "label": "tags"}, settings, seed, checkpoint, changes), columns)

    def predict(asked: Sequence[TaggedWords]) -> list[list[str]]:
        return [found["tags"] for found in fitted.run.predict([list(row.words) for row in asked])]

    return Trained(predict, fitted.seconds, fitted.rows_per_second)
