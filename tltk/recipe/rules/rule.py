"""What a rule is, and the list of all rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tltk.recipe.document import Path
from tltk.recipe.recipe import Recipe


@dataclass(frozen=True)
class Finding:
    """What a rule found.

    Args:
        path: the field to point at.
        message: what cannot be, one sentence.
        hint: what to do next.
        also: further fields that the finding depends on; where one of them is wrong in itself, nothing is reported.
    """

    path: Path
    message: str
    hint: str | None = None
    also: tuple[Path, ...] = ()


Rule = Callable[[Recipe], Iterator[Finding]]
_rules: list[Rule] = []


def rule(check: Rule) -> Rule:
    """Add a function to the rules that every loaded recipe must keep."""
    _rules.append(check)
    return check


def find(recipe: Recipe) -> list[Finding]:
    """Return what all rules find in a recipe."""
    return [finding for check in _rules for finding in check(recipe)]
