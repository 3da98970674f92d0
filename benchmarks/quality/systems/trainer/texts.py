"""The Trainer on labelled texts and pairs of texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from transformers import AutoModelForSequenceClassification, AutoTokenizer, DataCollatorWithPadding, set_seed

from benchmarks.quality.rows.texts import LabelledText
from benchmarks.quality.settings import Settings
from benchmarks.quality.systems.trainer.training import fit, outputs, unbundled
from benchmarks.quality.trained import Trained


def train(rows: Sequence[LabelledText], settings: Settings, seed: int, checkpoint: Path) -> Trained:
    """Train AutoModelForSequenceClassification: BERT's pooler and a linear layer."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    labels = sorted({row.label for row in rows})
    number = {label: place for place, label in enumerate(labels)}

    def encode(given: Sequence[LabelledText]) -> list[dict[str, Any]]:
        columns = [list(column) for column in zip(*(row.texts for row in given), strict=True)]
        return unbundled(tokenizer(*columns, truncation=True, max_length=settings.max_length))

    def predict(asked: Sequence[LabelledText]) -> list[str]:
        logits = outputs(model, encode(asked), tokenizer, ["logits"])
        return [labels[int(row.argmax())] for (row,) in logits]

    set_seed(seed)
    model = AutoModelForSequenceClassification.from_pretrained(checkpoint, num_labels=len(labels))
    features = [{**feature, "labels": number[row.label]} for feature, row in zip(encode(rows), rows, strict=True)]
    seconds = fit(model, features, DataCollatorWithPadding(tokenizer), settings, seed)
    return Trained(predict, seconds, len(rows) * settings.epochs / seconds)
