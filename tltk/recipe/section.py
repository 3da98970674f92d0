"""The base of every recipe section: frozen, strict, described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from tltk.recipe.problems import recipe_error


class Section(BaseModel):
    """A frozen part of a recipe that refuses unknown keys and wrong types.

    A section may name one field in `shorthand`; a bare string then stands for that field, so that
    `backbone: all-MiniLM-L6-v2` reads as `backbone: {name: all-MiniLM-L6-v2}`. A mapping field that stands in `listed`
    may be written as a list of its keys, each of which gets the value given there. A section whose fields can be
    search dimensions of `tune.parameters` says so in `searchable` and lists the exceptions in `not_searchable`.

    Raises:
        RecipeError: a keyword is unknown or its value not allowed; all problems at once.

    Example:
        >>> class Speed(Section):
        ...     gear: int = 1
        >>> Speed(gear=2)
        Speed(gear=2)
    """

    model_config = ConfigDict(
        allow_inf_nan=False,
        extra="forbid",
        frozen=True,
        strict=True,
        use_attribute_docstrings=True,
        validate_default=True,
    )

    shorthand: ClassVar[str | None] = None
    listed: ClassVar[Mapping[str, Any]] = {}
    searchable: ClassVar[bool] = False
    not_searchable: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, /, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise recipe_error(type(self), values, error) from None

    # Keeps pydantic validating nested sections by itself, so that it gathers all errors instead of meeting the first.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @classmethod
    def written_out(cls, field: str, value: Any) -> Any:
        """Return the value of a field with a list of keys written out as the mapping that it stands for.

        Raises:
            ValueError: a key stands twice.
        """
        if field not in cls.listed or not isinstance(value, list | tuple):
            return value
        if not all(isinstance(key, str) for key in value):
            return value
        for index, key in enumerate(value):
            if key in value[:index]:
                raise ValueError(f"got {key!r} twice in {field}; name it once")
        return dict.fromkeys(value, cls.listed[field])

    @model_validator(mode="before")
    @classmethod
    def _expand_shorthand(cls, value: Any) -> Any:
        if cls.shorthand and isinstance(value, str):
            return {cls.shorthand: value}
        if isinstance(value, Mapping):
            return {field: cls.written_out(field, inner) for field, inner in value.items()}
        return value
