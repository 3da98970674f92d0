"""How alike the texts of a pair are, as one number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from tltk.data.kinds.numbers import NumbersKind
from tltk.data.labels import LabelRule
from tltk.recipe.data import DataSection

_TRUTHS = {"true": "1", "false": "0"}


class ScoreKind(NumbersKind):
    """One finite number a row; classes count where `data.label_names` names a number for each, true and false always.

    Args:
        rule: how labels are spelled and renamed.

    Example:
        >>> kind = ScoreKind(LabelRule(names={"equivalent": "1", "not_equivalent": "0"}))
        >>> [kind.clean(["a", "b"], [label])[1] for label in ("equivalent", True, 3.5)]
        [[1.0], [1.0], [3.5]]
    """

    name: ClassVar[str] = "score"
    most: ClassVar[int | None] = 1
    binarizes: ClassVar[bool] = True
    renames: ClassVar[bool] = True

    def __init__(self, rule: LabelRule | None = None) -> None:
        self.rule = rule or LabelRule()

    @classmethod
    def of(cls, section: DataSection) -> ScoreKind:
        """Return the kind that a recipe's data section asks for, with its new names."""
        return cls(LabelRule.of(section))

    def clean(self, texts: Sequence[Any], labels: Sequence[Any]) -> tuple[tuple[str, ...], list[float]]:
        label = self.rule(labels[0])
        return super().clean(texts, [_TRUTHS.get(label, label)])
