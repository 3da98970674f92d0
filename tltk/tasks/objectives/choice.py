"""The choice of an objective by its name, with its options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tltk.errors import RecipeError, did_you_mean
from tltk.tasks.objectives.cosent import CoSentOrder
from tltk.tasks.objectives.cosine import Cosine
from tltk.tasks.objectives.multiple_negatives import MultipleNegatives
from tltk.tasks.objectives.objective import DEFAULTS, Objective
from tltk.tasks.objectives.triplet import Triplet
from tltk.tasks.options import check_bounds, is_number

_OBJECTIVES = {objective.name: objective for objective in (Cosine, CoSentOrder, MultipleNegatives, Triplet)}


def choose_objective(name: str, options: Mapping[str, Any]) -> Objective:
    """Return an objective with its options.

    Args:
        name: as in a recipe.
        options: every option of the task; None where it is not given.

    Raises:
        RecipeError: no such objective, an option that it does not take, or a value out of range.
    """
    if not isinstance(name, str) or name not in _OBJECTIVES:
        raise RecipeError(
            f"Got objective {name!r}.", where="task.options.objective", hint=did_you_mean(str(name), _OBJECTIVES)
        )
    objective = _OBJECTIVES[name]
    for option, value in options.items():
        if value is not None and option not in objective.takes:
            raise RecipeError(
                f"Objective {name!r} takes no {option}.",
                where=f"task.options.{option}",
                hint=f"Remove it; there is {', '.join(objective.takes)}.",
            )
    for option in ("scale", "margin"):
        _check_positive(option, options[option])
    if options["range"] is not None:
        check_bounds("range", options["range"], "the lowest and the highest score")
    if options["distance"] not in (None, "cosine", "euclidean"):
        raise RecipeError(
            f"Got {options['distance']!r}; expected cosine or euclidean.",
            where="task.options.distance",
            hint=did_you_mean(str(options["distance"]), ("cosine", "euclidean")),
        )
    return objective(options)


def _check_positive(option: str, value: Any) -> None:
    if value is not None and not (is_number(value) and value > 0):
        raise RecipeError(
            f"Got {value!r}; expected a number above 0.",
            where=f"task.options.{option}",
            hint=f"Leave it out for {DEFAULTS[option]}.",
        )
