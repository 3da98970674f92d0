"""Rules of the search: its dimensions are recipe fields, and their values are allowed there."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from tltk.errors import near_miss
from tltk.recipe.document import Path
from tltk.recipe.fields import fields, is_mapping, split_path, suggest
from tltk.recipe.places import Places
from tltk.recipe.problems import problems_of
from tltk.recipe.recipe import Recipe
from tltk.recipe.rules.rule import Finding, rule
from tltk.recipe.rules.training import VALIDATION_FIELDS, has_validation_rows, history_name_findings
from tltk.recipe.section import Section
from tltk.recipe.tune import SearchDimension


@cache
def searchable_fields() -> Mapping[str, tuple[type[Section], FieldInfo]]:
    """Return the recipe fields that may be search dimensions, by dotted path.

    Example:
        >>> "train.learning_rate" in searchable_fields(), "train.resume" in searchable_fields()
        (True, False)
    """
    return {
        path: (owner, field)
        for path, (owner, field) in fields(Recipe).items()
        if issubclass(owner, Section) and owner.searchable and path.rpartition(".")[2] not in owner.not_searchable
    }


@rule
def dimensions_are_searchable_fields(recipe: Recipe) -> Iterator[Finding]:
    for name in _parameters(recipe):
        parts = split_path(Recipe, name)
        found = _field(parts) if parts is not None else None
        where = ("tune", "parameters", name)
        if parts is None:
            hint = near_miss(name, searchable_fields()) or suggest(Recipe, name)
            yield Finding(where, "There is no such field in a recipe.", hint)
        elif found is None:
            sections = ", ".join(_searchable_sections())
            yield Finding(where, f"{name} cannot be searched.", f"Search fields of {sections}.")
        elif is_mapping(found[1]) and name in searchable_fields():
            yield Finding(where, f"{name} is a mapping.", f"Name one of its keys, as {name}.KEY.")


@rule
def dimensions_hold_allowed_values(recipe: Recipe) -> Iterator[Finding]:
    for name, dimension in _parameters(recipe).items():
        parts = split_path(Recipe, name)
        found = _field(parts) if parts is not None else None
        if found is None or is_mapping(found[1]):
            continue
        owner, field = found
        where = ("tune", "parameters", name)
        if dimension.choice is None and not _kinds(field) & {int, float}:
            yield Finding(where, f"{name} is no number, so it has no range.", "List its values in `choice`.")
            continue
        for at, value in _values(dimension):
            message = _refusal(owner, name.rpartition(".")[2], value)
            if message is not None:
                yield Finding((*where, *at), message)


@rule
def steps_go_with_ranges(recipe: Recipe) -> Iterator[Finding]:
    for name, dimension in _parameters(recipe).items():
        where = ("tune", "parameters", name, "step")
        if dimension.step is not None and dimension.range is None:
            yield Finding(where, "A step goes with a range.", "Remove the step, or give a range.")
        elif dimension.step is not None and dimension.range is not None:
            lowest, highest = dimension.range
            if dimension.step > highest - lowest:
                yield Finding(where, f"The step {dimension.step} is wider than the range {lowest} to {highest}.")


@rule
def copies_need_a_method(recipe: Recipe) -> Iterator[Finding]:
    names = [name for name in _parameters(recipe) if name.startswith("augment.")]
    if names and recipe.augment is None and not any(name.startswith("augment.methods.") for name in names):
        yield Finding(
            ("tune", "parameters", names[0]),
            "The recipe augments nothing.",
            "Add `augment: {methods: [typos]}`, or search augment.methods.typos too.",
        )


@rule
def choices_are_different(recipe: Recipe) -> Iterator[Finding]:
    for name, dimension in _parameters(recipe).items():
        choices = [repr(value) for value in dimension.choice or ()]
        doubled = next((value for index, value in enumerate(choices) if value in choices[:index]), None)
        if doubled is not None:
            yield Finding(("tune", "parameters", name, "choice"), f"The value {doubled} stands twice.")


@rule
def hyperband_sets_the_epochs(recipe: Recipe) -> Iterator[Finding]:
    if recipe.tune is not None and recipe.tune.tuner == "hyperband" and "train.epochs" in recipe.tune.parameters:
        yield Finding(
            ("tune", "parameters", "train.epochs"),
            "Hyperband decides the epochs of each trial by itself, up to train.epochs.",
            "Remove this dimension, or choose another tuner.",
            also=(("tune", "tuner"),),
        )


@rule
def tokens_per_batch_leaves_no_batch_size(recipe: Recipe) -> Iterator[Finding]:
    if recipe.train.tokens_per_batch is not None and "train.batch_size" in _parameters(recipe):
        yield Finding(
            ("tune", "parameters", "train.batch_size"),
            "The batch size has no effect while train.tokens_per_batch is given.",
            "Search train.tokens_per_batch instead.",
            also=(("train", "tokens_per_batch"),),
        )


@rule
def the_objective_is_there(recipe: Recipe) -> Iterator[Finding]:
    if recipe.tune is None:
        return
    where = ("tune", "objective")
    yield from history_name_findings(where, recipe.tune.objective)
    if recipe.tune.objective.startswith("val_") and not has_validation_rows(recipe):
        yield Finding(
            where,
            f"{recipe.tune.objective!r} needs validation rows, and data.split.validation is null.",
            "Hold out validation rows (data.split.validation: 0.1).",
            also=VALIDATION_FIELDS,
        )


def _parameters(recipe: Recipe) -> Mapping[str, SearchDimension]:
    return recipe.tune.parameters if recipe.tune is not None else {}


def _field(parts: tuple[str, ...]) -> tuple[type[Section], FieldInfo] | None:
    """Return the section class and field that a dimension is about, or None where it may not be searched."""
    searchable = searchable_fields()
    return searchable.get(".".join(parts)) or searchable.get(".".join(parts[:-1]))


def _kinds(field: FieldInfo) -> set[Any]:
    return {field.annotation, *typing.get_args(field.annotation)}


def _values(dimension: SearchDimension) -> Iterator[tuple[Path, Any]]:
    for kind in ("choice", "range", "log_range"):
        for index, value in enumerate(getattr(dimension, kind) or ()):
            yield (kind, index), value


def _refusal(owner: type[Section], field: str, value: Any) -> str | None:
    """Return why a field does not take a value, or None if it does."""
    try:
        owner.model_validate({field: value})
    except ValidationError as error:
        problems = problems_of(owner, {field: value}, error, Places())
        return next((problem.message for path, problem in problems if path[:1] == (field,)), None)
    return None


def _searchable_sections() -> list[str]:
    return sorted({path.partition(".")[0] for path in searchable_fields()})
