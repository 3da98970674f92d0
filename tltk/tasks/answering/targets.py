"""What windows are trained on: the tokens of their question's first answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tltk.tasks.answering.spans import NOWHERE, token_spans, trimmed

if TYPE_CHECKING:
    from tltk.data import Encoded, Rows


def answer_positions(rows: Rows, encoded: Encoded) -> np.ndarray:
    """Return the first and last token of the first answer in each window, int32 [windows, 2]; see `token_spans`."""
    positions = np.full((len(encoded), 2), NOWHERE, np.int32)
    bounds = np.searchsorted(encoded.rows, np.arange(len(rows) + 1)).tolist()
    for example, (answers, (_, context)) in enumerate(zip(rows.labels(), rows.texts(), strict=True)):
        if answers:
            first, after = bounds[example], bounds[example + 1]
            start, end = answers[0]["start"], answers[0]["start"] + len(answers[0]["text"])
            positions[first:after] = token_spans(encoded, range(first, after), *trimmed(context, start, end))
    return positions


def told_of_answers(encoded: Encoded, *, max_tokens: int) -> list[str]:
    """Return how many questions teach nothing, and how many answers are too long to be found, a sentence each.

    Args:
        encoded: training windows with their targets.
        max_tokens: tokens of the longest answer that can be predicted.
    """
    firsts, lasts = encoded.targets["labels"].T
    tokens = lasts - firsts + 1
    lost, long = (len(np.unique(encoded.rows[windows])) for windows in (firsts < 0, tokens > max_tokens))
    told = []
    if lost:
        told.append(
            f"train: of {lost:,} of {encoded.example_count:,} questions no window holds the whole answer, so that "
            "nothing is learned from them; raise task.options.stride or backbone.max_length."
        )
    if long:
        told.append(
            f"train: {long:,} of {encoded.example_count:,} questions have an answer of more than {max_tokens} tokens, "
            "which can never be predicted whole; raise task.options.max_answer_tokens (the longest has "
            f"{tokens.max():,})."
        )
    return told
