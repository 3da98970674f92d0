"""Figures of answers to questions, by SQuAD's rule or that of CMRC 2018."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tltk.evaluation import cmrc, squad
from tltk.evaluation.evaluation import Evaluation

Measure = Callable[[str, str], float]


class AnswerRule(NamedTuple):
    """How a given answer is compared with a right one; "" is no answer.

    Args:
        exact_match: 1.0 or 0.0.
        f1: from 0.0 to 1.0.
        pieces: what of an answer is compared.
        drops_empty: whether right answers of which nothing is compared are left out where there are others, so that no
            answer is not as good as they are.
    """

    exact_match: Measure
    f1: Measure
    pieces: Callable[[str], list[str]]
    drops_empty: bool


RULES = {
    "words": AnswerRule(squad.exact_match, squad.f1_score, squad.words, drops_empty=True),  # as SQuAD 2.0's script
    "characters": AnswerRule(cmrc.exact_match, cmrc.f1_score, cmrc.pieces, drops_empty=False),
}
"""The rules by name."""


def score_answer(given: str, right: Sequence[str], rule: AnswerRule) -> tuple[float, float]:
    """Return exact match and F1 of an answer: of each the best over the right ones.

    Args:
        given: the answer; "" for none.
        right: every answer that counts as right; empty where the question has none.
        rule: how two of them are compared.
    """
    accepted = [one for one in right if not rule.drops_empty or rule.pieces(one)] or [""]
    return max(rule.exact_match(given, one) for one in accepted), max(rule.f1(given, one) for one in accepted)


def evaluate_answers(given: Sequence[str], right: Sequence[Sequence[str]], *, scoring: str = "words") -> Evaluation:
    """Return the figures of answers: `f1` and `exact_match`, from 0 to 1, the mean over questions.

    Where questions without an answer are among them, also `f1_has_answer`, `exact_match_has_answer` and `no_answer`
    (the share of those without that were left unanswered), as SQuAD 2.0 has them.

    Args:
        given: an answer for each question; "" for none.
        right: the right answers of each question.
        scoring: "words" (SQuAD) or "characters" (CMRC 2018).

    Example:
        >>> evaluate_answers(["the cat", ""], [["cat", "black cat"], []]).metrics["exact_match"]
        1.0
    """
    rule = RULES[scoring]
    figures = np.array([score_answer(one, accepted, rule) for one, accepted in zip(given, right, strict=True)])
    figures = figures.reshape(-1, 2)
    answerable = np.array([bool(accepted) for accepted in right], dtype=bool)
    metrics = {"f1": _mean(figures[:, 1]), "exact_match": _mean(figures[:, 0])}
    tables = []
    if not answerable.all():
        metrics |= {
            "f1_has_answer": _mean(figures[answerable, 1]),
            "exact_match_has_answer": _mean(figures[answerable, 0]),
            "no_answer": _mean(figures[~answerable, 0]),
        }
        tables.append(_by_kind(figures, answerable, np.array([not one for one in given], dtype=bool)))
    notes = {name: "No such question among them." for name, value in metrics.items() if value is None}
    return Evaluation(metrics=metrics, n=len(given), notes=notes, tables=tables)


def best_threshold(margins: np.ndarray, answered: np.ndarray, left: np.ndarray) -> float:
    """Return the margin above which no answer is the better prediction.

    Args:
        margins: of each question, by how much the score of no answer is above that of the best answer.
        answered: the figure of each question where it is answered.
        left: its figure where it is not.

    Returns:
        The threshold of the greatest total; of several that are as good, the one next to 0.

    Example:
        >>> best_threshold(np.array([-2.0, 1.0, 3.0]), np.array([1.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0]))
        2.0
    """
    order = np.argsort(margins, kind="stable")
    margins, answered, left = margins[order], answered[order], left[order]
    # With the first k of them answered and the others left.
    totals = np.concatenate([[0.0], np.cumsum(answered)]) + np.concatenate([np.cumsum(left[::-1])[::-1], [0.0]])
    inner = (margins[1:] + margins[:-1]) / 2
    thresholds = np.concatenate([margins[:1] - 1, inner, margins[-1:] + 1])
    possible = np.concatenate([[True], margins[1:] > margins[:-1], [True]])
    best = possible & np.isclose(totals, totals[possible].max(), rtol=0, atol=1e-9)
    chosen = np.flatnonzero(best)
    # 0 itself is as good as what lies between the same two questions.
    bounds = np.concatenate([[-np.inf], margins, [np.inf]])
    if any(bounds[k] <= 0 < bounds[k + 1] for k in chosen):
        return 0.0
    return float(thresholds[chosen[np.argmin(np.abs(thresholds[chosen]))]])


def _by_kind(figures: np.ndarray, answerable: np.ndarray, left: np.ndarray) -> dict[str, Any]:
    rows = [
        [name, int(kind.sum()), _mean(figures[kind, 0]), _mean(figures[kind, 1]), _mean(left[kind])]
        for name, kind in (("with an answer", answerable), ("without one", ~answerable))
    ]
    columns = ["questions", "count", "exact match", "F1", "left unanswered"]
    return {"title": "Questions with and without an answer", "columns": columns, "rows": rows}


def _mean(values: np.ndarray) -> float | None:
    return float(np.mean(values)) if len(values) else None
