"""Checks of values that options of several tasks may have."""

from __future__ import annotations

import math
from typing import Any

from tltk.errors import RecipeError


def is_number(value: Any) -> bool:
    """Return whether a value is a finite number.

    Example:
        >>> is_number(5), is_number("5"), is_number(True), is_number(float("nan"))
        (True, False, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def check_bounds(option: str, value: Any, expected: str) -> None:
    """Refuse what is not two numbers, the smaller one first.

    Args:
        option: its name.
        value: as it stands in the recipe.
        expected: the two numbers in words.

    Raises:
        RecipeError: names the option.
    """
    is_pair = isinstance(value, list | tuple) and len(value) == 2 and all(map(is_number, value))
    if not is_pair or not value[0] < value[1]:
        raise RecipeError(
            f"Got {value!r}; expected {expected}.",
            where=f"task.options.{option}",
            hint=f"Write for example {option}: [0, 5].",
        )
