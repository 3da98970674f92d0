from __future__ import annotations

import keras
import numpy as np
import pytest

from tltk.metrics import ExactPosition


def test_the_likeliest_positions_are_counted_by_weight() -> None:
    draw = np.random.default_rng(0)
    logits, labels = draw.normal(size=(12, 5, 2)).astype("float32"), draw.integers(0, 5, (12, 2))
    labels[:6] = logits[:6].argmax(axis=1)
    labels[6:9, 0] = logits[6:9, :, 0].argmax(axis=1)
    weights = np.array([1.0] * 10 + [0.0] * 2)
    right = logits.argmax(axis=1) == labels
    expected = {"both": right.all(axis=1), "start": right[:, 0], "end": right[:, 1]}
    for part, found in expected.items():
        metric = ExactPosition(part)
        metric.update_state(labels, logits, sample_weight=weights)
        assert float(metric.result()) == pytest.approx(np.average(found, weights=weights))
        again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(metric))
        assert (again.name, again.part) == (metric.name, part)


def test_rows_without_a_target_do_not_count() -> None:
    logits = np.zeros((3, 4, 2), "float32")
    logits[0, 1], logits[1, 2] = 5.0, 5.0
    labels = np.array([[1, 1], [3, 3], [-1, -1]])
    for part in ("both", "start", "end"):
        for weights in (None, np.ones(3)):
            metric = ExactPosition(part)
            metric.update_state(labels, logits, sample_weight=weights)
            assert float(metric.result()) == pytest.approx(0.5)


def test_another_part_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one of both, start, end"):
        ExactPosition("middle")
