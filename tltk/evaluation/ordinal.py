"""Figures of levels of an ordered scale, by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sklearn import metrics as sklearn_metrics

from tltk.evaluation.classification import evaluate_classification
from tltk.evaluation.evaluation import Evaluation
from tltk.evaluation.median_level import median_level


def evaluate_ordinal(targets: np.ndarray, probabilities: np.ndarray, labels: Sequence[str]) -> Evaluation:
    """Score probabilities of levels against true levels.

    Metrics: those of `evaluate_classification`, and before them `quadratic_kappa` (Cohen's kappa with quadratic
    weights), `mae` (mean distance in levels) and `within_one` (at most one level off). What counts as predicted is
    `median_level`.

    Args:
        targets: indices of the true levels, integers of shape [examples].
        probabilities: shape [examples, levels], each row adding up to 1.
        labels: names of the levels, the lowest first.

    Example:
        >>> evaluation = evaluate_ordinal(np.array([0, 2]), np.array([[0.8, 0.2, 0.0], [0.1, 0.8, 0.1]]), "abc")
        >>> evaluation.metrics["mae"], evaluation.metrics["within_one"]
        (0.5, 1.0)
    """
    truth, predicted = np.asarray(targets), median_level(np.asarray(probabilities))
    evaluation = evaluate_classification(truth, probabilities, labels, predicted=predicted)
    distance = np.abs(truth - predicted)
    one_level = len(np.unique(np.concatenate([truth, predicted]))) == 1
    own: dict[str, float | None] = {
        "quadratic_kappa": None
        if one_level
        else float(
            sklearn_metrics.cohen_kappa_score(truth, predicted, labels=np.arange(len(labels)), weights="quadratic")
        ),
        "mae": float(distance.mean()),
        "within_one": float((distance <= 1).mean()),
    }
    notes = {"quadratic_kappa": "Not defined: all levels are equal."} if one_level else {}
    return replace(evaluation, metrics={**own, **evaluation.metrics}, notes={**evaluation.notes, **notes})
