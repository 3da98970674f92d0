"""The search dimensions of a recipe as KerasTuner hyperparameters."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tltk.errors import RecipeError
from tltk.recipe import Recipe, SearchDimension, TuneSection, override
from tltk.recipe.fields import fields


def tune_section(recipe: Recipe) -> TuneSection:
    """Return the recipe's `tune` section.

    Raises:
        RecipeError: there is none.
    """
    if recipe.tune is None:
        raise RecipeError(
            "The recipe has no search.",
            where="tune",
            hint="Add `tune: {parameters: {train.learning_rate: {log_range: [1e-5, 1e-4]}}}`.",
        )
    return recipe.tune


def suggest(hp: Any, recipe: Recipe) -> Recipe:
    """Return the recipe with the values that a `keras_tuner.HyperParameters` gives its search dimensions.

    Raises:
        RecipeError: the values do not go together, or with the rest of the recipe.

    Example:
        >>> import keras_tuner
        >>> tune = {"parameters": {"train.batch_size": {"choice": [16, 32]}}}
        >>> suggest(keras_tuner.HyperParameters(), Recipe(tune=tune)).train.batch_size
        16
    """
    return override(recipe, values_of(hp, recipe))


def values_of(hp: Any, recipe: Recipe) -> dict[str, Any]:
    """Return the values of a recipe's search dimensions by dotted path.

    Hyperparameters are named by their dotted recipe paths. Dimensions that the container does not know yet are
    declared in it, which is how KerasTuner learns the search space.
    """
    return {path: _declare(hp, path, dimension) for path, dimension in tune_section(recipe).parameters.items()}


def shown(values: Mapping[str, Any]) -> dict[str, str]:
    """Return values as short texts.

    Example:
        >>> shown({"train.learning_rate": 4.1234e-05, "train.early_stopping": None, "train.batch_size": 16})
        {'train.learning_rate': '4.12e-05', 'train.early_stopping': 'null', 'train.batch_size': '16'}
    """
    return {path: _shown(value) for path, value in values.items()}


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _declare(hp: Any, path: str, dimension: SearchDimension) -> Any:
    if dimension.choice is not None:
        return _choose(hp, path, dimension.choice)
    bounds = dimension.range or dimension.log_range
    assert bounds is not None
    low, high = bounds
    sampling = "log" if dimension.log_range else "linear"
    if _is_whole(path, dimension):
        step = None if dimension.step is None else int(dimension.step)
        return hp.Int(path, int(low), int(high), step=step, sampling=sampling)
    if dimension.step is not None:
        return hp.Choice(path, _stepped(low, high, dimension.step), ordered=True)
    return hp.Float(path, float(low), float(high), sampling=sampling)


def _choose(hp: Any, path: str, choices: tuple[Any, ...]) -> Any:
    """Choose a value; by its number where KerasTuner cannot hold the values (null, booleans, lists, kinds mixed)."""
    kinds = {type(value) for value in choices}
    if len(kinds) == 1 and kinds <= {str, int, float}:
        return hp.Choice(path, list(choices), ordered=False)
    return choices[hp.Choice(path, list(range(len(choices))), ordered=False)]


def _stepped(low: float, high: float, step: float) -> list[float]:
    """Return the values of a range with a step, in decimal arithmetic: 0.1, 0.2, 0.3 and not 0.30000000000000004.

    Example:
        >>> _stepped(0.1, 0.5, 0.2)
        [0.1, 0.3, 0.5]
    """
    first, distance = Decimal(str(low)), Decimal(str(step))
    count = int((Decimal(str(high)) - first) / distance) + 1
    return [float(first + number * distance) for number in range(count)]


def _is_whole(path: str, dimension: SearchDimension) -> bool:
    """Tell whether a dimension takes whole numbers only: by its field's type, or by its bounds in a free mapping."""
    known = fields(Recipe).get(path)
    if known is None:
        given = [*(dimension.range or dimension.log_range or ()), dimension.step or 1]
        return all(isinstance(value, int) for value in given)
    declared = known[1].annotation
    kinds = {declared, *typing.get_args(declared)}
    return int in kinds and float not in kinds
