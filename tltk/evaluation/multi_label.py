"""Figures of label sets, by scikit-learn."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn import metrics as sklearn_metrics

from tltk.evaluation.evaluation import Evaluation
from tltk.evaluation.mistakes import with_texts
from tltk.evaluation.scorable import check_scorable

if TYPE_CHECKING:
    from tltk.data import Rows


def best_thresholds(targets: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return the threshold of each label at which its F1 on these rows is best, float64 [labels].

    Each lies halfway between the probabilities of two neighbouring rows, so that rounding decides nothing. A label that
    no row has, or every row, keeps 0.5.

    Args:
        targets: 0 and 1, shape [examples, labels].
        probabilities: likewise.

    Example:
        >>> best_thresholds(np.array([[0], [1], [1]]), np.array([[0.1], [0.3], [0.9]]))
        array([0.2])
    """
    chosen = np.full(targets.shape[1], 0.5)
    for label in range(targets.shape[1]):
        truth, scores = targets[:, label] > 0, probabilities[:, label]
        if not truth.any() or truth.all():
            continue
        precision, recall, thresholds = sklearn_metrics.precision_recall_curve(truth, scores)
        total = precision[:-1] + recall[:-1]
        f1 = np.divide(2 * precision[:-1] * recall[:-1], total, out=np.zeros_like(total), where=total > 0)
        best = int(np.argmax(f1))
        below = scores[scores < thresholds[best]]
        chosen[label] = (thresholds[best] + below.max()) / 2 if below.size else thresholds[best] / 2
    return chosen


def evaluate_multi_label(
    targets: np.ndarray,
    probabilities: np.ndarray,
    labels: Sequence[str],
    *,
    thresholds: np.ndarray,
    origin: str = "given by the caller",
) -> Evaluation:
    """Score probabilities of label sets against the true sets.

    Metrics, all of them scikit-learn's: `f1_micro`, `f1_macro`, `f1_weighted`, `f1_samples`, `exact_match` (the whole
    set is right), `hamming_loss`, and of the ranking `map` (mean average precision over labels that occur), `lrap`
    (label ranking average precision), `ranking_loss`, `coverage_error` and `auc` (mean over labels that occur and are
    absent somewhere).

    Args:
        targets: 0 and 1, shape [examples, labels].
        probabilities: likewise.
        labels: their names.
        thresholds: from which probability a label is given, shape [labels].
        origin: where they come from, as the end of a sentence.

    Raises:
        DataError: there are no examples.
        TltkError: a probability is NaN or infinite.

    Example:
        >>> truth, scores = np.array([[1, 0], [0, 1]]), np.array([[0.9, 0.2], [0.4, 0.7]])
        >>> evaluate_multi_label(truth, scores, ["a", "b"], thresholds=np.array([0.5, 0.5])).metrics["exact_match"]
        1.0
    """
    truth, scores = np.asarray(targets) > 0, np.asarray(probabilities, np.float64)
    check_scorable(scores)
    given = scores >= thresholds
    occurs = np.asarray(truth.any(axis=0))
    mixed = occurs & ~truth.all(axis=0)
    sets = _as_sets(truth, given)
    f1 = {
        f"f1_{average}": float(sklearn_metrics.f1_score(**sets, average=average, zero_division=0))
        for average in ("micro", "macro", "weighted", "samples")
    }
    several = truth.shape[1] > 1
    metrics: dict[str, float | None] = {
        **f1,
        "exact_match": float(sklearn_metrics.accuracy_score(truth, given)),
        "map": _mean_average_precision(truth, scores, occurs),
        "auc": float(sklearn_metrics.roc_auc_score(truth[:, mixed], scores[:, mixed])) if mixed.any() else None,
        "hamming_loss": float(sklearn_metrics.hamming_loss(truth, given)),
        "lrap": float(sklearn_metrics.label_ranking_average_precision_score(truth, scores)) if several else None,
        "ranking_loss": float(sklearn_metrics.label_ranking_loss(truth, scores)) if several else None,
        "coverage_error": float(sklearn_metrics.coverage_error(truth, scores)) if several else None,
    }
    notes = {"auc": "Not defined: no label both occurs and is absent.", "map": "Not defined: no label occurs."}
    notes |= dict.fromkeys(("lrap", "ranking_loss", "coverage_error"), "Not defined for a single label.")
    return Evaluation(
        metrics=metrics,
        n=len(truth),
        notes={name: note for name, note in notes.items() if metrics[name] is None},
        labels=[str(label) for label in labels],
        per_class=_per_label(truth, given, labels),
        tables=[_thresholds(truth, scores, labels, thresholds, origin)],
    )


def worst_sets(
    targets: np.ndarray,
    probabilities: np.ndarray,
    labels: Sequence[str],
    *,
    thresholds: np.ndarray,
    rows: Rows | None = None,
    limit: int = 20,
) -> list[dict[str, Any]]:
    """Return the examples with a wrong set of labels of which the model was surest, by their worst label.

    Returns:
        for each: `position`, `label` and `predicted` (the sets as text), `score` (of the worst label's wrong answer),
        and with `rows` also `text` and `where`.
    """
    truth, given = np.asarray(targets) > 0, probabilities >= thresholds
    surety = np.where(truth != given, np.where(given, probabilities, 1 - probabilities), 0.0).max(axis=1)
    wrong = np.flatnonzero((truth != given).any(axis=1))
    chosen = wrong[np.argsort(-surety[wrong], kind="stable")][:limit]
    mistakes: list[dict[str, Any]] = [
        {
            "position": int(index),
            "label": _names(truth[index], labels),
            "predicted": _names(given[index], labels),
            "score": float(surety[index]),
        }
        for index in chosen
    ]
    return with_texts(mistakes, rows)


def _mean_average_precision(truth: np.ndarray, scores: np.ndarray, occurs: np.ndarray) -> float | None:
    if not occurs.any():
        return None
    return float(sklearn_metrics.average_precision_score(truth[:, occurs], scores[:, occurs], average="macro"))


def _as_sets(truth: np.ndarray, given: np.ndarray) -> dict[str, Any]:
    """Return scikit-learn's arguments for true and given sets of labels.

    One column alone it would take for two classes and score the "no" as well; a second one, of which nothing is
    counted, keeps it a set.
    """
    labels = list(range(truth.shape[1]))
    if len(labels) == 1:
        truth, given = (np.pad(sets, ((0, 0), (0, 1))) for sets in (truth, given))
    return {"y_true": truth, "y_pred": given, "labels": labels}


def _per_label(truth: np.ndarray, given: np.ndarray, labels: Sequence[str]) -> list[dict[str, Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an undefined figure is shown as None; scikit-learn would also warn
        columns = sklearn_metrics.precision_recall_fscore_support(
            **_as_sets(truth, given), average=None, zero_division=np.nan
        )
    return [
        {
            "label": str(label),
            **{name: None if np.isnan(value) else float(value) for name, value in figures.items()},
            "support": int(support),
        }
        for label, precision, recall, f1, support in zip(labels, *columns, strict=True)
        for figures in [{"precision": precision, "recall": recall, "f1": f1}]
    ]


def _thresholds(
    truth: np.ndarray, scores: np.ndarray, labels: Sequence[str], thresholds: np.ndarray, origin: str
) -> dict[str, Any]:
    precision = [
        float(sklearn_metrics.average_precision_score(truth[:, label], scores[:, label]))
        if truth[:, label].any()
        else None
        for label in range(len(labels))
    ]
    return {
        "title": "Thresholds",
        "columns": ["label", "threshold", "average precision", "examples"],
        "rows": [
            [str(label), float(threshold), value, int(support)]
            for label, threshold, value, support in zip(labels, thresholds, precision, truth.sum(axis=0), strict=True)
        ],
        "note": f"From this probability on a label is given; {origin}.",
    }


def _names(chosen: np.ndarray, labels: Sequence[str]) -> str:
    return ", ".join(str(labels[index]) for index in np.flatnonzero(chosen).tolist()) or "nothing"
