"""From characters to tokens and back: where an answer lies in a window, and which spans of a window score best."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tltk.data import Encoded

CONTEXT = 1
"""The number of the context among an example's texts."""

NOWHERE = (0, 0)
"""Where a window without the whole answer points: its first token, [CLS] in the families of BERT."""

_BLOCK_TOKENS = 1 << 18


class Spans(NamedTuple):
    """Candidate spans of all windows, those of an example together, the best first.

    Args:
        examples: number of the example, ascending.
        scores: start logit plus end logit, float64.
        starts: first character in the context.
        ends: the character after the last.
    """

    examples: np.ndarray
    scores: np.ndarray
    starts: np.ndarray
    ends: np.ndarray


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch of a text without the white space at its ends.

    Example:
        >>> trimmed("a big  cat", 1, 6)
        (2, 5)
    """
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, max(start, end - (len(piece) - len(piece.rstrip())))


def token_span(encoded: Encoded, row: int, start: int, end: int) -> tuple[int, int]:
    """Return the first and last token of a stretch of the context in one window; `NOWHERE` if it is not wholly there.

    Args:
        encoded: rows with their places.
        row: the window.
        start: first character.
        end: the character after the last.
    """
    places = np.flatnonzero(encoded.place("texts", row) == CONTEXT)
    if not len(places):
        return NOWHERE
    starts = encoded.place("starts", row)[places].astype(np.int64)
    ends = encoded.place("ends", row)[places].astype(np.int64)
    if starts.min() > start or ends.max() < end:
        return NOWHERE
    touched = places[(starts < end) & (ends > start)]
    return (int(touched[0]), int(touched[-1])) if len(touched) else NOWHERE


def best_spans(encoded: Encoded, outputs: np.ndarray, *, n_best: int, max_tokens: int) -> Spans:
    """Return the candidate spans of every window: of the best starts and the best ends all that make a span.

    A span lies in the context, ends where it starts or later, and has `max_tokens` tokens at the most. Of each window
    the `n_best` starts and ends of the greatest logits are paired, as the scripts for SQuAD do.

    Args:
        encoded: the windows, with their places.
        outputs: float32 [tokens, 2], start and end logits of all windows end to end.
        n_best: how many starts and ends of a window.
        max_tokens: tokens of the longest span.
    """
    offsets = encoded.offsets
    parts = [
        _block_spans(encoded, rows, outputs, offsets, n_best, max_tokens)
        for rows in _blocks(np.asarray(encoded.lengths))
    ]
    if not parts:
        nothing = np.zeros(0, np.int64)
        return Spans(nothing, np.zeros(0), nothing, nothing)
    windows, scores, starts, ends = (np.concatenate(column) for column in zip(*parts, strict=True))
    examples = np.asarray(encoded.rows)[windows].astype(np.int64)
    order = np.lexsort((ends, starts, -scores, examples))
    return Spans(examples[order], scores[order], starts[order], ends[order])


def _blocks(lengths: np.ndarray) -> list[np.ndarray]:
    """Return row numbers in blocks of bounded padded size."""
    if not len(lengths):
        return []
    rows = max(1, _BLOCK_TOKENS // int(lengths.max()))
    return [np.arange(first, min(first + rows, len(lengths))) for first in range(0, len(lengths), rows)]


def _block_spans(
    encoded: Encoded, rows: np.ndarray, outputs: np.ndarray, offsets: np.ndarray, n_best: int, max_tokens: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return window, score, first character and end of each candidate of some windows."""
    length = int(encoded.lengths[rows].max())
    filled = np.arange(length) < encoded.lengths[rows][:, None]
    logits = np.full((len(rows), length, 2), -np.inf)
    logits[filled] = outputs[offsets[rows[0]] : offsets[rows[-1] + 1]]
    places = {name: np.zeros((len(rows), length), np.int64) for name in ("texts", "starts", "ends")}
    for name, gathered in places.items():
        gathered[filled] = np.concatenate([encoded.place(name, int(row)) for row in rows])
    # A token without characters can neither begin nor end an answer.
    allowed = filled & (places["texts"] == CONTEXT) & (places["ends"] > places["starts"])
    logits[~allowed] = -np.inf
    count = min(n_best, length)
    first, last = (np.argpartition(-logits[..., side], count - 1, axis=1)[:, :count] for side in (0, 1))
    window = np.arange(len(rows))[:, None, None]
    first, last = first[:, :, None], last[:, None, :]
    scores = logits[window, first, 0] + logits[window, last, 1]
    kept = np.isfinite(scores) & (last >= first) & (last - first < max_tokens)
    where, i, j = np.nonzero(kept)
    first, last = first[where, i, 0], last[where, 0, j]
    return rows[where], scores[kept], places["starts"][where, first], places["ends"][where, last]


def no_answer_scores(encoded: Encoded, outputs: np.ndarray, examples: int) -> np.ndarray:
    """Return the score of no answer of each example: of its windows the least start plus end logit of [CLS], float64.

    Of one window that sees the answer it is small, whatever the others say (SQuAD 2.0).
    """
    each = outputs[encoded.offsets[:-1]].astype(np.float64).sum(axis=-1)
    least = np.full(examples, np.inf)
    np.minimum.at(least, np.asarray(encoded.rows).astype(np.int64), each)
    return least
