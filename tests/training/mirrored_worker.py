"""A process that trains the same model on one device and on two logical CPU devices, and prints both as JSON.

Usage: python -m tests.training.mirrored_worker FOLDER
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from tests.training import tiny
from tltk.data import Encoded
from tltk.losses import CrossEntropy, LossSettings
from tltk.recipe import TrainSection
from tltk.recipe.distribute import DistributeSection
from tltk.training import distribution_strategy, set_seeds, train

# Batches of odd sizes, the first one too and the last of a single row; a clip that always bites; rows and tokens. AdamW
# and a clip that bites are blind to a gradient that is too large or too small: `scale` has a large epsilon and no clip.
_PLAIN = {"weight_decay": 0.0, "global_clipnorm": None, "warmup_ratio": 0.0, "schedule": "constant"}
_SETTINGS = LossSettings(label_smoothing=0.1, focal=2.0, class_weights=(0.5, 2.0))
CASES = {
    "scale": (29, TrainSection(epochs=2, batch_size=7, learning_rate=5.0, epsilon=1.0, **_PLAIN)),
    "settings": (29, TrainSection(epochs=2, batch_size=7, learning_rate=5.0, epsilon=1.0, **_PLAIN)),
    "resample": (29, TrainSection(epochs=2, batch_size=7, learning_rate=5.0, epsilon=1.0, **_PLAIN)),
    "rows": (29, TrainSection(epochs=2, batch_size=7, learning_rate=2e-3, global_clipnorm=0.3)),
    "tokens": (31, TrainSection(epochs=2, tokens_per_batch=96, learning_rate=2e-3, global_clipnorm=0.3)),
}


def run(
    count: int,
    section: TrainSection,
    strategy: tf.distribute.Strategy | None,
    folder: Path | None = None,
    loss: keras.losses.Loss | None = None,
    weights: np.ndarray | None = None,
) -> dict[str, object]:
    with strategy.scope() if strategy else nullcontext():
        set_seeds(3)
        model = tiny.classifier(dropout=0.0)
    history = train(
        model,
        # Padded to 4, 6 or 8 tokens: the budget holds an even number of such rows, so one device cuts the same batches.
        train=tiny.rows(count, longest=8),
        validation=tiny.rows(11, seed=1),
        loss=loss or tiny.loss(),
        weights=weights,
        metrics=tiny.accuracy(),
        section=section,
        seed=3,
        evaluation_batch_size=4,
        folder=folder,
        progress=False,
    )
    held_out = tiny.rows(16, seed=2)
    logits = model(held_out.batch(np.arange(16), 16), training=False)
    return {"history": history.history, "logits": np.asarray(logits).tolist()}


def pairs(strategy: tf.distribute.Strategy | None) -> dict[str, object]:
    """Train on pairs of texts that are encoded apart: each batch has whole pairs, and so has each device's share."""
    from tltk.losses import CosineSquaredError
    from tltk.metrics.similarity import CosinePearson

    def stacked(count: int, seed: int) -> Encoded:
        rows = tiny.rows(2 * count, seed=seed, longest=8)
        scores = np.repeat(np.random.default_rng(seed).uniform(size=count), 2)
        labels = np.stack([scores, np.ones(2 * count)], axis=1).astype("float32")
        return replace(rows, dense={"labels": labels}, examples=np.repeat(np.arange(count), 2), group=2)

    with strategy.scope() if strategy else nullcontext():
        set_seeds(3)
        classifier = tiny.classifier(dropout=0.0)
        model = keras.Model(classifier.input, classifier.get_layer("logits").input)
    history = train(
        model,
        train=stacked(15, 0),
        validation=stacked(23, 1),
        loss=CosineSquaredError(),
        metrics=[CosinePearson()],
        section=TrainSection(epochs=2, batch_size=4, learning_rate=0.3, epsilon=1.0, **_PLAIN),
        seed=3,
        evaluation_batch_size=4,
        progress=False,
    )
    return {"history": history.history}


def main() -> None:
    folder = Path(sys.argv[1])
    strategy = distribution_strategy(DistributeSection(strategy="mirrored", devices=2))
    assert strategy is not None
    found: dict[str, object] = {"replicas": strategy.num_replicas_in_sync}
    for name, (count, section) in CASES.items():
        loss = CrossEntropy(_SETTINGS) if name == "settings" else None
        weights = np.linspace(0.1, 2, count) if name == "resample" else None
        found[name] = [
            run(count, section, None, loss=loss, weights=weights),
            run(count, section, strategy, folder / name, loss=loss, weights=weights),
        ]
    found["pairs"] = [pairs(None), pairs(strategy)]
    # Taken up after the first epoch.
    count, section = CASES["rows"]
    last = max((folder / "rows").glob("step-*"))
    (last / "state.json").write_text("damaged")
    found["resumed"] = run(count, section, strategy, folder / "rows")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
