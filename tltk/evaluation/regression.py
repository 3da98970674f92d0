"""Figures of predicted numbers, by scikit-learn and SciPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats
from sklearn import metrics as sklearn_metrics

from tltk.evaluation.evaluation import Evaluation
from tltk.evaluation.mistakes import with_texts
from tltk.evaluation.scatter import scatter_of
from tltk.evaluation.scorable import check_scorable

if TYPE_CHECKING:
    from tltk.data import Rows

_NAMES = ("spearman", "pearson", "mae", "rmse", "r2")


def evaluate_regression(truth: np.ndarray, predicted: np.ndarray, names: Sequence[str]) -> Evaluation:
    """Score predicted numbers against true ones.

    Metrics: `spearman` and `pearson` (correlations, SciPy), `mae`, `rmse` and `r2` (scikit-learn), each the mean over
    the numbers of a row; a table has them for each number where there are several.

    Args:
        truth: shape [examples, numbers].
        predicted: likewise.
        names: of the numbers.

    Raises:
        DataError: there are no examples.
        TltkError: a prediction is NaN or infinite.

    Example:
        >>> truth, predicted = np.array([[1.0], [2.0], [4.0]]), np.array([[1.0], [3.0], [4.0]])
        >>> evaluation = evaluate_regression(truth, predicted, ["stars"])
        >>> round(evaluation.metrics["mae"], 3), evaluation.metrics["spearman"]
        (0.333, 1.0)
    """
    truth, predicted = np.asarray(truth, np.float64), np.asarray(predicted, np.float64)
    check_scorable(predicted)
    columns = [_figures(truth[:, index], predicted[:, index]) for index in range(truth.shape[1])]
    metrics = {name: _mean([column[name] for column in columns]) for name in _NAMES}
    notes = {name: "Not defined where all numbers are equal." for name, value in metrics.items() if value is None}
    tables = []
    if len(columns) > 1:
        rows = [[name, *(column[figure] for figure in _NAMES)] for name, column in zip(names, columns, strict=True)]
        tables.append({"title": "Numbers", "columns": ["number", *_NAMES], "rows": rows})
    # Points of several numbers, each of its own unit, would make no picture.
    scatter = scatter_of(truth[:, 0], predicted[:, 0], [names[0], "predicted"]) if len(columns) == 1 else {}
    return Evaluation(metrics=metrics, n=len(truth), notes=notes, tables=tables, scatter=scatter)


def largest_errors(
    truth: np.ndarray, predicted: np.ndarray, scale: Sequence[float], *, rows: Rows | None = None, limit: int = 20
) -> list[dict[str, Any]]:
    """Return the predictions farthest from the truth, in standard deviations of each number; the farthest first.

    Returns:
        for each: `position`, `label` and `predicted` (as text, four digits), and with `rows` also `text` and `where`.
    """
    distances = (np.abs(predicted - truth) / np.asarray(scale)).max(axis=1)
    chosen = np.argsort(-distances, kind="stable")[:limit]
    mistakes: list[dict[str, Any]] = [
        {"position": int(index), "label": _shown(truth[index]), "predicted": _shown(predicted[index])}
        for index in chosen
    ]
    return with_texts(mistakes, rows)


def _figures(truth: np.ndarray, predicted: np.ndarray) -> dict[str, float | None]:
    varied = len(truth) > 1 and np.ptp(truth) > 0
    correlated = varied and np.ptp(predicted) > 0
    return {
        "spearman": float(stats.spearmanr(truth, predicted).statistic) if correlated else None,
        "pearson": float(stats.pearsonr(truth, predicted).statistic) if correlated else None,
        "mae": float(sklearn_metrics.mean_absolute_error(truth, predicted)),
        "rmse": float(np.sqrt(sklearn_metrics.mean_squared_error(truth, predicted))),
        "r2": float(sklearn_metrics.r2_score(truth, predicted)) if varied else None,
    }


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if len(known) == len(values) else None


def _shown(values: np.ndarray) -> str:
    return ", ".join(f"{value:.4g}" for value in values)
