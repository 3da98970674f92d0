"""A few hundred made reviews that a tiny model can learn in seconds."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

GOOD = ("gripping", "funny", "wonderful", "honest", "moving")
BAD = ("dull", "boring", "terrible", "lifeless", "worst")
FILLERS = ("a film with actors", "the story", "this movie of the year", "a script and a plot", "told with care")


def make_reviews(rows: int = 160, seed: int = 0) -> dict[str, list]:
    """Return columns text and label (negative, positive), balanced, no text twice, lengths between 4 and 30 words."""
    draw = np.random.default_rng(seed)
    texts, labels = [], []
    for row in range(rows):
        positive = row % 2 == 1
        words = draw.choice(GOOD if positive else BAD, 2, replace=False)
        fillers = draw.choice(FILLERS, draw.integers(1, 6))
        texts.append(f"{words[0]} {' '.join(fillers)} {words[1]} {row}")
        labels.append("positive" if positive else "negative")
    return {"text": texts, "label": labels}


def tiny_recipe(checkpoint, **changes) -> dict:
    """Return a recipe that trains the tiny checkpoint on rows in memory in a few seconds."""
    recipe = {
        "name": "tiny",
        "backbone": {"name": str(checkpoint), "max_length": 32},
        "train": {"epochs": 2, "batch_size": 16, "learning_rate": 1e-2, "precision": "float32"},
        "data": {"source": "memory", "split": {"validation": 0.2, "test": 0.2}},
    }
    for path, value in changes.items():
        *parents, name = path.replace("__", ".").split(".")
        section = recipe
        for parent in parents:
            section = section.setdefault(parent, {})
        section[name] = value
    return recipe


def write_reviews(path: Path, rows: int = 160) -> Path:
    """Write the reviews to a CSV file, so that they can be read again."""
    columns = make_reviews(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([tuple(columns), *zip(*columns.values(), strict=True)])
    return path


def recipe_on_file(checkpoint, path: Path, rows: int = 160, **changes) -> dict:
    """Return the tiny recipe on reviews that are written to a CSV file."""
    return tiny_recipe(checkpoint, data__source="auto", data__path=str(write_reviews(path, rows)), **changes)
