"""Which training rows are made again, their texts a little changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, WithJsonSchema

from tltk.recipe.section import Section

Strength = Annotated[float, Field(gt=0, le=1)]
Methods = Annotated[
    dict[str, Strength],
    Field(min_length=1),
    WithJsonSchema(
        {
            "anyOf": [
                {
                    "type": "object",
                    "additionalProperties": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                    "minProperties": 1,
                },
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
            ]
        }
    ),
]


class AugmentSection(Section):
    """Changed copies of training rows, made once before training; validation and test rows are never touched.

    Example:
        >>> AugmentSection(methods=["deletion", "typos"]).methods
        {'deletion': 0.1, 'typos': 0.1}
    """

    searchable: ClassVar[bool] = True
    not_searchable: ClassVar[frozenset[str]] = frozenset({"seed"})
    listed: ClassVar[Mapping[str, Any]] = {"methods": 0.1}

    methods: Methods
    """Registered augmentations, all of which change each copy, with the share of a text's words that each changes:
    {deletion: 0.1, typos: 0.05}; a list gives each the share 0.1. Built in: casing, deletion, swap, synonyms (which
    needs a checkpoint with the head of its masked language model), typos."""

    copies: int = Field(default=1, ge=1)
    """Changed copies of each row, each with random numbers of its own."""

    share: float = Field(default=1.0, gt=0, le=1)
    """Share of the training rows that are copied, drawn at random."""

    seed: int | None = Field(default=None, ge=0)
    """Seed of the changes; the recipe's `seed` when not given."""
