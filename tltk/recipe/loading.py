"""Loads recipes from files, text, mappings and objects, with overrides; reports all problems at once."""

from __future__ import annotations

import difflib
import itertools
import os
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from tltk.errors import Problem, RecipeError, did_you_mean
from tltk.recipe.document import Document, Path
from tltk.recipe.overrides import Overrides, apply_overrides, parse_overrides
from tltk.recipe.parsing import MAX_BYTES, parse_yaml
from tltk.recipe.paths import absolute_paths
from tltk.recipe.places import Places
from tltk.recipe.problems import as_error, problems_of
from tltk.recipe.recipe import Recipe
from tltk.recipe.rules import find
from tltk.recipe.section import Section

_TEXT = "<text>"


def load_recipe(source: str | os.PathLike[str] | Mapping[str, Any] | Recipe, overrides: Overrides = ()) -> Recipe:
    """Return the checked recipe that a file, a mapping or a Recipe gives, with overrides.

    Args:
        source: path of a YAML 1.2 (or JSON) file in UTF-8, of 1 MiB at most; a mapping; or a Recipe. A string of
            several lines is taken as the YAML text itself.
        overrides: values by dotted path, `{"train.epochs": 1}`, or texts whose values are YAML, `["train.epochs=1"]`.
            Later ones win. A section given as a mapping is merged key by key, everything else is replaced.

    Relative paths are relative to the recipe file's folder; those of mappings and overrides to the current folder. They
    come out absolute.

    Raises:
        RecipeError: the file cannot be read, or the recipe asks for what is not allowed. It names all problems at once
            (`.problems`), each with file, line and column, what came and what is allowed.

    Example:
        >>> load_recipe({"backbone": "all-MiniLM-L6-v2"}, ["train.learning_rate=3e-5"]).train.learning_rate
        3e-05
    """
    document, values, base = _read(source)
    places = Places(document)
    problems = list(document.problems) if document is not None else []
    changes, wrong_overrides = parse_overrides(overrides)
    problems += wrong_overrides
    problems += apply_overrides(values, changes, places)

    recipe, wrong_values = _checked(values, places)
    problems += wrong_values
    if problems or recipe is None:
        raise as_error(problems, f"{document.file if document else 'The recipe'} cannot be used")
    return absolute_paths(recipe, lambda path: FilePath.cwd() if places.is_override(path) else base)


def override(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """Return a recipe with other values at the given dotted paths.

    Raises:
        RecipeError: a path leads nowhere, or a value or combination is not allowed; all problems at once.

    Example:
        >>> override(Recipe(), {"train.epochs": 1}).train.epochs
        1
    """
    return load_recipe(recipe, changes)


def validate(recipe: Recipe) -> None:
    """Check a recipe's combinations of fields; `load_recipe` and `override` do so by themselves.

    Raises:
        RecipeError: fields that cannot stand together; all problems at once.
    """
    problems = [Problem(finding.message, Places().where(finding.path), finding.hint) for finding in find(recipe)]
    if problems:
        raise as_error(problems, "The recipe cannot be used")


def _read(source: Any) -> tuple[Document | None, dict[str, Any], FilePath]:
    """Return the document (of a file or text), the plain data, and the folder that paths are relative to."""
    if isinstance(source, Section):
        if not isinstance(source, Recipe):
            raise RecipeError(f"Got a {type(source).__name__}; a recipe is wanted.", hint="Pass Recipe(...) around it.")
        return None, source.model_dump(), FilePath.cwd()
    if isinstance(source, Mapping):
        return None, dict(source), FilePath.cwd()
    if isinstance(source, str) and "\n" in source:
        document, base = parse_yaml(source, _TEXT), FilePath.cwd()
    elif isinstance(source, str | os.PathLike):
        file = FilePath(source)
        document, base = parse_yaml(read_text(file), str(file)), file.parent
    else:
        raise RecipeError(
            f"Got a {type(source).__name__} as recipe.", hint="Pass the path of a YAML file, a mapping or a Recipe."
        )
    if not isinstance(document.value, dict):
        what = "nothing" if document.value is None else f"a {type(document.value).__name__}"
        raise RecipeError(
            f"Got {what}; a recipe is a mapping.", where=document.file, hint="Begin with a key, such as `data:`."
        )
    return document, document.value, base


def read_text(file: FilePath) -> str:
    """Return the text of a recipe file.

    Raises:
        RecipeError: the file is missing, a folder, unreadable, too large or not UTF-8.
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        neighbours = [path.name for suffix in ("*.yaml", "*.yml", "*.json") for path in file.parent.glob(suffix)]
        hint = did_you_mean(file.name, neighbours) if neighbours else "Check the path and the current folder."
        raise RecipeError("There is no such file.", where=str(file), hint=hint) from None
    except OSError as error:
        raise RecipeError(
            f"The file cannot be read: {error.strerror or error}.",
            where=str(file),
            hint="Check that it is a file and that you may read it.",
        ) from None
    except ValueError as error:
        raise RecipeError(f"Got {str(file)!r}, which cannot be a path: {error}.", hint="Name a file.") from None
    if len(content) > MAX_BYTES:
        raise RecipeError(
            f"The file is larger than {MAX_BYTES:,} bytes, too large for a recipe.",
            where=str(file),
            hint="Name a recipe; data stand in files of their own.",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RecipeError(
            f"Got the byte 0x{content[error.start]:02x}, which is not UTF-8.",
            where=f"{file}:{line}",
            hint="Save the file as UTF-8.",
        ) from None


def _checked(values: dict[str, Any], places: Places) -> tuple[Recipe | None, list[Problem]]:
    """Return the recipe, or what is wrong with the data; rules are tried on what is right in it."""
    try:
        recipe, wrong = Recipe.model_validate(values), []
    except ValidationError as error:
        wrong = problems_of(Recipe, values, error, places)
        recipe = None
    sound = recipe if recipe is not None else _without(values, [path for path, _ in wrong])
    problems = list(wrong)
    for finding in find(sound) if sound is not None else ():
        if not any(_touches(path, at) for path in (finding.path, *finding.also) for at, _ in wrong):
            problems.append((finding.path, Problem(finding.message, places.where(finding.path), finding.hint)))
    problems.sort(key=lambda found: places.order(found[0]))
    return recipe, [problem for _, problem in problems]


def _without(values: dict[str, Any], paths: list[Path]) -> Recipe | None:
    """Return the recipe that remains when what is wrong is left out, or None where none remains."""
    for _ in range(4):
        values = _drop(values, (), {_whole(path) for path in paths})
        try:
            return Recipe.model_validate(values)
        except ValidationError as error:
            # What lacks a needed part now goes as a whole.
            paths = [path[:-1] for path, _ in problems_of(Recipe, values, error, Places())]
    return None


def _whole(path: Path) -> Path:
    """Return the path of the list that a path leads into, or the path itself where it leads into none."""
    return tuple(itertools.takewhile(lambda part: not isinstance(part, int), path))


def _drop(value: Any, path: Path, dropped: set[Path]) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {key: _drop(inner, (*path, key), dropped) for key, inner in value.items() if (*path, key) not in dropped}


def _touches(path: Path, wrong: Path) -> bool:
    """Return whether a wrong value is (part of) the value at a path, or a wrong key may be meant for it."""
    length = min(len(path), len(wrong))
    if path[:length] == wrong[:length]:
        return True
    is_sibling = path[:-1] == wrong[:-1]
    return is_sibling and bool(difflib.get_close_matches(str(wrong[-1]), [str(path[-1])], cutoff=0.6))
