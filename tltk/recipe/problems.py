"""Turns pydantic's validation errors into problems that name the place, what came and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from tltk.errors import Problem, RecipeError, near_miss
from tltk.recipe.document import Path, dotted
from tltk.recipe.fields import fields, suggest
from tltk.recipe.other_names import field_called
from tltk.recipe.places import Places
from tltk.recipe.words import expected, flatten, shown

_YAML_1_1_BOOLEANS = ("yes", "no", "on", "off", "true", "false")


def recipe_error(section: type[BaseModel], values: Any, error: ValidationError) -> RecipeError:
    """Return the error for keyword arguments that a section refuses."""
    problems = [problem for _, problem in problems_of(section, values, error, Places())]
    return as_error(problems, f"{section.__name__} does not accept these values")


def as_error(problems: list[Problem], headline: str) -> RecipeError:
    """Return one error for one or many problems."""
    if len(problems) == 1:
        only = problems[0]
        return RecipeError(only.message, where=only.where, hint=only.hint)
    return RecipeError(f"{headline}: {len(problems)} problems.", problems=problems)


def problems_of(
    section: type[BaseModel], values: Any, error: ValidationError, places: Places
) -> list[tuple[Path, Problem]]:
    """Return every problem of a failed validation, with the path it lies at.

    Args:
        section: the section class that was validated.
        values: the plain data that it was validated from.
        error: what pydantic raised.
        places: where the values came from.
    """
    found: dict[Path, Mapping[str, Any]] = {}
    for detail in error.errors(include_url=False):
        found.setdefault(_path_of(detail, values), detail)
    # A union reports each of its branches; the branch that got furthest tells what is wrong.
    paths = [path for path in found if not any(other != path and other[: len(path)] == path for other in found)]
    return [(path, _problem(section, path, found[path], places)) for path in paths]


def _path_of(detail: Mapping[str, Any], values: Any) -> Path:
    """Return where an error lies in the data: pydantic's location without the names of union branches."""
    path: Path = ()
    here = values
    location = detail["loc"]
    for index, part in enumerate(location):
        is_last = index == len(location) - 1
        if isinstance(here, BaseModel) and part in type(here).model_fields:
            here = getattr(here, str(part))
        elif _holds(here, part):
            here = here[part]
        elif not (is_last and detail["type"] in ("missing", "extra_forbidden", "invalid_key")):
            continue
        path += (part,)
    return path


def _holds(value: Any, part: str | int) -> bool:
    if isinstance(value, Mapping):
        return part in value
    return isinstance(value, list | tuple) and isinstance(part, int) and part < len(value)


def _problem(section: type[BaseModel], path: Path, detail: Mapping[str, Any], places: Places) -> Problem:
    kind, value = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        return Problem(f"Unknown key {str(path[-1])!r}.", places.where(path, key=True), _nearest_key(section, path))
    if kind == "invalid_key":
        return Problem(f"Got the key {detail['loc'][-1]}; keys are text.", places.where(path[:-1]))
    if detail["loc"][-1:] == ("[key]",):
        return Problem(f"Got the key {value!r}; keys are text.", places.where(path))
    if kind == "value_error":
        return Problem(_sentence(str(detail["ctx"]["error"])), places.where(path))
    if kind == "recursion_loop":
        return Problem("The value holds itself, without end.", places.where(path), "Give plain data.")
    schema, definitions = _schema_at(section, path)
    allowed = expected(schema, definitions)
    if kind == "missing":
        return Problem(f"Nothing is given; expected {allowed}.", places.where(path))
    return Problem(f"Got {shown(value)}; expected {allowed}.", places.where(path), _hint(schema, value, allowed))


def _nearest_key(section: type[BaseModel], path: Path) -> str:
    """Return a hint that offers the key next to an unknown one that is most like it, or else the nearest field."""
    if field_called(str(path[-1]), fields(section)):
        return suggest(section, dotted(path))
    around, definitions = _schema_at(section, path[:-1])
    siblings = [key for option in flatten(around, definitions) for key in option.get("properties", ())]
    return near_miss(str(path[-1]), siblings) or suggest(section, dotted(path))


def _schema_at(section: type[BaseModel], path: Path) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    whole = _schema_of(section)
    definitions = whole.get("$defs", {})
    here: Mapping[str, Any] = whole
    for part in path:
        here = _step(here, part, definitions)
    return here, definitions


@cache
def _schema_of(section: type[BaseModel]) -> dict[str, Any]:
    return section.model_json_schema()


def _step(schema: Mapping[str, Any], part: str | int, definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    for option in flatten(schema, definitions):
        if isinstance(part, int) and option.get("type") == "array":
            items = option.get("prefixItems")
            return items[min(part, len(items) - 1)] if items else option.get("items", {})
        if part in option.get("properties", {}):
            return option["properties"][part]
        if isinstance(option.get("additionalProperties"), Mapping):
            return option["additionalProperties"]
    return {}


def _hint(schema: Mapping[str, Any], value: Any, allowed: str) -> str | None:
    choices = [choice for option in (schema, *schema.get("anyOf", ())) for choice in option.get("enum", ())]
    if choices and isinstance(value, str):
        return near_miss(value, choices)
    if isinstance(value, str) and "true or false" in allowed and value.lower() in _YAML_1_1_BOOLEANS:
        return "Write true or false, without quotes."
    if isinstance(value, str) and "number" in allowed and _is_number(value):
        return "Remove the quotes."
    if isinstance(value, bool | int | float) and "a text" in allowed:
        return f"Put it in quotes: '{shown(value)}'."
    return None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
