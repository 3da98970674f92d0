"""Labels that lie on characters of a text: where they lie, and how they go along with its changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from tltk.augmentation.edits import Span


class SpanLabels:
    """Reads and moves the spans of a label column, which belong to the last of a row's texts.

    Two forms are known: lists of {start, end, label}, such as entities, and lists of {start, text}, such as answers,
    whose text is taken anew from where it lies. Labels of any other form have no spans and stay as they are.

    Args:
        kind: Arrow type of the label column; None without one.

    Example:
        >>> entity = pa.struct({"start": pa.int64(), "end": pa.int64(), "label": pa.string()})
        >>> labels = SpanLabels(pa.list_(entity))
        >>> value = [{"start": 3, "end": 9, "label": "LOC"}]
        >>> labels.spans(value, "in London")
        [(3, 9)]
        >>> labels.moved(value, [(3, 8)], "in Lodon")
        [{'start': 3, 'end': 8, 'label': 'LOC'}]
    """

    def __init__(self, kind: pa.DataType | None) -> None:
        fields = _fields(kind)
        self._has_ends = {"start", "end"} <= fields
        self._has_texts = not self._has_ends and {"start", "text"} <= fields

    @property
    def any(self) -> bool:
        """Whether labels of this type have spans at all."""
        return self._has_ends or self._has_texts

    def spans(self, value: Any, text: str) -> list[Span] | None:
        """Return the characters that each part of a label lies on; None where that cannot be told."""
        if not self.any or not value:
            return []
        found = [
            (part["start"], part["end"] if self._has_ends else part["start"] + len(part["text"])) for part in value
        ]
        fits = all(0 <= start <= end <= len(text) for start, end in found)
        if self._has_texts:
            fits = fits and all(
                text[start:end] == part["text"] for part, (start, end) in zip(value, found, strict=True)
            )
        return found if fits else None

    def moved(self, value: Any, spans: Sequence[Span], text: str) -> Any:
        """Return the label with its parts on other characters of a new text."""
        if not self.any or not value:
            return value
        if self._has_ends:
            return [{**part, "start": start, "end": end} for part, (start, end) in zip(value, spans, strict=True)]
        return [
            {**part, "start": start, "text": text[start:end]} for part, (start, end) in zip(value, spans, strict=True)
        ]


def _fields(kind: pa.DataType | None) -> set[str]:
    """Return the names of the fields where a type is a list of mappings."""
    if kind is None or not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
        return set()
    part = kind.value_type
    return {part.field(index).name for index in range(part.num_fields)} if pa.types.is_struct(part) else set()
