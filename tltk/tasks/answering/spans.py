"""From characters to tokens and back: where an answer lies in a window, and which spans of a window score best."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from tltk.data import Encoded

CONTEXT = 1
"""The number of the context among an example's texts."""

NOWHERE = (0, 0)
"""Where a window without the whole answer points: its first token, [CLS] in the families of BERT."""

LOST = (-1, -1)
"""The target of a window of a context in which no window holds the whole answer: none."""

_BLOCK = 1 << 18
"""Tokens of a block of windows, and pairs of a start and an end, at the most."""


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


def token_spans(encoded: Encoded, windows: Iterable[int], start: int, end: int) -> list[tuple[int, int]]:
    """Return the first and last token of a stretch of the context in each window of an example.

    `NOWHERE` in a window that lacks a token of the stretch which another one has, `LOST` in all of them where none
    holds the stretch whole. Characters that no token has, such as accents that the tokenizer drops, are not missed.

    Args:
        encoded: rows with their places.
        windows: all rows of the example.
        start: first character.
        end: the character after the last.
    """
    held = [_held(encoded, row, start, end) for row in windows]
    whole = min((part.start for part in held if part), default=0), max((part.end for part in held if part), default=0)
    spans = [(part.first, part.last) if part and (part.start, part.end) == whole else None for part in held]
    return [span or NOWHERE for span in spans] if any(spans) else [LOST] * len(spans)


class _Held(NamedTuple):
    """What a window holds of a stretch: first and last token, and their characters."""

    first: int
    last: int
    start: int
    end: int


def _held(encoded: Encoded, row: int, start: int, end: int) -> _Held | None:
    starts, ends = encoded.place("starts", row), encoded.place("ends", row)
    touched = np.flatnonzero((starts < end) & (ends > start) & (encoded.place("texts", row) == CONTEXT))
    if not len(touched):
        return None
    first, last = int(touched[0]), int(touched[-1])
    return _Held(first, last, int(starts[first]), int(ends[last]))


def next_token(encoded: Encoded, windows: Iterable[int], place: int) -> int | None:
    """Return where, at a character of the context or after it, the next token of any window begins; None for nowhere.

    Args:
        encoded: rows with their places.
        windows: all rows of the example.
        place: the character.
    """
    following = [
        int(starts[later].min())
        for row in windows
        for starts, ends in [(encoded.place("starts", row), encoded.place("ends", row))]
        for later in [(starts >= place) & (ends > starts) & (encoded.place("texts", row) == CONTEXT)]
        if later.any()
    ]
    return min(following, default=None)


def best_spans(encoded: Encoded, outputs: np.ndarray, *, n_best: int, max_tokens: int) -> Spans:
    """Return the candidate spans of every window: of the best starts and the best ends all that make a span.

    A span lies in the context, ends where it starts or later, and has `max_tokens` tokens at the most. Of each window
    the `n_best` starts and ends of the greatest logits are paired, as the scripts for SQuAD do. Where no two of an
    example make a span, its windows have one candidate each, the best of all spans.

    Args:
        encoded: the windows, with their places.
        outputs: float32 [tokens, 2], start and end logits of all windows end to end.
        n_best: how many starts and ends of a window.
        max_tokens: tokens of the longest span.
    """
    every = np.arange(len(encoded.lengths))
    found = _all_spans(encoded, every, outputs, n_best, max_tokens)
    of_window = np.asarray(encoded.rows).astype(np.int64)
    has_spans = np.isin(np.arange(of_window.max(initial=-1) + 1), of_window[found[0]])
    without = every[~has_spans[of_window]]
    if len(without):  # their best starts all lie behind their best ends
        every_pair = _all_spans(encoded, without, outputs, int(encoded.lengths[without].max()), max_tokens)
        parts = zip(found, _best_of_windows(every_pair), strict=True)
        found = tuple(np.concatenate(both) for both in parts)
    windows, scores, starts, ends = found
    examples = of_window[windows]
    order = np.lexsort((ends, starts, -scores, examples))
    return Spans(examples[order], scores[order], starts[order], ends[order])


def _all_spans(
    encoded: Encoded, windows: np.ndarray, outputs: np.ndarray, n_best: int, max_tokens: int
) -> tuple[np.ndarray, ...]:
    """Return window, score, first character and end of each candidate of some windows, given in ascending order."""
    if not len(windows):
        nothing = np.zeros(0, np.int64)
        return nothing, np.zeros(0), nothing, nothing
    size = max(1, _BLOCK // max(int(encoded.lengths[windows].max()), n_best**2))
    blocks = [windows[first : first + size] for first in range(0, len(windows), size)]
    parts = [_block_spans(encoded, rows, outputs, n_best, max_tokens) for rows in blocks]
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def _best_of_windows(spans: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
    """Return the candidate of the best score of each window."""
    windows, scores = spans[:2]
    order = np.lexsort((-scores, windows))
    _, firsts = np.unique(windows[order], return_index=True)
    return tuple(column[order[firsts]] for column in spans)


def _block_spans(
    encoded: Encoded, rows: np.ndarray, outputs: np.ndarray, n_best: int, max_tokens: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return window, score, first character and end of each candidate of some windows, held in memory all at once."""
    length = int(encoded.lengths[rows].max())
    filled = np.arange(length) < encoded.lengths[rows][:, None]
    logits = np.full((len(rows), length, 2), -np.inf)
    offsets = encoded.offsets
    logits[filled] = np.concatenate([outputs[offsets[row] : offsets[row + 1]] for row in rows])
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
