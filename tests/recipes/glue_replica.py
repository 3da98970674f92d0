"""Builds small GLUE datasets on disk: tensorflow_datasets' own builder, features and writer, sentences from here.

Only the download is replaced. What lies on disk afterwards is what `tfds.load("glue/...")` opens.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

GOOD = ("gripping", "funny", "moving", "honest", "wonderful")
BAD = ("dull", "loud", "lifeless", "boring", "terrible")
THINGS = ("film", "story", "script", "plot", "movie", "cast", "ending")

Rows = Iterator[tuple[int, dict[str, Any]]]


def write_glue(config: str, data_dir: Path, *, rows: int = 80) -> None:
    """Write `glue/<config>` (sst2, cola, mrpc) below `data_dir`, the labels of the test split withheld as in GLUE."""
    import tensorflow_datasets as tfds

    builder = tfds.builder(f"glue/{config}", data_dir=data_dir)
    make = {"sst2": _sentiment, "cola": _acceptability, "mrpc": _paraphrase}[config]
    sizes = {"train": rows, "validation": rows // 4, "test": rows // 4}

    def split_generators(*_: Any, **__: Any) -> dict[str, Rows]:
        return {split: _rows(make, count, split) for split, count in sizes.items()}

    builder._split_generators = split_generators
    tfds.disable_progress_bar()
    builder.download_and_prepare()


def _rows(make: Any, count: int, split: str) -> Rows:
    offset = {"train": 0, "validation": 10_000, "test": 20_000}[split]
    for index in range(count):
        label = index % 2
        text = make(offset + index, label)
        yield index, {**text, "label": label if split != "test" else -1, "idx": index}


def _sentiment(number: int, label: int) -> dict[str, str]:
    word = (BAD, GOOD)[label][number // 2 % 5]
    return {"sentence": f"a {word} {THINGS[number % 7]} , number {number}"}


def _acceptability(number: int, label: int) -> dict[str, str]:
    thing = THINGS[number % 7]
    return {"sentence": f"The {thing} was seen by {number} ." if label else f"Seen {number} the was {thing} by ."}


def _paraphrase(number: int, label: int) -> dict[str, str]:
    thing, good, bad = THINGS[number % 7], GOOD[number % 5], BAD[number % 5]
    second = f"They called the {thing} {good if label else bad} , {number} said ."
    return {"sentence1": f"The {thing} is {good} , said {number} .", "sentence2": second}
