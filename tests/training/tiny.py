"""A tiny task: does a special token stand among others? Learned by a BERT of one layer within seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import keras
import numpy as np

from tltk.backbones import build_backbone
from tltk.data import Encoded

VOCABULARY = 40
SIGNAL = 7


def rows(count: int, *, seed: int = 0, longest: int = 14) -> Encoded:
    """Return rows of 3 to `longest` tokens; label 1 where the signal is among them."""
    draw = np.random.default_rng(seed)
    ids = [draw.integers(8, VOCABULARY, draw.integers(3, longest + 1)) for _ in range(count)]
    labels = draw.integers(0, 2, count).astype(np.int32)
    for row, label in zip(ids, labels, strict=True):
        if label:
            row[draw.integers(0, len(row))] = SIGNAL
    return Encoded.from_ids(ids, zeros=("token_type_ids",), labels=labels)


def classifier(*, dropout: float = 0.1, positions: int = 16) -> keras.Model:
    """Return a one-layer BERT with a dense head, under the global precision and seed."""
    config = {
        "model_type": "bert",
        "vocab_size": VOCABULARY,
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": positions,
    }
    backbone = build_backbone(config, dropout=dropout, attention_dropout=dropout)
    mask = keras.ops.cast(backbone.input["attention_mask"], backbone.output.dtype)[..., None]
    pooled = keras.ops.sum(backbone.output * mask, axis=1) / keras.ops.sum(mask, axis=1)
    logits = keras.layers.Dense(2, dtype="float32", name="logits")(pooled)
    return keras.Model(backbone.input, logits, name="classifier")


def loss() -> keras.losses.Loss:
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")


def accuracy() -> list[keras.metrics.Metric]:
    return [keras.metrics.SparseCategoricalAccuracy(name="accuracy")]


def digest(variables: Sequence[keras.Variable]) -> str:
    """Return a sha256 of the values of variables."""
    hashed = hashlib.sha256()
    for variable in variables:
        hashed.update(np.ascontiguousarray(keras.ops.convert_to_numpy(variable)).tobytes())
    return hashed.hexdigest()
