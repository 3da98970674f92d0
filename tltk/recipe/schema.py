"""The recipe's JSON Schema, by which editors complete and check recipe files."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from tltk.recipe.fields import fields, is_mapping, section_of
from tltk.recipe.recipe import Recipe
from tltk.recipe.rules.tuning import searchable_fields
from tltk.recipe.section import Section

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTIFIER = "urn:tltk:schema:recipe"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a recipe: descriptions, defaults, ranges and choices included.

    Example:
        >>> json_schema()["$defs"]["TrainSection"]["properties"]["epochs"]["minimum"]
        1
    """
    return copy.deepcopy(_json_schema())


@cache
def _json_schema() -> dict[str, Any]:
    schema = Recipe.model_json_schema()
    definitions = schema["$defs"]
    _name_search_dimensions(definitions["TuneSection"]["properties"]["parameters"], definitions)
    for section in _sections():
        if section.shorthand:
            definitions[section.__name__] = _with_shorthand(definitions[section.__name__], section.shorthand)
    return {"$schema": DIALECT, "$id": IDENTIFIER, **schema, "title": "tltk recipe"}


def _sections() -> set[type[Section]]:
    found = {section_of(field) for _, field in fields(Recipe).values()}
    return {section for section in found if section is not None and issubclass(section, Section)}


def _with_shorthand(definition: dict[str, Any], field: str) -> dict[str, Any]:
    """Return a section's schema that also takes a bare string for one of its fields."""
    written_out = {key: value for key, value in definition.items() if key not in ("title", "description")}
    bare = {key: value for key, value in definition["properties"][field].items() if key not in ("title", "default")}
    if "anyOf" in bare:
        texts = [option for option in bare.pop("anyOf") if option.get("type") == "string"]
        bare = {**bare, **texts[0]}
    return {
        "title": definition["title"],
        "description": definition["description"],
        "anyOf": [bare, written_out],
    }


def _name_search_dimensions(parameters: dict[str, Any], definitions: dict[str, Any]) -> None:
    """List the recipe paths that may be searched, each with its own description, so that editors complete them."""
    dimension = parameters.pop("additionalProperties")
    plain = {path: field for path, (_, field) in searchable_fields().items() if not is_mapping(field)}
    mappings = [path for path, (_, field) in searchable_fields().items() if is_mapping(field)]
    parameters["properties"] = {path: {**dimension, "description": field.description} for path, field in plain.items()}
    parameters["patternProperties"] = {f"^{path.replace('.', '[.]')}[.].+$": dimension for path in mappings}
    parameters["additionalProperties"] = False
    kinds = [{"required": [kind], "properties": {kind: {"not": {"type": "null"}}}} for kind in _KINDS]
    definitions["SearchDimension"]["oneOf"] = kinds


_KINDS = ("choice", "range", "log_range")
