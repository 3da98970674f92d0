"""Changes the texts of rows, and moves the labels that lie on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tltk.augmentation.edits import Span, apply_edits, carry_spans, sparing
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
                old = row.texts[place]
                held: list[Span] | None = spans.spans(row.label, old) if place == last else []
                kept = sparing(edits, held) if held is not None else []
                if not kept:
                    continue
                row.texts[place] = apply_edits(old, kept)
                carried = carry_spans(kept, held or [])
                assert carried is not None
                if place == last:
                    row.label = spans.moved(row.label, carried, row.texts[place])
                row.changed = True
    return rows
