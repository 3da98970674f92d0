"""The recipe's JSON Schema, by which editors complete and check recipe files."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from tltk.recipe.recipe import Recipe

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
    return {"$schema": DIALECT, "$id": IDENTIFIER, **Recipe.model_json_schema(), "title": "tltk recipe"}
