"""The recipes of the cookbook, and which of them bring their rows along."""

from __future__ import annotations

from pathlib import Path

from tests.paths import RECIPES, ROOT

COOKBOOK = ROOT / "recipes"


def short_name(path: Path) -> str:
    """Return a recipe's path below recipes/."""
    return path.relative_to(COOKBOOK).as_posix()


def has_sample(path: Path) -> bool:
    """Return whether a recipe's rows are a file beside it; others are fetched."""
    return "  path: data/" in path.read_text(encoding="utf-8")


SAMPLED = [path for path in RECIPES if has_sample(path)]
