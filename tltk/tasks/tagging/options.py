"""Which options token classification can have, and which go together."""

from __future__ import annotations

from typing import Any

from tltk.data.tag_schemes import SCHEMES
from tltk.errors import RecipeError, did_you_mean


def check_options(*, format: Any, scheme: Any, pieces: Any, joiner: Any, stride: Any) -> None:
    """Refuse values that are not known, and pieces that do not go with the format.

    Raises:
        RecipeError: names the option.
    """
    _one_of("format", format, ("tags", "spans"))
    _one_of("scheme", scheme, ("auto", *SCHEMES))
    _one_of("pieces", pieces, (None, "first", "all"))
    _one_of("joiner", joiner, (" ", ""))
    if stride not in (None, "auto") and (isinstance(stride, bool) or not isinstance(stride, int) or stride < 0):
        raise RecipeError(
            f"Got {stride!r}; expected a whole number of tokens.",
            where="task.options.stride",
            hint="Leave it out for a third of backbone.max_length, or give null to cut long texts off.",
        )
    if format == "spans" and pieces == "first":
        raise RecipeError(
            "Got 'first'; entities given by their characters label every piece.",
            where="task.options.pieces",
            hint="Remove it.",
        )


def _one_of(option: str, value: Any, known: tuple[Any, ...]) -> None:
    if value not in known:
        words = [repr(name) for name in known if name is not None]
        hint = did_you_mean(value, [name for name in known if name]) if isinstance(value, str) and value else None
        raise RecipeError(f"Got {value!r}; expected {' or '.join(words)}.", where=f"task.options.{option}", hint=hint)
