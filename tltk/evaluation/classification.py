"""Metrics of single-label classification, by scikit-learn."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn import metrics as sklearn_metrics

from tltk.errors import TltkError, some_of
from tltk.evaluation.evaluation import Evaluation
from tltk.evaluation.scorable import check_scorable


def evaluate_classification(
    targets: np.ndarray, probabilities: np.ndarray, labels: Sequence[str], *, predicted: np.ndarray | None = None
) -> Evaluation:
    """Score probabilities against true labels.

    Metrics: `accuracy`, `f1_macro`, `f1_micro`, `f1_weighted`, `mcc` (Matthews correlation), `auc` and `log_loss`, all
    of them scikit-learn's with its defaults. So `f1_macro` is the mean over labels that occur, as truth or as
    prediction. `auc` is the area under the ROC curve; for more than two labels the mean of each against the rest.

    Args:
        targets: indices of the true labels, integers of shape [examples].
        probabilities: shape [examples, labels], each row adding up to 1.
        labels: their names.
        predicted: indices of the predicted labels, shape [examples]; the likeliest where None.

    Raises:
        DataError: there are no examples.
        TltkError: the probabilities have NaN or infinite values, or another shape.

    Example:
        >>> evaluation = evaluate_classification(np.array([0, 1]), np.array([[0.9, 0.1], [0.6, 0.4]]), ["no", "yes"])
        >>> evaluation.metrics["accuracy"], evaluation.metrics["auc"], evaluation.confusion_matrix
        (0.5, 1.0, [[1, 0], [1, 0]])
    """
    truth = np.asarray(targets).astype(np.int64)
    scores = np.asarray(probabilities, dtype=np.float64)
    _check(truth, scores, labels)
    predicted = scores.argmax(axis=1) if predicted is None else predicted
    codes = np.arange(len(labels))
    auc, reason = _auc(truth, scores, labels)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that one label alone was found: the caller sees it in `support`
        correlation = sklearn_metrics.matthews_corrcoef(truth, predicted)
    figures = {
        "accuracy": sklearn_metrics.accuracy_score(truth, predicted),
        "f1_macro": sklearn_metrics.f1_score(truth, predicted, average="macro"),
        "f1_micro": sklearn_metrics.f1_score(truth, predicted, average="micro"),
        "f1_weighted": sklearn_metrics.f1_score(truth, predicted, average="weighted"),
        "mcc": correlation,
        "auc": auc,
        "log_loss": sklearn_metrics.log_loss(truth, scores, labels=codes),
    }
    return Evaluation(
        metrics={name: None if value is None else float(value) for name, value in figures.items()},
        n=len(truth),
        notes={"auc": reason} if reason else {},
        labels=[str(label) for label in labels],
        per_class=_per_class(truth, predicted, labels),
        confusion_matrix=sklearn_metrics.confusion_matrix(truth, predicted, labels=codes).tolist(),
    )


def _check(truth: np.ndarray, scores: np.ndarray, labels: Sequence[str]) -> None:
    if scores.shape != (len(truth), len(labels)):
        raise TltkError(f"Got probabilities of shape {scores.shape}; expected {(len(truth), len(labels))}.")
    check_scorable(scores)


def _auc(truth: np.ndarray, scores: np.ndarray, labels: Sequence[str]) -> tuple[float | None, str | None]:
    absent = [str(label) for code, label in enumerate(labels) if not np.any(truth == code)]
    if absent:
        return None, f"Not defined: no example has the label {some_of(absent, 5)}."
    if len(labels) == 2:
        return sklearn_metrics.roc_auc_score(truth, scores[:, 1]), None
    return sklearn_metrics.roc_auc_score(truth, scores, multi_class="ovr", average="macro"), None


def _per_class(truth: np.ndarray, predicted: np.ndarray, labels: Sequence[str]) -> list[dict[str, Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an undefined figure is shown as None; scikit-learn would also warn
        columns = sklearn_metrics.precision_recall_fscore_support(
            truth, predicted, labels=np.arange(len(labels)), zero_division=np.nan
        )
    return [
        {
            "label": str(label),
            "precision": _defined(precision),
            "recall": _defined(recall),
            "f1": _defined(f1),
            "support": int(support),
        }
        for label, precision, recall, f1, support in zip(labels, *columns, strict=True)
    ]


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
