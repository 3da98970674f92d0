"""The base of every recipe section: frozen, strict, described."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator


class Section(BaseModel):
    """A frozen part of a recipe that refuses unknown keys.

    A section may name one field in `shorthand`; a bare string then stands for that field, so that
    `backbone: all-MiniLM-L6-v2` reads as `backbone: {name: all-MiniLM-L6-v2}`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, use_attribute_docstrings=True)

    shorthand: ClassVar[str | None] = None

    @model_validator(mode="before")
    @classmethod
    def _expand_shorthand(cls, value: Any) -> Any:
        if cls.shorthand and isinstance(value, str):
            return {cls.shorthand: value}
        return value
