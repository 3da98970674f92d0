"""Which options question answering can have."""

from __future__ import annotations

from typing import Any

from tltk.errors import RecipeError, did_you_mean

_ANSWERABLE = ("auto", "always")
_SCORING = ("auto", "words", "characters")


def check_options(*, n_best: Any, max_answer_tokens: Any, stride: Any, answerable: Any, scoring: Any) -> None:
    """Refuse values that are not known or out of range.

    Raises:
        RecipeError: names the option.
    """
    _at_least("n_best", n_best, 1)
    _at_least("max_answer_tokens", max_answer_tokens, 1)
    if stride != "auto":
        _at_least("stride", stride, 0)
    for name, chosen, known in (("answerable", answerable, _ANSWERABLE), ("scoring", scoring, _SCORING)):
        if chosen not in known:
            raise RecipeError(
                f"Got {chosen!r}; expected {' or '.join(known)}.",
                where=f"task.options.{name}",
                hint=did_you_mean(str(chosen), known),
            )


def _at_least(option: str, value: Any, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise RecipeError(
            f"Got {value!r}; expected a whole number of at least {least}.",
            where=f"task.options.{option}",
            hint="Leave it out for the default.",
        )
