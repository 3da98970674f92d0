"""Changes to a recipe by dotted path: `train.epochs=1`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tltk.errors import Problem, RecipeError
from tltk.recipe.fields import fields, section_of, split_path, suggest
from tltk.recipe.parsing import parse_yaml
from tltk.recipe.places import Places
from tltk.recipe.recipe import Recipe
from tltk.recipe.section import Section

Overrides = Mapping[str, Any] | Sequence[str]


def parse_overrides(overrides: Overrides) -> tuple[list[tuple[str, Any]], list[Problem]]:
    """Return overrides as pairs of dotted path and value, and what is wrong with them.

    Args:
        overrides: a mapping by dotted path, or texts of the form `path=value` whose values are YAML.

    Example:
        >>> parse_overrides(["train.learning_rate=5e-5", "data.text=[premise, hypothesis]"])[0]
        [('train.learning_rate', 5e-05), ('data.text', ['premise', 'hypothesis'])]
    """
    if isinstance(overrides, str):
        overrides = [overrides]
    if isinstance(overrides, Mapping):
        return [(str(path), _native(value)) for path, value in overrides.items()], []
    changes: list[tuple[str, Any]] = []
    problems: list[Problem] = []
    for text in overrides or ():
        path, equals, value = str(text).partition("=")
        where = f"override {text}"
        if not equals:
            problems.append(Problem("There is no '='.", where, "Write it as path=value, such as train.epochs=1."))
            continue
        try:
            document = parse_yaml(value, where)
        except RecipeError as error:
            problems.extend(Problem(problem.message, where, problem.hint) for problem in error.problems)
            continue
        problems.extend(Problem(problem.message, where, problem.hint) for problem in document.problems)
        changes.append((path.strip(), document.value))
    return changes, problems


def _native(value: Any) -> Any:
    """Return a NumPy scalar, as tuners hand them out, as the Python number it is."""
    return value.item() if getattr(value, "ndim", None) == 0 and hasattr(value, "item") else value


def apply_overrides(values: dict[str, Any], changes: Sequence[tuple[str, Any]], places: Places) -> list[Problem]:
    """Write changes into a recipe's plain data; return the problems of those that lead nowhere.

    A section is merged key by key; everything else (lists, mappings such as `head.options`) is replaced.
    """
    problems = []
    for path, value in changes:
        parts = split_path(Recipe, path)
        if parts is None:
            problems.append(Problem("There is no such field in a recipe.", f"override {path}", suggest(Recipe, path)))
        else:
            _write(values, parts, value, places)
    return problems


def _write(values: dict[str, Any], parts: tuple[str, ...], value: Any, places: Places) -> None:
    found = fields(Recipe).get(".".join(parts))
    section = section_of(found[1]) if found else None
    if section is not None and isinstance(value, Mapping):
        _parent(values, (*parts, ""))
        for key, inner in value.items():
            _write(values, (*parts, str(key)), inner, places)
        return
    parent = _parent(values, parts)
    if parent is not None:
        parent[parts[-1]] = value
        places.mark_override(parts)


def _parent(values: dict[str, Any], parts: tuple[str, ...]) -> dict[str, Any] | None:
    """Return the mapping that holds the last part, made where it is missing and written out where it is a shorthand.

    None where something else stands in its place: validation will say so.
    """
    here: Any = values
    section: type[Section] | None = Recipe
    for part in parts[:-1]:
        owner = section
        field = section.model_fields.get(part) if section is not None else None
        found = section_of(field) if field is not None else None
        section = found if found is not None and issubclass(found, Section) else None
        try:
            inner = here.get(part) if owner is None else owner.written_out(part, here.get(part))
        except ValueError:
            return None
        if isinstance(inner, Section):
            inner = inner.model_dump()
        elif isinstance(inner, str) and section is not None and section.shorthand:
            inner = {section.shorthand: inner}
        if not isinstance(inner, Mapping | None):
            return None
        here[part] = dict(inner or {})
        here = here[part]
    return here
