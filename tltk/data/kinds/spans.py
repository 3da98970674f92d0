"""Labelled parts of a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from numbers import Integral
from typing import Any, ClassVar

import pyarrow as pa

from tltk.data.kinds.kind import LabelKind
from tltk.data.kinds.lists import listed, plain
from tltk.data.kinds.marks import MARKS
from tltk.data.labels import LabelFault, LabelRule
from tltk.recipe.data import DataSection


class SpansKind(LabelKind):
    """Entities by their characters; stored in the order of the text, without white space at their ends.

    The label column holds a list, or one in JSON, of `{"start": 0, "end": 8, "label": "LOC"}` or `[0, 8, "LOC"]`:
    characters from 0, `end` excluded.

    Args:
        rule: how labels are renamed.

    Example:
        >>> SpansKind().clean(["New York wakes"], [[[0, 8, "LOC"]]])
        (('New York wakes',), [(0, 8, 'LOC')])
    """

    name: ClassVar[str] = "spans"
    renames: ClassVar[bool] = True

    def __init__(self, *, rule: LabelRule | None = None) -> None:
        self.rule = rule or LabelRule()

    @classmethod
    def of(cls, section: DataSection) -> SpansKind:
        """Return the kind that a recipe's data section asks for, with its new names."""
        return cls(rule=LabelRule.of(section))

    @property
    def stored(self) -> pa.DataType:
        return MARKS

    def clean(self, texts: Sequence[Any], labels: Sequence[Any]) -> tuple[tuple[str, ...], list[tuple[int, int, str]]]:
        (text,) = self.texts(texts)
        spans = sorted(self._span(entry, text) for entry in listed(labels[0], "entities"))
        for first, second in pairwise(spans):
            if second[0] < first[1]:
                raise LabelFault(
                    f"The entities {list(first)} and {list(second)} overlap; each character can be in one."
                )
        return (text,), spans

    def count(self, column: pa.Array) -> Counter[str]:
        labels = column.flatten().field("label").value_counts().to_pylist()
        return Counter({entry["values"]: entry["counts"] for entry in labels})

    def _span(self, entry: Any, text: str) -> tuple[int, int, str]:
        entry = plain(entry)
        if isinstance(entry, Mapping):
            missing = [key for key in ("start", "end", "label") if key not in entry]
            if missing:
                raise LabelFault(f"The entity {dict(entry)!r:.80} has no {missing[0]!r}.")
            start, end, label = entry["start"], entry["end"], entry["label"]
        elif isinstance(entry, list | tuple) and len(entry) == 3:
            start, end, label = entry
        else:
            raise LabelFault(f"Got {entry!r:.80}; expected an entity as [start, end, label] or with these keys.")
        if not all(isinstance(place, Integral) and not isinstance(place, bool) for place in (start, end)):
            raise LabelFault(f"Got an entity from {start!r} to {end!r}; expected whole numbers of characters.")
        if not 0 <= start < end <= len(text):
            raise LabelFault(f"Got an entity from {start} to {end} in a text of {len(text)} characters.")
        part = text[start:end]
        if not part.strip():
            raise LabelFault(f"The entity from {start} to {end} is white space.")
        start, end = start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())
        return int(start), int(end), self.rule(label)
