"""Runs a search of three trials, killed in the middle of one: `killed_worker.py CHECKPOINT OUTPUT [TRIAL]`."""

from __future__ import annotations

import os
import signal
import sys

import keras

import tltk
from tests.reviews import make_reviews, tiny_recipe
from tltk.search import RecipeHyperModel


class Kill(keras.callbacks.Callback):
    """Kills the process at the second step, as a power cut would."""

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        if batch == 1:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    checkpoint, output, *killed = sys.argv[1:]
    fit, calls = RecipeHyperModel.fit, iter(range(1, 10))

    def fit_or_die(self, *args, **kwargs):
        if killed and next(calls) == int(killed[0]):
            kwargs["callbacks"] = [Kill()]
        return fit(self, *args, **kwargs)

    RecipeHyperModel.fit = fit_or_die  # type: ignore[method-assign]
    tune = {"trials": 3, "parameters": {"train.learning_rate": {"log_range": [1e-3, 3e-2]}}}
    recipe = tiny_recipe(checkpoint, tune=tune, train__epochs=1)
    tltk.tune(recipe, data=make_reviews(60), output=output, refit=False)


if __name__ == "__main__":
    main()
