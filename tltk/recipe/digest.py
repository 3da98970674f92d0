"""One short text that tells whether two recipes ask for the same model."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tltk.recipe.recipe import Recipe

_WITHOUT_EFFECT_ON_THE_MODEL: dict[str, Any] = {
    "name": True,
    "output": True,
    "tune": True,
    "export": True,
    "train": {"resume", "checkpoint_steps"},
}


def fingerprint(recipe: Recipe) -> str:
    """Return the sha256 (hex) of everything in a recipe that decides the trained model.

    Left out are `name`, `output`, `tune`, `export`, `train.resume` and `train.checkpoint_steps`. Paths count as they
    stand; what is in the files has a fingerprint of its own.

    Example:
        >>> fingerprint(Recipe(name="a")) == fingerprint(Recipe(name="b"))
        True
    """
    values = recipe.model_dump(mode="json", exclude=_WITHOUT_EFFECT_ON_THE_MODEL)
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
