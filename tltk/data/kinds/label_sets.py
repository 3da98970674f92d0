"""Any number of labels of a closed set: none, one or several a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pyarrow as pa

from tltk.data.kinds.kind import LabelKind, label_columns
from tltk.data.kinds.lists import from_json, is_python, plain
from tltk.data.labels import LabelFault, LabelRule, is_missing, spell
from tltk.recipe.data import DataSection

_YES, _NO = ("1", "true"), ("0", "false")


class LabelSetKind(LabelKind):
    """A set of labels; stored as a sorted list of strings.

    One label column by its name holds a list of labels, a JSON list as text, or labels set apart by `separator`; an
    empty text or list is a row without any. Of columns in a list, be it of one, each is a label, and holds 1 or 0 (true
    or false).

    Args:
        columns: names of the columns that are labels themselves; empty where one column holds the sets.
        separator: between labels in a text.
        rule: how labels are spelled and renamed.

    Example:
        >>> kind = LabelSetKind()
        >>> kind.clean(["fine"], ["b|a"])[1], kind.clean(["fine"], [["a"]])[1], kind.clean(["fine"], [""])[1]
        (['a', 'b'], ['a'], [])
        >>> LabelSetKind(("rude", "spam")).clean(["fine"], [0, "1"])[1]
        ['spam']
    """

    name: ClassVar[str] = "label-sets"
    renames: ClassVar[bool] = True
    most: ClassVar[int | None] = None

    def __init__(self, columns: tuple[str, ...] = (), *, separator: str = "|", rule: LabelRule | None = None) -> None:
        self.columns = columns
        self.separator = separator
        self.rule = rule or LabelRule()

    @classmethod
    def of(cls, section: DataSection, *, separator: str = "|") -> LabelSetKind:
        """Return the kind that a recipe's data section asks for, with its new names."""
        columns = () if isinstance(section.label, str) else label_columns(section)
        return cls(columns, separator=separator, rule=LabelRule.of(section))

    @property
    def stored(self) -> pa.DataType:
        return pa.list_(pa.string())

    @property
    def vocabulary(self) -> tuple[str, ...]:
        return tuple(map(self.rule, self.columns))

    def clean(self, texts: Sequence[Any], labels: Sequence[Any]) -> tuple[tuple[str, ...], list[str]]:
        if self.columns:
            found = [self.rule(name) for name, value in zip(self.columns, labels, strict=True) if _is_set(name, value)]
        else:
            found = [self.rule(value) for value in self._listed(labels[0])]
        return self.texts(texts), sorted(set(found))

    def count(self, column: pa.Array) -> Counter[str]:
        return Counter({entry["values"]: entry["counts"] for entry in column.flatten().value_counts().to_pylist()})

    def remarks(self, column: pa.ChunkedArray, counts: Mapping[str, int]) -> list[str]:
        if self.columns:
            return []
        odd = [(mark, name) for name in sorted(counts) for mark in ",;|" if mark in name and mark != self.separator]
        return [
            f"the label {name!r} holds a {mark!r}; labels are set apart by {self.separator!r} (task.options.separator)."
            for mark, name in odd[:1]
        ]

    def config(self) -> dict[str, Any]:
        return {"separator": self.separator}

    def _listed(self, value: Any) -> list[Any]:
        if is_missing(value):
            raise LabelFault("The label is missing.")
        value = plain(value)
        if isinstance(value, list | tuple | set | frozenset):
            return list(value)
        text = value.strip() if isinstance(value, str) else spell(value)
        if text.startswith("["):
            return list(from_json(text, "a JSON list"))
        if text.startswith("{") and is_python(text):
            raise LabelFault(f"Got {text!r:.80}, which Python wrote; write a JSON list, with double quotes.")
        return [part.strip() for part in text.split(self.separator) if part.strip()]


def _is_set(name: str, value: Any) -> bool:
    label = spell(value)
    if label.lower() in _YES:
        return True
    if label.lower() in _NO:
        return False
    raise LabelFault(f"Got {label!r} in label column {name!r}; expected 1 or 0.")
