"""Labels that lie on characters of a text: which changes they bear, and where they lie afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pyarrow as pa

from tltk.augmentation.edits import Edit, Span, carry_spans, sparing
from tltk.augmentation.pieces import words
from tltk.data.tag_schemes import OUTSIDE, split_tag

Part = Mapping[str, Any]


class SpanLabels:
    """Moves the labels of a column along with the changes of the last of a row's texts, on which they lie.

    Two forms are known: lists of {start, end, label}, such as entities or the tags of words, and lists of {start,
    text}, such as answers, whose text is taken anew from where it lies. Words tagged "O" may be left out and change
    places; what else is labelled may change inside and stays where it is. Labels of any other form stay as they are.

    Args:
        kind: Arrow type of the label column; None without one.

    Example:
        >>> entity = pa.struct({"start": pa.int64(), "end": pa.int64(), "label": pa.string()})
        >>> labels = SpanLabels(pa.list_(entity))
        >>> value = [{"start": 3, "end": 9, "label": "LOC"}]
        >>> labels.sparing(value, "in London", [Edit(0, 3, ""), Edit(8, 9, "")])
        [Edit(start=0, end=3, text=''), Edit(start=8, end=9, text='')]
        >>> labels.moved(value, [Edit(0, 3, ""), Edit(8, 9, "")], "Londo")
        [{'start': 0, 'end': 5, 'label': 'LOC'}]
    """

    def __init__(self, kind: pa.DataType | None) -> None:
        fields = _fields(kind)
        self._has_ends = {"start", "end"} <= fields
        self._has_texts = not self._has_ends and {"start", "text"} <= fields

    @property
    def any(self) -> bool:
        """Whether labels of this type lie on characters at all."""
        return self._has_ends or self._has_texts

    def sparing(self, value: Any, text: str, edits: Sequence[Edit]) -> list[Edit]:
        """Return the edits that a label bears; none where it does not lie within the text."""
        if not self.any or not value:
            return list(edits)
        if not all(self._fits(part, text) for part in value):
            return []
        kept = sparing(edits, [self._span(part) for part in value if not _is_outside(part)])
        loose = [self._span(part) for part in value if _is_outside(part)]
        kept = [edit for edit in kept if not any(_cuts(edit, span) for span in loose)]
        dividers = self._dividers(value, kept)
        return [edit for edit in kept if not any(self._is_taken(part, [edit]) for part in dividers)]

    def _dividers(self, value: Sequence[Part], edits: Sequence[Edit]) -> list[Part]:
        """Return words that must stay, lest two labelled parts between which all words go are read as one."""
        gone = [_is_outside(part) and self._is_taken(part, edits) for part in value]
        stay = [number for number, is_gone in enumerate(gone) if not is_gone]
        return [
            value[after - 1]
            for before, after in pairwise(stay)
            if after - before > 1 and _goes_on(value[before], value[after])
        ]

    def _is_taken(self, part: Part, edits: Sequence[Edit]) -> bool:
        start, end = self._span(part)
        return any(edit.start <= start < end <= edit.end and not words(edit.text) for edit in edits)

    def moved(self, value: Any, edits: Sequence[Edit], text: str) -> Any:
        """Return the label on the new text.

        Args:
            value: the label on the old text.
            edits: what was changed, all of it borne by the label.
            text: the new text.
        """
        if not self.any or not value:
            return value
        parts = [self._carried(part, edits, text) for part in value if not _within_larger(self._span(part), edits)]
        for edit in edits:
            replaced = [part for part in value if _within_larger(self._span(part), [edit])]
            parts += _marked_anew(replaced, edit, edits)
        return sorted(parts, key=lambda part: part["start"]) if len(parts) > 1 and self._has_ends else parts

    def _span(self, part: Part) -> Span:
        return part["start"], part["end"] if self._has_ends else part["start"] + len(part["text"])

    def _fits(self, part: Part, text: str) -> bool:
        start, end = self._span(part)
        return 0 <= start <= end <= len(text) and (self._has_ends or text[start:end] == part["text"])

    def _carried(self, part: Part, edits: Sequence[Edit], text: str) -> dict[str, Any]:
        carried = carry_spans(edits, [self._span(part)])
        assert carried is not None, "an edit that breaks a label was not spared"
        ((start, end),) = carried
        place = {"start": start, "end": end} if self._has_ends else {"start": start, "text": text[start:end]}
        return {**part, **place}


def _fields(kind: pa.DataType | None) -> set[str]:
    """Return the names of the fields where a type is a list of mappings."""
    if kind is None or not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
        return set()
    part = kind.value_type
    return {part.field(index).name for index in range(part.num_fields)} if pa.types.is_struct(part) else set()


def _is_outside(part: Part) -> bool:
    return part.get("label") == OUTSIDE


def _goes_on(before: Part, after: Part) -> bool:
    """Return whether a tag, standing right behind another, is read as inside of the same entity."""
    if _is_outside(before) or _is_outside(after):
        return False
    (_, type_), (prefix, other) = split_tag(before["label"]), split_tag(after["label"])
    return type_ == other and prefix not in ("B", "S")


def _cuts(edit: Edit, span: Span) -> bool:
    """Return whether an edit takes a part of a span and something beside it."""
    overlaps = edit.start < span[1] and edit.end > span[0]
    holds = edit.start <= span[0] and span[1] <= edit.end
    held = span[0] <= edit.start and edit.end <= span[1]
    return overlaps and not holds and not held


def _within_larger(span: Span, edits: Sequence[Edit]) -> bool:
    """Return whether a span goes under in an edit: in one that takes more than the span, or takes all of it away."""
    return any(
        edit.start <= span[0] < span[1] <= edit.end and (span != (edit.start, edit.end) or not edit.text)
        for edit in edits
    )


def _marked_anew(replaced: Sequence[Part], edit: Edit, edits: Sequence[Edit]) -> list[dict[str, Any]]:
    """Return a part for each word that stands where words of no label were exchanged or left out."""
    if not replaced:
        return []
    first = edit.start + sum(other.growth for other in edits if other.end <= edit.start and other != edit)
    return [{**replaced[0], "start": first + word.start, "end": first + word.end} for word in words(edit.text)]
