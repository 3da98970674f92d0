"""One label of a closed set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

import pyarrow as pa

from tltk.data.kinds.kind import LabelKind
from tltk.data.labels import LabelRule
from tltk.recipe.data import DataSection


class ClassKind(LabelKind):
    """A string or number that names the row's only label; stored as a string.

    Args:
        rule: how labels are spelled and renamed.

    Example:
        >>> ClassKind().clean(["fine"], [1.0])
        (('fine',), '1')
    """

    name: ClassVar[str] = "class"
    exclusive: ClassVar[bool] = True
    binarizes: ClassVar[bool] = True
    renames: ClassVar[bool] = True
    columnar: ClassVar[bool] = True

    def __init__(self, rule: LabelRule | None = None) -> None:
        self.rule = rule or LabelRule()

    @classmethod
    def of(cls, section: DataSection) -> ClassKind:
        """Return the kind that a recipe's data section asks for, with its new names and its threshold."""
        return cls(LabelRule.of(section))

    @property
    def stored(self) -> pa.DataType:
        return pa.string()

    def clean(self, texts: Sequence[Any], labels: Sequence[Any]) -> tuple[tuple[str, ...], str]:
        return self.texts(texts), self.rule(labels[0])

    def array(self, columns: Sequence[Any]) -> pa.Array:
        (column,) = columns
        if isinstance(column, pa.Array):
            codes = column.dictionary_encode(null_encoding="encode")
            names = pa.array([self.rule(value) for value in codes.dictionary.to_pylist()], pa.string())
            return names.take(codes.indices)
        return pa.array([self.rule(value) for value in column], pa.string())

    def count(self, column: pa.Array) -> Counter[str]:
        return Counter({entry["values"]: entry["counts"] for entry in column.value_counts().to_pylist()})
