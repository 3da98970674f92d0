"""Finds sections and fields by dotted path."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tltk.errors import did_you_mean
from tltk.recipe.other_names import field_called


def section_of(field: FieldInfo) -> type[BaseModel] | None:
    """Return the section class that a field holds (alone or as an alternative to null), or None."""
    options = (option for option in _options(field) if isinstance(option, type) and not typing.get_args(option))
    return next((option for option in options if issubclass(option, BaseModel)), None)


def is_mapping(field: FieldInfo) -> bool:
    """Return whether a field holds a mapping with keys of the user's own, such as `head.options`."""
    return any(typing.get_origin(option) is dict for option in _options(field))


def _options(field: FieldInfo) -> tuple[Any, ...]:
    is_union = typing.get_origin(field.annotation) in (types.UnionType, typing.Union)
    return typing.get_args(field.annotation) if is_union else (field.annotation,)


def walk(section: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, type[BaseModel], FieldInfo]]:
    """Yield dotted path, section class and field of every field below `section`, sections themselves included.

    Example:
        >>> from tltk.recipe import TuneSection
        >>> [path for path, _, _ in walk(TuneSection)]
        ['tuner', 'trials', 'objective', 'direction', 'parameters']
    """
    for name, field in section.model_fields.items():
        path = f"{prefix}{name}"
        yield path, section, field
        inner = section_of(field)
        if inner is not None:
            yield from walk(inner, f"{path}.")


@cache
def fields(section: type[BaseModel]) -> Mapping[str, tuple[type[BaseModel], FieldInfo]]:
    """Return every field below `section` by its dotted path."""
    return types.MappingProxyType({path: (owner, field) for path, owner, field in walk(section)})


def split_path(section: type[BaseModel], path: str) -> tuple[str, ...] | None:
    """Return the parts of a dotted path below `section`, or None where it leads nowhere.

    What follows a mapping with keys of the user's own is one key, dots and all.

    Example:
        >>> from tltk.recipe import Recipe
        >>> split_path(Recipe, "tune.parameters.train.epochs")
        ('tune', 'parameters', 'train.epochs')
        >>> split_path(Recipe, "train.epoch") is None
        True
    """
    parts: tuple[str, ...] = ()
    here: type[BaseModel] | None = section
    rest = path
    while here is not None:
        name, _, rest = rest.partition(".")
        field = here.model_fields.get(name)
        if field is None:
            return None
        parts += (name,)
        if not rest:
            return None if path.endswith(".") else parts
        if is_mapping(field):
            return (*parts, rest)
        here = section_of(field)
    return None


def suggest(section: type[BaseModel], path: str) -> str:
    """Return a hint that offers the field meant by an unknown dotted path: by its name elsewhere, by place, by last
    name, or by spelling.

    Example:
        >>> from tltk.recipe import Recipe
        >>> suggest(Recipe, "epochs")
        "Did you mean 'train.epochs'?"
    """
    parent, _, leaf = path.rpartition(".")
    known = fields(section)
    if elsewhere := field_called(leaf, known):
        return f"Did you mean {elsewhere!r}?"
    siblings = [name.rpartition(".")[2] for name in known if name.rpartition(".")[0] == parent]
    close = difflib.get_close_matches(leaf, siblings, n=1)
    namesakes = [name for name in known if name.rpartition(".")[2] == leaf]
    if close:
        return did_you_mean(f"{parent}.{close[0]}".lstrip("."), known)
    if len(namesakes) > 1:
        return f"Did you mean one of {', '.join(map(repr, namesakes))}?"
    if namesakes or not siblings:
        return did_you_mean(path if not namesakes else namesakes[0], known)
    return did_you_mean(leaf, siblings)
