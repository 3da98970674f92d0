"""Turns pydantic's validation errors into problems that name the place, what came and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from tltk.errors import Problem, RecipeError, did_you_mean
from tltk.recipe.document import Path, dotted
from tltk.recipe.fields import section_of, suggest
from tltk.recipe.places import Places
from tltk.recipe.section import Section
from tltk.recipe.words import expected, shown

_YAML_1_1_BOOLEANS = ("yes", "no", "on", "off", "true", "false")


def recipe_error(section: type[Section], values: Any, error: ValidationError) -> RecipeError:
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
    section: type[Section], values: Any, error: ValidationError, places: Places
) -> list[tuple[Path, Problem]]:
    """Return every problem of a failed validation, with the path it lies at.

    Args:
        section: the section class that was validated.
        values: the plain data that it was validated from.
        error: what pydantic raised.
        places: where the values came from.
    """
    found: dict[Path, dict[str, Any]] = {}
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
        if isinstance(here, Section) and part in type(here).model_fields:
            here = getattr(here, str(part))
        elif _holds(here, part):
            here = here[part]
        elif not (is_last and detail["type"] in ("missing", "extra_forbidden")):
            continue
        path += (part,)
    return path


def _holds(value: Any, part: str | int) -> bool:
    if isinstance(value, Mapping):
        return part in value
    return isinstance(value, list | tuple) and isinstance(part, int) and part < len(value)


def _problem(section: type[Section], path: Path, detail: Mapping[str, Any], places: Places) -> Problem:
    kind, value = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        owner, prefix = _owner(section, path)
        hint = suggest(section, dotted(path)) if not prefix else _nearest_key(section, owner, path)
        return Problem(f"Unknown key {str(path[-1])!r}.", places.where(path, key=True), hint)
    if kind == "value_error":
        return Problem(_sentence(str(detail["ctx"]["error"])), places.where(path))
    if kind == "recursion_loop":
        return Problem("The value holds itself, without end.", places.where(path), "Give plain data.")
    schema, definitions = _schema_at(section, path)
    allowed = expected(schema, definitions)
    if kind == "missing":
        return Problem(f"Nothing is given; expected {allowed}.", places.where(path))
    return Problem(f"Got {shown(value)}; expected {allowed}.", places.where(path), _hint(schema, value, allowed))


def _nearest_key(section: type[Section], owner: type[Section] | None, path: Path) -> str:
    if owner is None:
        return suggest(section, dotted(path))
    close = did_you_mean(str(path[-1]), owner.model_fields)
    return close if close.startswith("Did you mean") else suggest(section, dotted(path))


def _owner(section: type[Section], path: Path) -> tuple[type[Section] | None, Path]:
    """Return the section class that holds the last key of a path, and the path to it."""
    owner: type[Section] | None = section
    for part in path[:-1]:
        field = owner.model_fields.get(str(part)) if owner is not None else None
        owner = section_of(field) if field is not None else None
    return owner, path[:-1]


def _schema_at(section: type[Section], path: Path) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    whole = section.model_json_schema()
    definitions = whole.get("$defs", {})
    here: Mapping[str, Any] = whole
    for part in path:
        here = _step(here, part, definitions)
    return here, definitions


def _step(schema: Mapping[str, Any], part: str | int, definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    options = [schema]
    while options:
        option = options.pop(0)
        if "$ref" in option:
            options.append(definitions[option["$ref"].rpartition("/")[2]])
        options.extend(option.get("anyOf", ()))
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
        close = did_you_mean(value, choices)
        return close if close.startswith("Did you mean") else None
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
