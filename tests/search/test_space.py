"""Recipe dimensions as hyperparameters: every kind, and values that go into a recipe as they are."""

from __future__ import annotations

from typing import Any

import keras_tuner
import pytest

from tltk.errors import RecipeError
from tltk.recipe import Recipe
from tltk.search.space import shown, suggest, values_of


def recipe(**parameters: Any) -> Recipe:
    return Recipe(tune={"parameters": {path.replace("__", "."): value for path, value in parameters.items()}})


def drawn(path: str, dimension: dict[str, Any], count: int = 200) -> list[Any]:
    """Return the values that KerasTuner draws of a dimension, as they stand in the recipes."""
    searched = recipe(**{path.replace(".", "__"): dimension})
    oracle = keras_tuner.oracles.RandomSearchOracle("val_loss", max_trials=count, seed=1)
    space = keras_tuner.HyperParameters()
    suggest(space, searched)
    oracle.update_space(space)
    values = []
    for _ in range(count):
        space.values = {hp.name: hp.random_sample(oracle._seed_state) for hp in space.space}
        oracle._seed_state += 1
        (value,) = values_of(space, searched).values()
        section, name = path.split(".", 1)
        kept = getattr(suggest(space, searched), section)
        values.append(kept.options[name.removeprefix("options.")] if "options." in name else getattr(kept, name))
        assert values[-1] == value
    return values


def test_a_range_of_numbers() -> None:
    values = drawn("backbone.dropout", {"range": [0.0, 0.3]})
    assert 0 <= min(values) < 0.03
    assert 0.27 < max(values) <= 0.3


def test_a_log_range_is_even_in_the_logarithm() -> None:
    values = drawn("train.learning_rate", {"log_range": [1e-6, 1e-2]})
    assert 0.35 < sum(value < 1e-4 for value in values) / len(values) < 0.65


def test_whole_numbers_stay_whole_and_both_ends_are_drawn() -> None:
    assert set(drawn("train.epochs", {"range": [1, 4]})) == {1, 2, 3, 4}
    logarithmic = drawn("train.batch_size", {"log_range": [4, 64]})
    assert all(isinstance(value, int) for value in logarithmic)
    assert min(logarithmic) >= 4
    assert max(logarithmic) <= 64


def test_steps() -> None:
    assert set(drawn("train.batch_size", {"range": [8, 32], "step": 8})) == {8, 16, 24, 32}
    assert set(drawn("backbone.dropout", {"range": [0.1, 0.5], "step": 0.1})) == {0.1, 0.2, 0.3, 0.4, 0.5}


@pytest.mark.parametrize(
    ("path", "choices"),
    [
        ("head.pooling", ["cls", "mean"]),
        ("train.batch_size", [8, 16]),
        ("train.group_by_length", [True, False]),
        ("backbone.dropout", [None, 0.1]),
        ("train.early_stopping", [None, {"patience": 2}]),
    ],
)
def test_choices_of_every_kind(path: str, choices: list[Any]) -> None:
    searched = recipe(**{path.replace(".", "__"): {"choice": choices}})
    space = keras_tuner.HyperParameters()
    suggest(space, searched)
    (dimension,) = space.space
    seen = []
    for value in dimension.values:
        space.values = {path: value}
        seen.append(values_of(space, searched)[path])
        suggest(space, searched)
    assert seen == choices
    assert [type(value) for value in seen] == [type(choice) for choice in choices]


def test_options_of_a_head() -> None:
    assert set(drawn("head.options.units", {"range": [2, 4]})) == {2, 3, 4}


def test_values_that_do_not_go_together_are_named() -> None:
    searched = recipe(train__tokens_per_batch={"choice": [512]}, train__group_by_length={"choice": [False]})
    with pytest.raises(RecipeError, match="group_by_length"):
        suggest(keras_tuner.HyperParameters(), searched)


def test_a_recipe_without_a_search_is_refused() -> None:
    with pytest.raises(RecipeError, match=r"no search.*tune: \{parameters"):
        suggest(keras_tuner.HyperParameters(), Recipe())


def test_values_are_shown_short() -> None:
    assert shown({"a": 1.23456e-05, "b": True, "c": None}) == {"a": "1.23e-05", "b": "true", "c": "null"}
