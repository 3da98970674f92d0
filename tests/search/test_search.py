"""Searches of a tiny recipe: what they find, leave behind, and do when they are disturbed."""

from __future__ import annotations

import json
import math
import statistics
from pathlib import Path
from typing import Any

import keras
import pytest

import tltk
from tests.reviews import make_reviews, tiny_recipe
from tltk.errors import RecipeError, TltkError, TrainingError
from tltk.search import RecipeHyperModel, Search

PARAMETERS = {"train.learning_rate": {"log_range": [1e-3, 3e-2]}, "head.pooling": {"choice": ["cls", "mean"]}}


def recipe(checkpoint: Path, *, trials: int = 3, tuner: str = "random", **changes: Any) -> dict[str, Any]:
    tune = {"tuner": tuner, "trials": trials, "parameters": PARAMETERS}
    return tiny_recipe(checkpoint, **{"tune": tune, "train__epochs": 1, **changes})


def search(checkpoint: Path, output: Path, *, refit: bool = False, **options: Any) -> Search:
    overwrite = options.pop("overwrite", False)
    wanted = recipe(checkpoint, **options)
    return tltk.tune(wanted, data=make_reviews(60), output=output, refit=refit, overwrite=overwrite)


@pytest.fixture
def untrained(monkeypatch):
    """Have trials end with figures that their values give, and train nothing: for what becomes of trials."""

    def fit(self, hp, model, *args, **kwargs):
        history = keras.callbacks.History()
        away = abs(math.log10(hp.get("train.learning_rate")) + 2) + (hp.get("head.pooling") == "cls")
        history.history, history.epoch = {"val_accuracy": [1 - away / 3]}, [0]
        return history

    monkeypatch.setattr(RecipeHyperModel, "build", lambda self, hp: keras.Sequential([keras.layers.Dense(1)]))
    monkeypatch.setattr(RecipeHyperModel, "fit", fit)


@pytest.fixture
def disturbed(monkeypatch):
    """Return a function that has the fit of some trials (from 1) raise an error."""
    fit = RecipeHyperModel.fit

    def disturb(error: BaseException, *trials: int) -> None:
        calls = iter(range(1, 1000))

        def fit_or_raise(self, *args, **kwargs):
            if next(calls) in trials:
                raise error
            return fit(self, *args, **kwargs)

        monkeypatch.setattr(RecipeHyperModel, "fit", fit_or_raise)

    return disturb


@pytest.fixture(scope="module")
def found(tiny_bert_folder, tmp_path_factory):
    return search(tiny_bert_folder, tmp_path_factory.mktemp("search") / "tiny", refit=True)


def test_a_search_leaves_its_files(found):
    names = {path.name for path in found.path.iterdir()}
    assert names == {"search.json", "trials", "trials.json", "trials.png", "best_recipe.yaml", "best"}
    assert found.finished
    assert found.plot.read_bytes().startswith(b"\x89PNG")
    assert not list(found.path.joinpath("trials").rglob("*.h5"))


def test_trials_come_best_first(found):
    assert len(found.trials) == 3
    scores = [trial["score"] for trial in found.trials]
    assert scores == sorted(scores, reverse=True)
    assert {trial["trial"] for trial in found.trials} == {1, 2, 3}
    assert all(set(trial["values"]) == set(PARAMETERS) for trial in found.trials)
    assert all(trial["seconds"] > 0 and trial["best_epoch"] == 1 for trial in found.trials)


def test_the_best_recipe_trained_again_gives_the_best_trials_value(found):
    best = found.trials[0]
    assert found.best_recipe.train.learning_rate == best["values"]["train.learning_rate"]
    assert found.best_recipe.head.pooling == best["values"]["head.pooling"]
    assert found.best_recipe.tune is None
    assert found.run.history["val_accuracy"] == [pytest.approx(best["score"], abs=1e-7)]


def test_the_best_recipe_is_one_that_fit_takes(found, tmp_path):
    run = tltk.fit(found.path / "best_recipe.yaml", data=make_reviews(60), output=tmp_path / "run")
    assert run.metrics == found.run.metrics


def test_a_search_is_shown(found):
    frame = found.to_pandas()
    assert list(frame["score"]) == [trial["score"] for trial in found.trials]
    assert set(PARAMETERS) <= set(frame.columns)
    assert "<table>" in found._repr_html_()
    assert "data:image/png;base64," in found._repr_html_()
    assert str(found).splitlines()[0].split()[:2] == ["trial", "val_accuracy"]
    assert len(str(found).splitlines()) == 4


def test_a_finished_search_is_opened_not_made_again(found, tiny_bert_folder, disturbed):
    disturbed(AssertionError("no trial is wanted"), *range(1, 10))
    again = search(tiny_bert_folder, found.path, refit=True)
    assert again.trials == found.trials


def test_the_same_seed_makes_the_same_trials_and_says_little(tiny_bert_folder, tmp_path, found, capfd):
    again = search(tiny_bert_folder, tmp_path / "again")
    without_time = [[{**trial, "seconds": None} for trial in each.trials] for each in (found, again)]
    assert without_time[0] == without_time[1]
    out, err = capfd.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert [line.split()[0:2] for line in lines if line.startswith("trial ")][:3] == [
        ["trial", "1/3"],
        ["trial", "2/3"],
        ["trial", "3/3"],
    ]
    assert len(lines) <= 1 + 3 + 4, err
    assert not (tmp_path / "again" / "best").exists()


def test_an_interrupted_search_goes_on(tiny_bert_folder, tmp_path, found, disturbed, monkeypatch, capfd):
    output = tmp_path / "stopped"
    disturbed(KeyboardInterrupt(), 2)
    with pytest.raises(KeyboardInterrupt) as caught:
        search(tiny_bert_folder, output)
    assert f"1 of 3 trials are in {output}; the same command continues." in caught.value.__notes__
    half = Search(output)
    assert (half.finished, len(half.trials)) == (False, 1)
    assert half.best_recipe.head.pooling == half.trials[0]["values"]["head.pooling"]
    monkeypatch.undo()
    capfd.readouterr()
    whole = search(tiny_bert_folder, output)
    out, err = capfd.readouterr()
    assert out == ""
    assert "holds 1 of 3 trials" in err
    assert [(trial["values"], trial["score"]) for trial in whole.trials] == [
        (trial["values"], trial["score"]) for trial in found.trials
    ]


def test_more_trials_can_be_asked_for(tiny_bert_folder, tmp_path, untrained):
    few = search(tiny_bert_folder, tmp_path / "s", trials=1)
    more = search(tiny_bert_folder, tmp_path / "s", trials=2)
    assert len(more.trials) == 2
    assert few.trials[0] in more.trials


def test_a_failed_trial_is_shown_with_its_reason(tiny_bert_folder, tmp_path, untrained, disturbed, capfd):
    disturbed(TrainingError("The loss became nan at step 3.", where="epoch 1"), 2)
    result = search(tiny_bert_folder, tmp_path / "s")
    assert [trial["status"] for trial in result.trials] == ["completed", "completed", "failed"]
    assert result.trials[-1]["reason"] == "epoch 1: The loss became nan at step 3."
    assert result.trials[-1]["score"] is None
    assert "trial 2/3  failed: epoch 1: The loss became nan" in capfd.readouterr().err


def test_a_search_in_which_everything_fails_ends_with_the_reason(tiny_bert_folder, tmp_path, untrained, disturbed):
    disturbed(ValueError("shapes (3,) and (4,) differ"), *range(1, 10))
    with pytest.raises(TrainingError, match=r"first 3 trials failed.*ValueError: shapes \(3,\) and \(4,\) differ"):
        search(tiny_bert_folder, tmp_path / "s", trials=6)
    assert len(json.loads((tmp_path / "s" / "trials.json").read_text())["trials"]) == 3


def test_a_learning_rate_that_explodes_is_a_failed_trial(tiny_bert_folder, tmp_path, capfd):
    tune = {"trials": 4, "parameters": {"train.learning_rate": {"choice": [1e-3, 1e38]}}}
    result = search(tiny_bert_folder, tmp_path / "s", tune=tune, train__global_clipnorm=None)
    by_rate = {trial["values"]["train.learning_rate"]: trial for trial in result.trials}
    assert by_rate[1e-3]["status"] == "completed"
    assert "The loss became" in by_rate[1e38]["reason"]
    assert "2 of 4 trials were made: there are no other values to try." in capfd.readouterr().err


def test_a_mistake_of_the_users_ends_the_search(tiny_bert_folder, tmp_path):
    tune = {"trials": 2, "parameters": {"backbone.max_length": {"choice": [4096, 2048]}}}
    with pytest.raises(RecipeError, match="takes at most 128 tokens"):
        search(tiny_bert_folder, tmp_path / "s", tune=tune)


def test_a_folder_of_another_search_or_of_other_files_is_left_alone(tiny_bert_folder, tmp_path, found, untrained):
    with pytest.raises(TltkError, match="another recipe.*--overwrite"):
        search(tiny_bert_folder, found.path, train__batch_size=8)
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(TltkError, match="no search"):
        search(tiny_bert_folder, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    assert len(search(tiny_bert_folder, tmp_path, trials=1, overwrite=True).trials) == 1
    assert (tmp_path / "thesis.txt").exists()


def test_a_damaged_state_is_named(tiny_bert_folder, tmp_path, untrained):
    search(tiny_bert_folder, tmp_path / "s", trials=1)
    (tmp_path / "s" / "trials" / "oracle.json").write_text('{"ongoing_tri')
    with pytest.raises(TltkError, match="state of the search is damaged.*--overwrite"):
        search(tiny_bert_folder, tmp_path / "s", trials=2)


def test_no_search_there(tmp_path):
    with pytest.raises(TltkError, match="no search"):
        Search(tmp_path)


def test_bayesian(tiny_bert_folder, tmp_path, untrained):
    """The first six trials are random, later ones follow the figures."""
    found = search(tiny_bert_folder, tmp_path / "s", tuner="bayesian", trials=12)
    assert len(found.trials) == 12
    first, later = (
        [trial["score"] for trial in found.trials if (trial["trial"] > 6) == late] for late in (False, True)
    )
    assert statistics.mean(later) > statistics.mean(first)
    assert found.best_recipe.head.pooling == "mean"


def test_heads_whose_targets_differ_are_searched_together(tiny_bert_folder, tmp_path):
    """A conditional random field has a tag for each piece, the linear head for the first of each word."""
    wanted = tiny_recipe(
        tiny_bert_folder,
        task="token-classification",
        train__epochs=1,
        tune={"trials": 2, "parameters": {"head.name": {"choice": ["token-linear", "crf"]}}},
    )
    rows = {"text": [["a", "gripping", "film"], ["the", "story"]] * 10, "label": [["O", "B-X", "O"], ["O", "O"]] * 10}
    found = tltk.tune(wanted, data=rows, output=tmp_path / "s", refit=False)
    assert {trial["values"]["head.name"]: trial["status"] for trial in found.trials} == {
        "token-linear": "completed",
        "crf": "completed",
    }


@pytest.mark.slow
def test_hyperband_goes_on_from_its_best_trials_and_keeps_no_weights(tiny_bert_folder, tmp_path):
    result = search(
        tiny_bert_folder,
        tmp_path / "s",
        refit=True,
        tuner="hyperband",
        train__epochs=3,
        backbone__dropout=0.0,
        backbone__attention_dropout=0.0,
    )
    assert len(result.trials) == 6
    assert not list(result.path.joinpath("trials").rglob("*.h5"))
    assert result.best_recipe.train.epochs == 3
    # What Hyperband trained in two legs is what one training of these values gives.
    state = [json.loads(path.read_text()) for path in sorted((result.path / "trials").glob("trial_*/trial.json"))]
    (second,) = [trial for trial in state if trial["hyperparameters"]["values"].get("tuner/trial_id")]
    values = {name: second["hyperparameters"]["values"][name] for name in PARAMETERS}
    wanted = recipe(tiny_bert_folder, train__epochs=3, backbone__dropout=0.0, backbone__attention_dropout=0.0)
    run = tltk.fit(wanted, values, data=make_reviews(60), output=tmp_path / "run")
    best = int(second["best_step"])
    measured = second["metrics"]["metrics"]["val_loss"]["observations"][0]["value"][0]
    assert measured == pytest.approx(run.history["val_loss"][1 + best], abs=1e-5)
