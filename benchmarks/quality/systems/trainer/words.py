"""The Trainer on tagged words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from transformers import AutoModelForTokenClassification, AutoTokenizer, DataCollatorForTokenClassification, set_seed

from benchmarks.quality.rows.words import TaggedWords
from benchmarks.quality.settings import Settings
from benchmarks.quality.systems.trainer.training import fit, outputs, unbundled
from benchmarks.quality.trained import Trained

_IGNORED = -100
_OUTSIDE = "O"


def train(rows: Sequence[TaggedWords], settings: Settings, seed: int, checkpoint: Path) -> Trained:
    """Train AutoModelForTokenClassification: the first piece of each word learns and gives its tag.

    A word without a piece (a character that the tokenizer drops, or one that was cut off) is predicted as O.
    """
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    tags = sorted({tag for row in rows for tag in row.tags})
    number = {tag: place for place, tag in enumerate(tags)}

    def encode(given: Sequence[TaggedWords]) -> tuple[list[dict[str, Any]], list[dict[int, int]]]:
        words = [list(row.words) for row in given]
        encoded = tokenizer(words, is_split_into_words=True, truncation=True, max_length=settings.max_length)
        return unbundled(encoded), [_first_pieces(encoded.word_ids(row)) for row in range(len(given))]

    def predict(asked: Sequence[TaggedWords]) -> list[list[str]]:
        features, firsts = encode(asked)
        found = []
        for row, first, (logits,) in zip(asked, firsts, outputs(model, features, tokenizer, ["logits"]), strict=True):
            best = logits.argmax(axis=-1)
            found.append([tags[best[first[word]]] if word in first else _OUTSIDE for word in range(len(row.words))])
        return found

    features, firsts = encode(rows)
    for feature, first, row in zip(features, firsts, rows, strict=True):
        feature["labels"] = [_IGNORED] * len(feature["input_ids"])
        for word, piece in first.items():
            feature["labels"][piece] = number[row.tags[word]]
    set_seed(seed)
    model = AutoModelForTokenClassification.from_pretrained(checkpoint, num_labels=len(tags))
    seconds = fit(model, features, DataCollatorForTokenClassification(tokenizer), settings, seed)
    return Trained(predict, seconds, len(rows) * settings.epochs / seconds)


def _first_pieces(words: Sequence[int | None]) -> dict[int, int]:
    first: dict[int, int] = {}
    for piece, word in enumerate(words):
        if word is not None:
            first.setdefault(word, piece)
    return first
