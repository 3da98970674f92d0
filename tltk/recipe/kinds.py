"""The kinds of values that several sections share."""

from __future__ import annotations

import os
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, JsonValue, Strict, WithJsonSchema


class RelativePath:
    """Marks a field as a path that is relative to the recipe file."""


def _number_as_text(value: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value


def _path_as_text(value: Any) -> Any:
    return os.fspath(value) if isinstance(value, os.PathLike) else value


PathText = Annotated[str, BeforeValidator(_path_as_text), Field(min_length=1), RelativePath()]
"""A path; `pathlib.Path` objects are welcome and kept as text."""

LabelText = Annotated[
    str, BeforeValidator(_number_as_text), WithJsonSchema({"type": ["string", "number"], "minLength": 1})
]
"""A label as it stands in the data; numbers are taken as their text."""

ColumnName = Annotated[str, Field(min_length=1)]
"""The name of a column."""

Number = int | float
"""A number; whole numbers stay whole."""

Options = dict[str, JsonValue]
"""Settings by name, of plain data."""

# Strict sections would refuse the lists that YAML and Python users write for these.
Columns = Annotated[tuple[ColumnName, ...], Strict(False)]
Labels = Annotated[tuple[LabelText, ...], Strict(False)]
Names = Annotated[tuple[str, ...], Strict(False)]
Bounds = Annotated[tuple[Number, Number], Strict(False)]
Choices = Annotated[tuple[JsonValue, ...], Strict(False), Field(min_length=1)]
