"""tltk's part that all kinds of rows share."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from benchmarks.quality.settings import Settings

Changes: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Further values of a recipe's sections."""


def recipe(
    task: dict[str, Any],
    data: dict[str, Any],
    settings: Settings,
    seed: int,
    checkpoint: Path,
    changes: Changes = MappingProxyType({}),
) -> dict[str, Any]:
    """Return a recipe of the job's settings: all training rows are trained on, and the last epoch's weights count."""
    given: dict[str, Any] = {
        "name": "quality",
        "seed": seed,
        "task": task,
        "data": {**data, "split": {"validation": None, "test": None, "duplicates": "allow"}},
        "backbone": {"name": str(checkpoint), "max_length": settings.max_length},
        "train": {
            "epochs": settings.epochs,
            "batch_size": settings.batch_size,
            "learning_rate": settings.learning_rate,
            "weight_decay": settings.weight_decay,
            "warmup_ratio": settings.warmup_ratio,
            "restore_best": False,
        },
    }
    return given | {section: {**given.get(section, {}), **values} for section, values in changes.items()}


@dataclass(frozen=True)
class Fitted:
    """A Run and its folder, which is there as long as this is.

    Args:
        run: tltk's Run.
        seconds: what the training alone took.
        rows_per_second: rows that were trained on in a second of it.
        folder: holds the Run.
    """

    run: Any
    seconds: float
    rows_per_second: float
    folder: tempfile.TemporaryDirectory[str]


def fit(given: dict[str, Any], rows: Any) -> Fitted:
    """Fit a recipe on rows in memory."""
    import tltk

    folder = tempfile.TemporaryDirectory()
    run = tltk.fit(given, data={"train": rows}, output=Path(folder.name) / "run")
    history = json.loads((run.path / "history.json").read_text(encoding="utf-8"))
    return Fitted(run, history["seconds"], history["rows_per_second"], folder)
