"""Numbers to be learned, one or several a row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import pyarrow as pa

from tltk.data.kinds.kind import LabelKind
from tltk.data.kinds.lists import plain
from tltk.data.labels import LabelFault, spell


class NumbersKind(LabelKind):
    """Finite numbers: one from each label column, or a list of them in a single one; stored as a list of float64.

    Example:
        >>> NumbersKind().clean(["fine"], ["3.5", 2])
        (('fine',), [3.5, 2.0])
    """

    name: ClassVar[str] = "numbers"
    most: ClassVar[int | None] = None

    @property
    def stored(self) -> pa.DataType:
        return pa.list_(pa.float64())

    def clean(self, texts: Sequence[Any], labels: Sequence[Any]) -> tuple[tuple[str, ...], list[float]]:
        values = labels
        if len(labels) == 1 and isinstance(plain(labels[0]), list | tuple):
            values = plain(labels[0])
            if not values:
                raise LabelFault("The label is an empty list.")
        return self.texts(texts), [_number(value) for value in values]


def _number(value: Any) -> float:
    label = spell(value)
    number, pointed = _or_nan(label), label.replace(",", ".")
    if "," in label and math.isfinite(_or_nan(pointed)):
        raise LabelFault(f"Got label {label!r}, with a comma; expected a number with a point ({pointed}).")
    if not math.isfinite(number):
        raise LabelFault(f"Got label {label!r}; expected a number, as this task's labels are.")
    return number


def _or_nan(label: str) -> float:
    try:
        return float(label)
    except ValueError:
        return math.nan
