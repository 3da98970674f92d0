"""`tltk.hypermodel` in tuners that users write themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import keras_tuner
import numpy as np
import pytest

import tltk
from tests.reviews import make_reviews, tiny_recipe
from tltk.errors import RecipeError

TUNE = {"parameters": {"train.learning_rate": {"log_range": [1e-3, 3e-2]}, "train.batch_size": {"choice": [8, 16]}}}


class Epochs(keras.callbacks.Callback):
    """Notes which epochs it sees."""

    seen: list[int] = []  # noqa: RUF012, KerasTuner copies callbacks, so that only the class is shared

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        Epochs.seen.append(epoch)


@pytest.fixture
def model(tiny_bert_folder: Path) -> Any:
    return tltk.hypermodel(tiny_recipe(tiny_bert_folder, tune=TUNE), data=make_reviews(60))


def test_in_a_random_search_of_the_users_own(model: Any, tmp_path: Path) -> None:
    tuner = keras_tuner.RandomSearch(model, "val_accuracy", max_trials=2, directory=tmp_path, seed=1)
    Epochs.seen.clear()
    tuner.search(callbacks=[Epochs()], verbose=0)
    assert Epochs.seen == [0, 1, 0, 1]
    best = tuner.oracle.get_best_trials(1)[0]
    (trained,) = tuner.get_best_models(1)
    batch = model.prepared(model.recipe).encoded["validation"]
    inputs = batch.batch(np.arange(len(batch)), 32)
    predicted = np.argmax(trained.predict(inputs, verbose=0), axis=-1)
    assert np.mean(predicted == batch.dense["labels"]) == pytest.approx(best.score, abs=1e-6)


@pytest.mark.slow
def test_in_a_hyperband_of_the_users_own(model: Any, tmp_path: Path) -> None:
    tuner = keras_tuner.Hyperband(model, "val_loss", max_epochs=2, factor=2, directory=tmp_path, seed=1)
    Epochs.seen.clear()
    tuner.search(callbacks=[Epochs()], verbose=0)
    statuses = {trial.status for trial in tuner.oracle.trials.values()}
    assert statuses == {"COMPLETED"}
    assert set(Epochs.seen) == {0, 1}
    assert isinstance(tuner.get_best_models(1)[0], keras.Model)
    assert set(tuner.get_best_hyperparameters(1)[0].values) >= set(TUNE["parameters"])


def test_data_for_the_search_are_refused(model: Any, tmp_path: Path) -> None:
    space = keras_tuner.HyperParameters()
    with pytest.raises(RecipeError, match="rows come with the recipe"):
        model.fit(space, model.build(space), [[1, 2]], [0])


def test_rows_are_prepared_once_unless_what_they_are_encoded_by_is_searched(model: Any) -> None:
    first = model.prepared(model.recipe)
    faster = tltk.recipe.override(model.recipe, {"train.learning_rate": 1e-3, "backbone.dropout": 0.3})
    assert model.prepared(faster) is first
    assert model.prepared(tltk.recipe.override(model.recipe, {"backbone.max_length": 16})) is not first
    assert model.prepared(tltk.recipe.override(model.recipe, {"head.name": "mlp"})) is first
    with pytest.raises(RecipeError, match=r"backbone\.case_markup"):  # asked of a vocabulary without marks
        model.prepared(tltk.recipe.override(model.recipe, {"backbone.case_markup": True}))
