"""tltk on pairs with a score: one encoder for both sentences, the cosine of their vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from benchmarks.quality.rows.pairs import MOST, ScoredPair
from benchmarks.quality.settings import Settings
from benchmarks.quality.systems.tltk.training import Changes, fit, recipe
from benchmarks.quality.trained import Trained

_DATA = {"text": ["first", "second"], "label": "score"}


def train(rows: Sequence[ScoredPair], settings: Settings, seed: int, checkpoint: Path) -> Trained:
    """Train the task similarity with its default head (mean pooling) and objective (the cosine's squared error)."""
    return train_on(rows, settings, seed, checkpoint, objective="cosine")


def train_on(
    rows: Sequence[ScoredPair],
    settings: Settings,
    seed: int,
    checkpoint: Path,
    *,
    objective: str,
    changes: Changes = MappingProxyType({}),
) -> Trained:
    """Train the task similarity by an objective, with further values of the recipe's sections."""
    task = {"name": "similarity", "options": {"objective": objective, "range": [0, MOST]}}
    columns = {name: [getattr(row, name) for row in rows] for name in ("first", "second", "score")}
    fitted = fit(recipe(task, _DATA, settings, seed, checkpoint, changes), columns)

    def before(asked: Sequence[ScoredPair]) -> list[float]:
        import tltk

        return _scores(tltk.embedder(str(checkpoint), max_length=settings.max_length), asked)

    # The Run counts texts, of which a pair has two.
    return Trained(lambda asked: _scores(fitted.run, asked), fitted.seconds, fitted.rows_per_second / 2, before)


def _scores(model: Any, asked: Sequence[ScoredPair]) -> list[float]:
    return [found["score"] for found in model.predict([(row.first, row.second) for row in asked])]
