"""Held against scikit-learn, and against what drawing by the weights must give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.utils.class_weight import compute_class_weight, compute_sample_weight

from tltk.errors import RecipeError
from tltk.losses import LossSettings
from tltk.recipe import TrainSection
from tltk.training.imbalance import (
    MOST,
    balanced_weights,
    classes_present,
    loss_settings,
    positive_weights,
    row_weights,
)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60))
def test_balanced_weights_are_scikit_learns(labels: list[int]) -> None:
    classes = np.unique(labels)
    found = balanced_weights(np.bincount(labels, minlength=7))
    np.testing.assert_allclose(
        np.array(found)[classes], compute_class_weight("balanced", classes=classes, y=labels), rtol=1e-12
    )
    assert found[6] == 1.0
    assert np.array(found)[labels].mean() == pytest.approx(1)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=6))
def test_the_yes_of_a_label_weighs_as_much_as_its_no_unless_clipped(positives: list[int]) -> None:
    found = positive_weights(positives, 400)
    for label, (yes, weight) in enumerate(zip(positives, found.weights, strict=True)):
        assert 1 / MOST <= weight <= MOST
        if label in found.clipped:
            assert weight in (1 / MOST, MOST)
        else:
            assert weight * yes == pytest.approx(400 - yes)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60))
def test_rows_of_one_label_are_drawn_as_scikit_learn_weighs_them(labels: list[int]) -> None:
    np.testing.assert_allclose(row_weights(np.array(labels)), compute_sample_weight("balanced", labels), rtol=1e-12)


@given(arrays.arrays(bool, st.tuples(st.integers(1, 40), st.integers(1, 5))))
def test_a_row_of_several_labels_is_drawn_by_its_rarest(targets: np.ndarray) -> None:
    counts, without = targets.sum(axis=0), (~targets.any(axis=1)).sum()
    expected = [1 / min(counts[row]) if row.any() else 1 / without for row in targets]
    np.testing.assert_allclose(row_weights(targets.astype("int8")), expected / np.mean(expected), rtol=1e-12)


@given(st.lists(st.lists(st.integers(-1, 3), max_size=6), max_size=20))
def test_the_classes_of_a_rows_tokens(rows: list[list[int]]) -> None:
    values = np.array([label for row in rows for label in row], int)
    offsets = np.cumsum([0, *map(len, rows)])
    found = classes_present(values, offsets, 4)
    assert found.shape == (len(rows), 4)
    for row, has in zip(rows, found, strict=True):
        assert set(np.flatnonzero(has)) == {label for label in row if label >= 0}


def test_no_rows_have_no_weights() -> None:
    assert len(row_weights(np.zeros(0, int))) == 0


def test_a_recipe_settles_the_loss() -> None:
    weights = (1.0, 2.0)
    assert loss_settings(TrainSection(), weights).is_plain
    assert loss_settings(TrainSection(imbalance="resample"), weights).is_plain
    given_ = TrainSection(imbalance="weights", label_smoothing=0.1)
    assert loss_settings(given_, weights) == LossSettings(label_smoothing=0.1, class_weights=weights)
    assert loss_settings(TrainSection(imbalance="focal")) == LossSettings(focal=2.0)
    with pytest.raises(RecipeError, match=r"train\.imbalance: Got weights"):
        loss_settings(given_)
