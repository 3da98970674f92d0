"""Figures are means over rows, whatever the batches."""

from __future__ import annotations

import keras
import numpy as np
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

from tests.training import tiny
from tltk.training.metrics import MeanLoss, RowMetric

LOGITS = np.random.default_rng(0).normal(size=(11, 2)).astype(np.float32)
LABELS = np.array([0, 1] * 5 + [1], np.int32)
CUTS = [(0, 6), (6, 8), (8, 11)]


def fill(metric: keras.metrics.Metric, values: np.ndarray) -> float:
    """Update by batches with the weights of the loss and two padding rows each."""
    for start, stop in CUTS:
        weights = np.zeros(stop - start + 2, np.float32)
        weights[: stop - start] = 2 / (stop - start)
        rows = np.concatenate([values[start:stop], np.full_like(values[:2], 9.0)])
        labels = np.concatenate([LABELS[start:stop], [0, 0]])
        metric.update_state(labels, rows, sample_weight=weights)
    return float(metric.result())


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits)
    return powers / powers.sum(-1, keepdims=True)


def test_loss() -> None:
    metric = RowMetric(MeanLoss(tiny.loss()))
    assert metric.name == "loss"
    np.testing.assert_allclose(fill(metric, LOGITS), log_loss(LABELS, softmax(LOGITS)), rtol=1e-6)
    metric.reset_state()
    assert all(not variable.numpy().any() for variable in metric.variables)


def test_accuracy() -> None:
    expected = accuracy_score(LABELS, LOGITS.argmax(-1))
    np.testing.assert_allclose(fill(RowMetric(tiny.accuracy()[0]), LOGITS), expected, rtol=1e-6)


def test_metrics_that_are_not_means() -> None:
    scores = softmax(LOGITS)[:, 1]
    metric = RowMetric(keras.metrics.AUC(num_thresholds=2000, name="auc"))
    padded = np.clip(scores, 0, 1)
    for start, stop in CUTS:
        metric.update_state(LABELS[start:stop], padded[start:stop], sample_weight=np.full(stop - start, 0.1))
    np.testing.assert_allclose(float(metric.result()), roc_auc_score(LABELS, scores), atol=1e-3)


def test_survives_saving() -> None:
    for metric in (RowMetric(MeanLoss(tiny.loss())), RowMetric(tiny.accuracy()[0])):
        again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(metric), safe_mode=True)
        assert again.name == metric.name
        assert fill(again, LOGITS) == fill(metric, LOGITS)
