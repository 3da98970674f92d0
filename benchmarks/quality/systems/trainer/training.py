"""The Trainer's part that all kinds of rows share, and prediction in float32."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from transformers import Trainer, TrainingArguments

from benchmarks.quality.settings import Settings
from tltk.training.precision import choose_precision

Features = Sequence[dict[str, Any]]

IN_BFLOAT16 = choose_precision() == "mixed_bfloat16"
"""Whether to train in bfloat16, as tltk does by itself: not where the processor would have to emulate it."""


def fit(model: Any, features: Features, collator: Any, settings: Settings, seed: int) -> float:
    """Train a model in place and return the seconds it took. Seed before making the model: its head is drawn too."""
    with tempfile.TemporaryDirectory() as output:
        arguments = TrainingArguments(
            output_dir=output,
            num_train_epochs=settings.epochs,
            per_device_train_batch_size=settings.batch_size,
            learning_rate=settings.learning_rate,
            weight_decay=settings.weight_decay,
            warmup_steps=settings.warmup_ratio,  # a share where it is below one
            train_sampling_strategy="group_by_length",
            seed=seed,
            bf16=IN_BFLOAT16,
            use_cpu=True,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
        )
        trainer = Trainer(model=model, args=arguments, train_dataset=features, data_collator=collator)
        began = time.monotonic()
        trainer.train()
        return time.monotonic() - began


def outputs(model: Any, features: Features, tokenizer: Any, names: Sequence[str]) -> Iterator[tuple[np.ndarray, ...]]:
    """Yield the outputs of each input in order, in float32, without those of padding.

    Args:
        model: the model.
        features: what the tokenizer gave, one an input.
        tokenizer: pads them.
        names: fields of the model's output.
    """
    model.eval()
    found: dict[int, tuple[np.ndarray, ...]] = {}
    order = sorted(range(len(features)), key=lambda place: len(features[place]["input_ids"]))
    with torch.inference_mode():
        for start in range(0, len(order), 64):
            places = order[start : start + 64]
            batch = tokenizer.pad([features[place] for place in places], return_tensors="pt")
            given = model(**batch)
            arrays = [given[name].float().numpy() for name in names]
            for row, place in enumerate(places):
                length = len(features[place]["input_ids"])
                # Only outputs of positions have padding to be cut off: [batch, length, ...].
                found[place] = tuple(
                    array[row, :length] if array.shape[1:2] == batch["input_ids"].shape[1:2] else array[row]
                    for array in arrays
                )
    yield from (found[place] for place in range(len(features)))


def unbundled(encoded: Any) -> list[dict[str, Any]]:
    """Return what a tokenizer gave for many inputs as one mapping an input."""
    names = [name for name in ("input_ids", "token_type_ids", "attention_mask") if name in encoded]
    return [{name: encoded[name][row] for name in names} for row in range(len(encoded["input_ids"]))]
