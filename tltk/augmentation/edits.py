"""What was changed in a text, and where its spans lie afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

Span: TypeAlias = tuple[int, int]
"""First character and the one after the last."""


class Edit(NamedTuple):
    """One change of a text: the characters from `start` to `end` give way to `text`.

    Args:
        start: first character of the old text that goes.
        end: the one after the last; equal to `start` where something is put in.
        text: what stands there afterwards; empty where something is taken out.
    """

    start: int
    end: int
    text: str

    @property
    def growth(self) -> int:
        """By how many characters the text becomes longer (negative: shorter)."""
        return len(self.text) - (self.end - self.start)


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """Return the text after all edits.

    Args:
        text: the old text.
        edits: in order and apart from each other, in characters of the old text.

    Raises:
        ValueError: the edits overlap, are out of order, or lie outside of the text.

    Example:
        >>> apply_edits("a good film", [Edit(2, 6, "great"), Edit(11, 11, "!")])
        'a great film!'
    """
    pieces, reached = [], 0
    for edit in edits:
        if not reached <= edit.start <= edit.end <= len(text):
            raise ValueError(f"Got {edit} after character {reached} of a text of {len(text)} characters.")
        pieces += [text[reached : edit.start], edit.text]
        reached = edit.end
    return "".join([*pieces, text[reached:]])


def carry_spans(edits: Sequence[Edit], spans: Iterable[Span]) -> list[Span] | None:
    """Return where spans of the old text lie in the new one, or None where an edit breaks one of them.

    A change inside a span goes with it; what is put in at its very edge stays outside. A span is broken by an edit
    that reaches across one of its ends, and by edits that leave nothing of it.

    Args:
        edits: in order and apart from each other.
        spans: in characters of the old text, in any order.

    Example:
        >>> carry_spans([Edit(2, 6, "great")], [(0, 1), (2, 6), (7, 11)])
        [(0, 1), (2, 7), (8, 12)]
        >>> carry_spans([Edit(2, 7, "")], [(2, 6)]) is None
        True
    """
    carried = []
    for span in spans:
        found = _carried(edits, span)
        if found is None:
            return None
        carried.append(found)
    return carried


def sparing(edits: Sequence[Edit], spans: Sequence[Span]) -> list[Edit]:
    """Return the edits without those that would break a span, so that `carry_spans` can carry all of them.

    Example:
        >>> sparing([Edit(0, 2, ""), Edit(4, 5, "X")], [(1, 3)])
        [Edit(start=4, end=5, text='X')]
    """
    kept = [edit for edit in edits if not any(_crosses(edit, span) for span in spans)]
    for start, end in spans:
        if start < end and _carried(kept, (start, end)) is None:  # together they would leave nothing of it
            kept = [edit for edit in kept if edit.end <= start or edit.start >= end]
    return kept


def _carried(edits: Sequence[Edit], span: Span) -> Span | None:
    start, end = span
    if any(_crosses(edit, span) for edit in edits):
        return None
    first = start + sum(edit.growth for edit in edits if edit.end <= start)
    if start == end:
        return first, first
    last = end + sum(edit.growth for edit in edits if edit.start < end)
    return (first, last) if first < last else None


def _crosses(edit: Edit, span: Span) -> bool:
    return any(edit.start < edge < edit.end for edge in span)
