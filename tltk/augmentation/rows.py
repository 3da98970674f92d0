"""Changes the texts of rows, and moves the labels that lie on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tltk.augmentation.edits import apply_edits
from tltk.augmentation.labels import SpanLabels
from tltk.augmentation.method import Augmentation


@dataclass
class ChangedRow:
    """A row after its changes.

    Args:
        texts: its texts.
        label: its label, as the column stores it.
        changed: whether any text is another than before.
    """

    texts: list[str]
    label: Any
    changed: bool


def change_rows(
    texts: Sequence[Sequence[str]],
    labels: Sequence[Any],
    rngs: Sequence[np.random.Generator],
    methods: Sequence[tuple[Augmentation, float]],
    spans: SpanLabels,
) -> list[ChangedRow]:
    """Return rows changed by every method in turn.

    Changes that would break a span of a label are left out, so that each label lies on what it lay on before.

    Args:
        texts: the texts of each row.
        labels: the label of each row.
        rngs: random numbers of each row.
        methods: augmentations and their strengths.
        spans: how labels lie on the last text of a row.
    """
    rows = [ChangedRow(list(row), label, changed=False) for row, label in zip(texts, labels, strict=True)]
    last = len(texts[0]) - 1 if texts else 0
    for place in range(last + 1):
        for method, strength in methods:
            found = method.edits_of([row.texts[place] for row in rows], rngs, strength)
            for row, edits in zip(rows, found, strict=True):
                kept = spans.sparing(row.label, row.texts[place], edits) if place == last else edits
                if kept:
                    row.texts[place] = apply_edits(row.texts[place], kept)
                    row.label = spans.moved(row.label, kept, row.texts[place]) if place == last else row.label
                    row.changed = True
    return rows
