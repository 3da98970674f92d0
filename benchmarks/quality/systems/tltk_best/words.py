"""tltk on tagged words, each sentence among its neighbours.

What a name means is often said a sentence before or after (Luoma & Pyysalo 2020). So rows are sentences that follow
each other, put together; they are cut at two places, so that a sentence is learned with one context and with another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.quality.rows.words import TaggedWords
from benchmarks.quality.settings import Settings
from benchmarks.quality.systems.tltk.training import fit, recipe
from benchmarks.quality.trained import Trained

LEARNED_WORDS = 150
READ_WORDS = 600
STRIDE = 96
ROWS = 4
RATE = 2.0
EPOCHS = 3
"""Over both ways of cutting, so that each sentence is seen twice as often."""


def train(rows: Sequence[TaggedWords], settings: Settings, seed: int, checkpoint: Path) -> Trained:
    """Train the task token-classification on rows of many sentences, twice the job's learning rate on small batches.

    Predicted are longer rows, in windows whose seams have context on both sides.
    """
    task: dict[str, Any] = {"name": "token-classification", "options": {"stride": STRIDE}}
    given = recipe(task, {"text": "words", "label": "tags"}, settings, seed, checkpoint)
    given["train"] |= {"batch_size": ROWS, "learning_rate": RATE * settings.learning_rate, "warmup_ratio": 0.1}
    given["train"]["epochs"] = EPOCHS
    given["backbone"]["max_length"] = 256
    together = [*put_together(rows, LEARNED_WORDS), *put_together(rows, LEARNED_WORDS, first=LEARNED_WORDS // 2)]
    columns = {
        "words": [[word for row in part for word in row.words] for part in together],
        "tags": [[tag for row in part for tag in row.tags] for part in together],
    }
    fitted = fit(given, columns)

    def predict(asked: Sequence[TaggedWords]) -> list[list[str]]:
        parts = list(put_together(asked, READ_WORDS))
        found = fitted.run.predict([[word for row in part for word in row.words] for part in parts])
        tags: list[list[str]] = []
        for part, prediction in zip(parts, found, strict=True):
            place = 0
            for row in part:
                tags.append(prediction["tags"][place : place + len(row.words)])
                place += len(row.words)
        return tags

    return Trained(predict, fitted.seconds, 2 * EPOCHS * len(rows) / fitted.seconds)


def put_together(rows: Sequence[TaggedWords], most: int, *, first: int | None = None) -> Iterator[list[TaggedWords]]:
    """Yield neighbouring sentences, together of at most so many words (the first ones of `first`); one at the least."""
    part: list[TaggedWords] = []
    room = most if first is None else first
    for row in rows:
        if part and len(row.words) > room:
            yield part
            part, room = [], most
        part.append(row)
        room -= len(row.words)
    if part:
        yield part
