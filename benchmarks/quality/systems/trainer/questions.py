"""The Trainer on questions about contexts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from transformers import AutoModelForQuestionAnswering, AutoTokenizer, DataCollatorWithPadding, set_seed

from benchmarks.quality.rows.questions import Question
from benchmarks.quality.settings import Settings
from benchmarks.quality.systems.trainer.training import fit, outputs, unbundled
from benchmarks.quality.trained import Trained

_BEST = 20


def train(rows: Sequence[Question], settings: Settings, seed: int, checkpoint: Path) -> Trained:
    """Train AutoModelForQuestionAnswering on windows of the contexts, with the first answer of each question.

    A window without the whole answer learns to point at [CLS]. Predicted is the span of the greatest sum of logits
    among the 20 best starts and ends of all windows, inside the context and no longer than `answer_tokens`.
    """
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)

    def encode(given: Sequence[Question]) -> tuple[list[dict[str, Any]], Any]:
        encoded = tokenizer(
            [row.question.strip() for row in given],
            [row.context for row in given],
            truncation="only_second",
            max_length=settings.max_length,
            stride=settings.stride,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        return unbundled(encoded), encoded

    def predict(asked: Sequence[Question]) -> dict[str, str]:
        features, encoded = encode(asked)
        best = {row.key: (-np.inf, "") for row in asked}
        found = outputs(model, features, tokenizer, ["start_logits", "end_logits"])
        for window, (starts, ends) in enumerate(found):
            row = asked[encoded["overflow_to_sample_mapping"][window]]
            inside = np.array([part == 1 for part in encoded.sequence_ids(window)])
            score, first, last = _best_span(starts, ends, inside, settings.answer_tokens or len(starts))
            if score > best[row.key][0]:
                offsets = encoded["offset_mapping"][window]
                best[row.key] = (score, row.context[offsets[first][0] : offsets[last][1]])
        return {key: answer for key, (_, answer) in best.items()}

    features, encoded = encode(rows)
    for window, feature in enumerate(features):
        row = rows[encoded["overflow_to_sample_mapping"][window]]
        span = (row.starts[0], row.starts[0] + len(row.answers[0]))
        first, last = _tokens_of(span, encoded["offset_mapping"][window], encoded.sequence_ids(window))
        feature["start_positions"], feature["end_positions"] = first, last
    set_seed(seed)
    model = AutoModelForQuestionAnswering.from_pretrained(checkpoint)
    seconds = fit(model, features, DataCollatorWithPadding(tokenizer), settings, seed)
    return Trained(predict, seconds, len(rows) * settings.epochs / seconds)


def _tokens_of(
    span: tuple[int, int], offsets: Sequence[tuple[int, int]], parts: Sequence[int | None]
) -> tuple[int, int]:
    """Return the first and last token of a span of the context, or those of [CLS] where it is not in the window."""
    context = [place for place, part in enumerate(parts) if part == 1]
    if not context or offsets[context[0]][0] > span[0] or offsets[context[-1]][1] < span[1]:
        return 0, 0
    touched = [place for place in context if offsets[place][0] < span[1] and offsets[place][1] > span[0]]
    return (touched[0], touched[-1]) if touched else (0, 0)


def _best_span(starts: np.ndarray, ends: np.ndarray, inside: np.ndarray, longest: int) -> tuple[float, int, int]:
    """Return score, first and last token of the best span among the best starts and ends."""
    best = (-np.inf, 0, 0)
    for first in np.argsort(starts)[: -_BEST - 1 : -1]:
        for last in np.argsort(ends)[: -_BEST - 1 : -1]:
            if inside[first] and inside[last] and 0 <= last - first < longest:
                best = max(best, (float(starts[first] + ends[last]), int(first), int(last)))
    return best
