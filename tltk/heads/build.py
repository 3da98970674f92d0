"""Builds the head that a recipe asks for."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import keras

from tltk.errors import RecipeError, did_you_mean
from tltk.heads.family import family_arguments, output_arguments
from tltk.heads.head import heads
from tltk.recipe import HeadSection

if TYPE_CHECKING:
    from tltk.backbones import BackboneConfig, Family

# Decided by the recipe's own fields or the checkpoint, never by `head.options`. `units` are by a task that knows them.
_GIVEN = ("pooling", "dropout", "family_pooler", "family_dense", "name", "dtype")


def build_head(
    section: HeadSection,
    *,
    units: int | None,
    family: Family | None = None,
    config: BackboneConfig | None = None,
    default: str = "linear",
    default_pooling: str = "family",
) -> keras.layers.Layer:
    """Return the head that `section` names, unbuilt, under the global precision policy.

    Args:
        section: name, pooling, dropout and the head's own options.
        units: how many outputs the task wants; None leaves it to the head.
        family: the backbone's family, for `pooling: family`; None pools by the first position.
        config: the backbone's configuration, for widths, the dropout rate and the initialisers.
        default: the task's head, taken when the section names none.
        default_pooling: the task's pooling, likewise.

    Raises:
        RecipeError: no such head, an option it does not take, or a value it refuses.

    Example:
        >>> build_head(HeadSection(pooling="mean", dropout=0.2), units=3).get_config()["dropout"]
        0.2
    """
    _check(section, units=units, default=default)
    name = section.name or default
    head_class = heads.get(name)
    accepted = _constructor_arguments(head_class)
    given = {
        **family_arguments(family, config),
        **output_arguments(head_class, family, config),
        "name": "head",
        **({} if units is None else {"units": units}),
        "pooling": section.pooling or default_pooling,
        **({} if section.dropout is None else {"dropout": section.dropout}),
    }
    arguments = {key: value for key, value in given.items() if key in accepted}
    try:
        return head_class(**{**arguments, **section.options})
    except (TypeError, ValueError) as error:
        raise RecipeError(
            f"Head {name!r} refuses its settings: {str(error).rstrip('.')}.",
            where="head.options",
            hint="docs/reference/heads.md says what it takes.",
        ) from error


def _check(section: HeadSection, *, units: int | None, default: str) -> None:
    """Refuse a section for what it names: no such head, a field or option it does not take, outputs nobody counts."""
    name = section.name or default
    head_class = heads.get(name, where="head.name")
    accepted = _constructor_arguments(head_class)
    _check_options(section.options, name, accepted, decided={*_GIVEN, *([] if units is None else ["units"])})
    _check_fields(section, name, accepted)
    if units is None and _needs_units(head_class) and "units" not in section.options:
        raise RecipeError(
            f"Head {name!r} must be told how many outputs to give, which the task leaves to the head.",
            where="head.name",
            hint=f"Write head.options.units, or remove head.name to have the task's own head {default!r}.",
        )


def _constructor_arguments(head_class: type) -> set[str]:
    """Return the names that the constructor takes, and those of its bases as far as it hands `**kwargs` on."""
    names: set[str] = set()
    for base in head_class.__mro__:
        if base is keras.layers.Layer:
            names.add("name")
            break
        if "__init__" not in vars(base):
            continue
        parameters = list(inspect.signature(vars(base)["__init__"]).parameters.values())[1:]
        names |= {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return names


def _needs_units(head_class: type) -> bool:
    """Return whether the constructor that counts has an argument `units` without a default."""
    parameter = inspect.signature(head_class).parameters.get("units")
    return parameter is not None and parameter.default is parameter.empty


def _check_options(options: Mapping[str, Any], name: str, accepted: set[str], decided: set[str]) -> None:
    allowed = accepted - decided
    for option in options:
        if option in allowed:
            continue
        where = f"head.options.{option}"
        if option in ("pooling", "dropout"):
            raise RecipeError(f"Got {option} among the options.", where=where, hint=f"Write it as head.{option}.")
        if option in decided:
            raise RecipeError(f"Got {option}, which tltk decides.", where=where, hint="Remove it.")
        hint = did_you_mean(option, allowed) if allowed else f"Head {name!r} has no options."
        raise RecipeError(f"Head {name!r} has no option {option!r}.", where=where, hint=hint)


def _check_fields(section: HeadSection, name: str, accepted: set[str]) -> None:
    asked = {"pooling": section.pooling is not None, "dropout": section.dropout is not None}
    for field, is_asked in asked.items():
        if is_asked and field not in accepted:
            raise RecipeError(
                f"Head {name!r} has no {field}.", where=f"head.{field}", hint="Remove it, or choose another head."
            )
