"""A process that trains, and may kill itself on the way. Prints one line of JSON for each precision.

Usage: python -m tests.training.resume_worker FOLDER [--kill-at STEP] PRECISION...
"""

from __future__ import annotations

import argparse
import json
import os
import signal
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

from tests.training import tiny
from tltk.recipe import TrainSection
from tltk.training import precision_scope, set_seeds, train

SECTION = TrainSection(
    epochs=3,
    batch_size=8,
    learning_rate=3e-3,
    warmup_ratio=0.2,
    checkpoint_steps=3,
    monitor="val_accuracy",
    early_stopping={"patience": 3},
    restore_best=False,
)


class KillSelf(keras.callbacks.Callback):
    """Kills this process at the start of a step."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step, self.seen = step, 0

    def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
        if self.seen == self.step:
            os.kill(os.getpid(), signal.SIGKILL)
        self.seen += 1


def run(folder: Path, precision: str, callbacks: list[keras.callbacks.Callback]) -> dict[str, object]:
    with precision_scope(precision):
        set_seeds(5)
        model = tiny.classifier(dropout=0.1)
    history = train(
        model,
        train=tiny.rows(61),
        validation=tiny.rows(21, seed=1),
        loss=tiny.loss(),
        metrics=tiny.accuracy(),
        section=SECTION,
        seed=5,
        folder=folder / precision,
        callbacks=callbacks,
        progress=False,
    )
    return {
        "weights": tiny.digest(model.variables),
        "optimizer": tiny.digest(model.optimizer.variables),
        "history": history.history,
        "best_epoch": history.best_epoch,
        "steps": history.steps,
        "resumed_from": history.resumed_from,
        "precision": history.precision,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("precisions", nargs="+")
    parser.add_argument("--kill-at", type=int)
    given = parser.parse_args()
    for precision in given.precisions:
        callbacks: list[keras.callbacks.Callback] = []
        if given.kill_at is not None:
            callbacks = [KillSelf(given.kill_at)]
        print(json.dumps(run(given.folder, precision, callbacks)), flush=True)


if __name__ == "__main__":
    main()
