"""Figures of embeddings: how well their likeness follows people's scores, and whether like texts are the nearest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from tltk.evaluation.cosine import cosines, dot
from tltk.evaluation.evaluation import Evaluation
from tltk.evaluation.mistakes import with_texts
from tltk.evaluation.scatter import scatter_of
from tltk.evaluation.scorable import check_scorable

if TYPE_CHECKING:
    from tltk.data import Rows

_EQUAL = "Not defined where all scores or all predictions are equal."


MEASURES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "cosine": cosines,
    "dot product": dot,
    "Euclidean": lambda left, right: -np.linalg.norm(left.astype(np.float64) - right, axis=-1),
    "Manhattan": lambda left, right: -np.abs(left.astype(np.float64) - right).sum(axis=-1),
}
"""How alike vectors are, row by row: more is more alike, so distances are negative."""


def evaluate_pairs(scores: np.ndarray, left: np.ndarray, right: np.ndarray) -> Evaluation:
    """Compare the likeness of pairs of embeddings with the scores that people gave.

    Metrics: `spearman` and `pearson` (SciPy) of the cosine; a table has both of the dot product and of the negative
    Euclidean and Manhattan distances too.

    Args:
        scores: shape [pairs], of any scale.
        left: the first texts' embeddings, [pairs, width].
        right: the second ones'.

    Raises:
        DataError: there are no pairs.
        TltkError: an embedding has NaN or infinite values.

    Example:
        >>> left, right = np.array([[1.0, 0], [1, 0], [1, 0]]), np.array([[1.0, 0], [1, 1], [0, 1]])
        >>> evaluate_pairs(np.array([5.0, 3.0, 0.0]), left, right).metrics["spearman"]
        1.0
    """
    check_scorable(left, right)
    found = {name: measure(left, right) for name, measure in MEASURES.items()}
    figures = {name: _correlations(scores, values) for name, values in found.items()}
    rows = [[name, values["spearman"], values["pearson"]] for name, values in figures.items()]
    table = {"title": "Likeness by measure", "columns": ["measure", "Spearman", "Pearson"], "rows": rows}
    metrics = figures["cosine"]
    return Evaluation(
        metrics=metrics,
        n=len(scores),
        notes={name: _EQUAL for name, value in metrics.items() if value is None},
        tables=[table],
        scatter=scatter_of(scores, found["cosine"], ["score", "cosine"]),
    )


def evaluate_triplets(first: np.ndarray, like: np.ndarray, unlike: np.ndarray) -> Evaluation:
    """Count the triplets whose first text is nearer to the second than to the third.

    Metrics: `accuracy` by the cosine; a table has the other measures.

    Raises:
        DataError: there are no triplets.
        TltkError: an embedding has NaN or infinite values.
    """
    check_scorable(first, like, unlike)
    shares = {name: float(np.mean(measure(first, like) > measure(first, unlike))) for name, measure in MEASURES.items()}
    rows = [[name, value] for name, value in shares.items()]
    table = {"title": "Nearer to the like text, by measure", "columns": ["measure", "accuracy"], "rows": rows}
    return Evaluation(metrics={"accuracy": shares["cosine"]}, n=len(first), tables=[table])


def rank_mistakes(
    scores: np.ndarray, predicted: np.ndarray, *, rows: Rows | None = None, limit: int = 20
) -> list[dict[str, Any]]:
    """Return the pairs whose place by cosine is farthest from their place by score, the farthest first.

    Returns:
        for each: `position`, `label` (the score), `predicted` (the cosine), `places` (by how many places of 100 it is
        off); with `rows` also `text` and `where`.

    Example:
        >>> worst, *_ = rank_mistakes(np.array([1.0, 2.0, 3.0]), np.array([0.9, 0.2, 0.3]))
        >>> worst["position"], worst["label"], worst["predicted"], worst["places"]
        (0, '1', 'cosine 0.9', 67)
    """
    if not len(scores):
        return []
    off = stats.rankdata(predicted) - stats.rankdata(scores)
    chosen = [int(place) for place in np.argsort(-np.abs(off), kind="stable")[:limit] if off[place]]
    mistakes: list[dict[str, Any]] = [
        {
            "position": place,
            "label": f"{scores[place]:.4g}",
            "predicted": f"cosine {predicted[place]:.3g}",
            "places": round(100 * float(off[place]) / len(scores)),
        }
        for place in chosen
    ]
    return with_texts(mistakes, rows)


def triplet_mistakes(
    first: np.ndarray, like: np.ndarray, unlike: np.ndarray, *, rows: Rows | None = None, limit: int = 20
) -> list[dict[str, Any]]:
    """Return the triplets whose first text is nearest to the wrong one, those with the widest gap first."""
    to_like, to_unlike = cosines(first, like), cosines(first, unlike)
    gaps = to_unlike - to_like
    chosen = [int(place) for place in np.argsort(-gaps, kind="stable")[:limit] if gaps[place] >= 0]
    mistakes: list[dict[str, Any]] = [
        {
            "position": place,
            "label": f"nearer to the second (cosine {to_like[place]:.3g})",
            "predicted": f"nearer to the third (cosine {to_unlike[place]:.3g})",
        }
        for place in chosen
    ]
    return with_texts(mistakes, rows)


def _correlations(scores: np.ndarray, predicted: np.ndarray) -> dict[str, float | None]:
    if len(scores) < 2 or not np.ptp(scores) or not np.ptp(predicted):
        return {"spearman": None, "pearson": None}
    return {
        "spearman": float(stats.spearmanr(scores, predicted).statistic),
        "pearson": float(stats.pearsonr(scores, predicted).statistic),
    }
