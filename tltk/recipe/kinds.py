"""The kinds of values that several sections share."""

from __future__ import annotations

import os
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, JsonValue, Strict, WithJsonSchema

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.0+")


class RelativePath:
    """Marks a field as a path that is relative to the recipe file."""


def _label_as_text(value: Any) -> Any:
    """Spell numbers and booleans as readers spell the labels they meet: `1` for 1.0 and "1.0", `true` for True."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str):
        return without_point(value)
    return str(value) if isinstance(value, int | float) else value


def without_point(text: str) -> str:
    """Return text that is a whole number with zeros behind its point as that number; other text as it is.

    pandas writes `1.0` for every 1 of a column where a number is missing.

    Example:
        >>> [without_point(text) for text in ("1.0", "-2.00", "-0.0", "1.10", "1.0.0", "01.0")]
        ['1', '-2', '0', '1.10', '1.0.0', '01.0']
    """
    return str(int(text.partition(".")[0])) if _WHOLE.fullmatch(text) else text


def _as_lists(value: Any, depth: int = 0) -> Any:
    """Return plain data with lists for its tuples, as it would come from a file."""
    if depth > 32:
        raise ValueError("the value is nested more than 32 levels deep")
    if isinstance(value, dict):
        return {key: _as_lists(inner, depth + 1) for key, inner in value.items()}
    return [_as_lists(inner, depth + 1) for inner in value] if isinstance(value, list | tuple) else value


def _path_as_text(value: Any) -> Any:
    return os.fspath(value) if isinstance(value, os.PathLike) else value


PathText = Annotated[str, BeforeValidator(_path_as_text), Field(min_length=1), RelativePath()]
"""A path; `pathlib.Path` objects are welcome and kept as text."""

LabelText = Annotated[str, BeforeValidator(_label_as_text), WithJsonSchema({"type": ["string", "number", "boolean"]})]
"""A label as it stands in the data; numbers and booleans are taken as their text."""

ColumnName = Annotated[str, Field(min_length=1)]
"""The name of a column."""

Number = int | float
"""A number; whole numbers stay whole."""

Options = Annotated[dict[str, JsonValue], BeforeValidator(_as_lists)]
"""Settings by name, of plain data."""

# Strict sections would refuse the lists that YAML and Python users write for these.
Columns = Annotated[tuple[ColumnName, ...], Strict(False)]
Labels = Annotated[tuple[LabelText, ...], Strict(False)]
Names = Annotated[tuple[str, ...], Strict(False)]
Bounds = Annotated[tuple[Number, Number], Strict(False)]
Choices = Annotated[tuple[JsonValue, ...], Strict(False), Field(min_length=1)]
