"""Models and rows of any size, made up: what a step takes does not depend on what the numbers are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from benchmarks.flops import Encoder
from tltk.backbones import build_backbone
from tltk.data import Encoded

VOCABULARY = 30_522


@dataclass(frozen=True)
class Shape:
    """The size of an encoder; MiniLM-L6 unless told otherwise.

    Args:
        layers: number of layers.
        hidden: width; heads are 32 wide, or 64 from a width of 512 on, and the feed-forward part is four times as wide.
    """

    layers: int = 6
    hidden: int = 384

    @property
    def heads(self) -> int:
        return max(1, self.hidden // (64 if self.hidden >= 512 else 32))

    @property
    def encoder(self) -> Encoder:
        """What the FLOP model wants to know."""
        return Encoder(self.layers, self.hidden, 4 * self.hidden)


def classifier(shape: Shape, *, positions: int = 512, dropout: float = 0.1) -> keras.Model:
    """Return a BERT with random weights, a pooler and two outputs, under the global precision policy."""
    config: dict[str, Any] = {
        "model_type": "bert",
        "vocab_size": VOCABULARY,
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": 4 * shape.hidden,
        "max_position_embeddings": positions,
    }
    backbone = build_backbone(config, dropout=dropout, attention_dropout=dropout)
    pooled = keras.layers.Dense(shape.hidden, activation="tanh", name="pooler")(backbone.output[:, 0])
    dropped = keras.layers.Dropout(dropout)(pooled)
    logits = keras.layers.Dense(2, dtype="float32", name="logits")(dropped)
    return keras.Model(backbone.input, logits)


def rows_of_length(count: int, length: int) -> Encoded:
    """Return rows of random tokens, all of one length."""
    return _rows(np.full(count, length))


def rows_of_sentences(count: int, *, longest: int = 128) -> Encoded:
    """Return rows of random tokens whose lengths are spread as those of sentences (log-normal, median 20)."""
    lengths = np.random.default_rng(1).lognormal(np.log(20), 0.6, count)
    return _rows(np.clip(lengths.astype(int), 4, longest))


def summed_loss() -> keras.losses.Loss:
    """Return the loss of a classifier, as tltk's training wants it."""
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")


def _rows(lengths: np.ndarray) -> Encoded:
    draw = np.random.default_rng(0)
    ids = [draw.integers(1000, VOCABULARY, length) for length in lengths]
    labels = draw.integers(0, 2, len(lengths)).astype(np.int32)
    return Encoded.from_ids(ids, zeros=("token_type_ids",), labels=labels)
