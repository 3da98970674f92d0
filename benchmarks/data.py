"""The rows that are trained on and predicted."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rows import read_rows, write_rows
from benchmarks.settings import Settings

_DEV_ROWS = 872


@dataclass(frozen=True)
class Rows:
    """Labelled rows on disk.

    Args:
        name: what they are, for the tables.
        train: file of training rows.
        dev: file of rows to score, or None.
        labels: number of labels.
    """

    name: str
    train: Path
    dev: Path | None
    labels: int

    def first(self, count: int, folder: Path, dev: int = 0) -> Rows:
        """Return rows drawn evenly from these, in files of their own."""
        files = []
        for source, wanted in ((self.train, count), (self.dev, dev)):
            if source is None or not wanted:
                files.append(None)
                continue
            texts, labels = read_rows(source)
            kept = random.Random(0).sample(range(len(texts)), min(wanted, len(texts)))
            target = folder / f"{source.stem}-{len(kept)}.tsv"
            files.append(write_rows(target, [texts[row] for row in kept], [labels[row] for row in kept]))
        assert files[0] is not None
        return Rows(self.name, files[0], files[1], self.labels)

    def dev_count(self) -> int:
        """Return how many rows are scored."""
        return len(read_rows(self.dev)[0]) if self.dev else 0

    def lengths(self, checkpoint: Path, max_length: int) -> list[int]:
        """Return the useful tokens of each training row."""
        return token_lengths(read_rows(self.train)[0], checkpoint, max_length)


def token_lengths(texts: Sequence[str], checkpoint: Path, max_length: int) -> list[int]:
    """Return the tokens of each text, special ones included."""
    from transformers import AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(checkpoint)
    return [len(ids) for ids in tokenizer(list(texts), truncation=True, max_length=max_length)["input_ids"]]


def sentiment(settings: Settings) -> Rows:
    """Return SST-2 sentences, or the quickstart's snippets where the benchmark data is not at hand."""
    folder = settings.work / "rows"
    if settings.data and (settings.data / "sst2_sentences").is_dir():
        source = settings.data / "sst2_sentences"
        return Rows("SST-2 sentences", source / "train.tsv", source / "dev.tsv", 2)
    print("!! No benchmark data (--data): the quickstart's movie-review snippets take the place of SST-2.", flush=True)
    from tltk.assets import resolve_dataset

    with resolve_dataset("movie-snippets").open(encoding="utf-8", newline="") as file:
        pairs = [(" ".join(row["text"].split()), int(float(row["score"]) > 0)) for row in csv.DictReader(file)]
    random.Random(0).shuffle(pairs)
    dev, train = pairs[:_DEV_ROWS], pairs[_DEV_ROWS:]
    return Rows(
        "movie-review snippets",
        write_rows(folder / "snippets-train.tsv", *zip(*train, strict=True)),
        write_rows(folder / "snippets-dev.tsv", *zip(*dev, strict=True)),
        2,
    )


def intents(settings: Settings) -> Rows | None:
    """Return CLINC150's 150 intents, or None where the benchmark data is not at hand."""
    source = settings.data / "clinc150" / "data_full.json" if settings.data else None
    if source is None or not source.is_file():
        print("!! No benchmark data (--data): training on CLINC150's lengths is left out.", flush=True)
        return None
    document = json.loads(source.read_text(encoding="utf-8"))
    names = sorted({label for _, label in document["train"]})
    texts = [" ".join(text.split()) for text, _ in document["train"]]
    labels = [names.index(label) for _, label in document["train"]]
    return Rows("CLINC150", write_rows(settings.work / "rows" / "clinc150.tsv", texts, labels), None, len(names))


def long_texts(settings: Settings, checkpoint: Path, count: int) -> Rows:
    """Return made texts of 256 to 512 tokens, of whole words of the checkpoint's vocabulary."""
    draw = np.random.default_rng(0)
    vocabulary = json.loads((checkpoint / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    words = np.array(sorted(word for word in vocabulary if word.isascii() and word.isalpha() and len(word) > 2))
    counts = draw.integers(254, 511, count)  # [CLS] and [SEP] come to it
    texts = [" ".join(draw.choice(words, number)) for number in counts]
    labels = [int(label) for label in draw.integers(0, 2, count)]
    return Rows("long texts", write_rows(settings.work / "rows" / "long.tsv", texts, labels), None, 2)


def sentences(rows: Rows, count: int) -> list[str]:
    """Return so many different sentences: those of the rows, then the same with words swapped, by a fixed draw."""
    texts, _ = read_rows(rows.train)
    draw = random.Random(0)
    made = list(texts[:count])
    while len(made) < count:
        words = draw.choice(texts).split()
        if len(words) > 1:
            place = draw.randrange(len(words) - 1)
            words[place : place + 2] = reversed(words[place : place + 2])
        made.append(" ".join(words))
    return made
