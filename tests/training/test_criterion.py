"""Rare classes: the same result from arrays and from the pipeline; what a task cannot do is refused."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from tests.tasks.task_contract import make_rows
from tests.training import tiny
from tltk.data import Batching, Encoded, LabelSetKind, NumbersKind, Plan, Ragged, make_pipeline
from tltk.errors import RecipeError
from tltk.recipe import TrainSection
from tltk.tasks import MultiLabelClassification, Regression, Similarity, Task, TextClassification
from tltk.training import check_criterion, make_criterion, training_plan
from tltk.training.imbalance import row_weights

VALUES = ("none", "weights", "focal", "resample")


def skewed() -> Encoded:
    """Return rows of which one in ten has the label 1."""
    encoded = tiny.rows(40)
    return encoded.with_targets(labels=(np.arange(40) % 10 == 0).astype(np.int32))


def classes() -> Task:
    return TextClassification(labels=("common", "rare"))


@pytest.mark.parametrize("imbalance", VALUES)
def test_arrays_give_the_loss_that_the_pipeline_gives(imbalance: str) -> None:
    train, section = skewed(), TrainSection(imbalance=imbalance, label_smoothing=0.1)
    criterion = make_criterion(classes(), train, section)
    keras.utils.set_random_seed(0)
    model = tiny.classifier()
    model.compile(loss=criterion.loss, run_eagerly=True)
    plan = Plan(train.lengths, Batching(batch_size=40, shuffle=False, bucket=1))
    piped = model.evaluate(make_pipeline(train, plan, epochs=1), steps=1, verbose=0)
    arrays = train.batch(np.arange(40), 14)
    whole = model.evaluate(arrays, train.dense["labels"], sample_weight=np.full(40, 1 / 40), batch_size=40, verbose=0)
    assert piped == pytest.approx(whole, rel=1e-5)


def test_weights_make_both_classes_count_alike() -> None:
    train = skewed()
    loss = make_criterion(classes(), train, TrainSection(imbalance="weights")).loss
    each = np.asarray(loss.call(train.dense["labels"], np.zeros((40, 2), "float32")))
    labels = train.dense["labels"]
    assert each[labels == 1].sum() == pytest.approx(each[labels == 0].sum(), rel=1e-5)


def test_resampling_draws_both_classes_alike() -> None:
    train, section = skewed(), TrainSection(imbalance="resample", batch_size=8)
    criterion = make_criterion(classes(), train, section)
    np.testing.assert_array_equal(criterion.row_weights, row_weights(train.dense["labels"]))
    plan = training_plan(train, section, seed=0, weights=criterion.row_weights)
    drawn = np.concatenate([plan.order(epoch) for epoch in range(30)])
    assert train.dense["labels"][drawn].mean() == pytest.approx(0.5, abs=0.05)
    assert plan.steps == training_plan(train, section, seed=0).steps


def test_labels_of_sets_are_weighed_by_their_yes_and_no() -> None:
    rows = make_rows([["a"], [], [], ["a", "b"], []], kind=LabelSetKind())
    task = MultiLabelClassification().fit(rows)
    train = Encoded.from_ids([[1]] * 5).with_targets(**task.targets(rows))
    settings = make_criterion(task, train, TrainSection(imbalance="weights")).loss.settings
    assert settings.class_weights == pytest.approx((3 / 2, 4))
    assert len(make_criterion(task, train, TrainSection(imbalance="resample")).row_weights) == 5


def test_a_label_without_a_yes_is_told() -> None:
    rows = make_rows([["a"], [], []], kind=LabelSetKind())
    task = MultiLabelClassification(labels=("a", "unheard of")).fit(rows)
    train = Encoded.from_ids([[1]] * 3).with_targets(**task.targets(rows))
    (notice,) = make_criterion(task, train, TrainSection(imbalance="weights")).notices
    assert "'unheard of'" in notice


def test_rows_of_rare_tags_are_drawn_oftener() -> None:
    class Tags(TextClassification):
        def class_counts(self, targets: Any) -> np.ndarray:
            return np.bincount(targets["labels"].values[targets["labels"].values >= 0], minlength=2)

    tags = Ragged.from_rows([[0, 0], [0, 1], [0, -1], [0]], pad=-1)
    train = Encoded.from_ids([[5, 6], [5, 6], [5, 6], [5]]).with_targets(labels=tags)
    weights = make_criterion(Tags(labels=("O", "X")), train, TrainSection(imbalance="resample")).row_weights
    assert weights.argmax() == 1


@pytest.mark.parametrize("imbalance", VALUES[1:])
def test_numbers_are_no_classes(imbalance: str) -> None:
    rows = make_rows([[1.0], [2.0]], kind=NumbersKind())
    task = Regression().fit(rows)
    train = Encoded.from_ids([[1], [2]]).with_targets(**task.targets(rows))
    with pytest.raises(RecipeError, match=r"train\.imbalance: .*'regression' has no classes"):
        make_criterion(task, train, TrainSection(imbalance=imbalance))


def test_numbers_cannot_be_smoothed() -> None:
    task = Regression().fit(make_rows([[1.0], [2.0]], kind=NumbersKind()))
    with pytest.raises(RecipeError, match=r"train\.label_smoothing"):
        make_criterion(task, Encoded.from_ids([[1]], labels=[0.0]), TrainSection(label_smoothing=0.1))


def test_what_the_training_would_refuse_is_refused_before_rows_are_encoded() -> None:
    regression = Regression.from_config({"names_": ["stars"], "mean_": [3.0], "scale_": [2.0]})
    for imbalance in VALUES:
        check_criterion(classes(), TrainSection(imbalance=imbalance, label_smoothing=0.1))
    for imbalance in ("weights", "focal", "resample"):
        with pytest.raises(RecipeError, match=rf"^train\.imbalance: Got {imbalance}, but task 'regression' has no"):
            check_criterion(regression, TrainSection(imbalance=imbalance))
    with pytest.raises(RecipeError, match=r"^train\.label_smoothing: "):
        check_criterion(regression, TrainSection(label_smoothing=0.1))
    check_criterion(regression, TrainSection())


@pytest.mark.parametrize("objective", ["multiple-negatives", "cosent"])
def test_an_example_alone_teaches_nothing_where_examples_are_compared(objective: str) -> None:
    task = Similarity(objective)
    with pytest.raises(RecipeError, match=r"^train\.batch_size: Got 1; .*compares the examples"):
        check_criterion(task, TrainSection(batch_size=1))
    check_criterion(task, TrainSection(batch_size=2))
    with pytest.raises(RecipeError, match=r"Got 3; .* must be 4 on 2 devices, each of which sees its own part"):
        check_criterion(task, TrainSection(batch_size=3), devices=2)
    check_criterion(task, TrainSection(batch_size=4), devices=2)
    check_criterion(Similarity("cosine"), TrainSection(batch_size=1), devices=2)
    check_criterion(Similarity("cosine"), TrainSection(batch_size=1))
    task.texts_ = 3  # the third is a wrong one of the example's own
    check_criterion(task, TrainSection(batch_size=1))
