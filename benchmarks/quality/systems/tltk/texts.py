"""tltk on labelled texts and pairs of texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from benchmarks.quality.rows.texts import LabelledText
from benchmarks.quality.settings import Settings
from benchmarks.quality.systems.tltk.training import Changes, fit, recipe
from benchmarks.quality.trained import Trained

_NAMES = ("first", "second")


def train(rows: Sequence[LabelledText], settings: Settings, seed: int, checkpoint: Path) -> Trained:
    """Train the task text-classification with its default head."""
    return train_on(rows, settings, seed, checkpoint)


def train_on(
    rows: Sequence[LabelledText],
    settings: Settings,
    seed: int,
    checkpoint: Path,
    changes: Changes = MappingProxyType({}),
) -> Trained:
    """Train the task text-classification, with further values of the recipe's sections."""
    names = _NAMES[: len(rows[0].texts)]

    def columns(given: Sequence[LabelledText]) -> dict[str, list[str]]:
        return {name: [row.texts[place] for row in given] for place, name in enumerate(names)}

    def predict(asked: Sequence[LabelledText]) -> list[str]:
        texts: list[Any] = [row.texts[0] if len(names) == 1 else row.texts for row in asked]
        return [found["label"] for found in fitted.run.predict(texts)]

    task = {"name": "text-classification", "labels": sorted({row.label for row in rows})}
    data = {"text": list(names) if len(names) > 1 else names[0], "label": "label"}
    columns_and_labels = {**columns(rows), "label": [row.label for row in rows]}
    fitted = fit(recipe(task, data, settings, seed, checkpoint, changes), columns_and_labels)
    return Trained(predict, fitted.seconds, fitted.rows_per_second)
