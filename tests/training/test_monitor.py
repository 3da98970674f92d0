"""Which value is monitored, and which way is better."""

from __future__ import annotations

import keras
import pytest

from tests.training import tiny
from tltk.errors import TrainingError
from tltk.recipe import TrainSection
from tltk.training.metrics import MeanLoss, RowMetric
from tltk.training.monitor import Monitor, choose_monitor

MEASURED = [RowMetric(MeanLoss(tiny.loss())), RowMetric(tiny.accuracy()[0])]


@pytest.mark.parametrize(
    ("name", "validated", "expected"),
    [
        ("val_loss", True, Monitor("val_loss", more_is_better=False)),
        ("val_accuracy", True, Monitor("val_accuracy", more_is_better=True)),
        ("loss", False, Monitor("loss", more_is_better=False)),
        ("val_loss", False, None),
    ],
)
def test_choice(name: str, validated: bool, expected: Monitor | None) -> None:
    assert choose_monitor(TrainSection(monitor=name), MEASURED, validated=validated) == expected


def test_mistakes_are_named() -> None:
    with pytest.raises(TrainingError, match="train.monitor: Got 'val_acuracy'.*Did you mean 'val_accuracy'"):
        choose_monitor(TrainSection(monitor="val_acuracy"), MEASURED, validated=True)
    with pytest.raises(TrainingError, match="train.early_stopping.*no validation rows.*train.monitor: loss"):
        choose_monitor(TrainSection(early_stopping={"patience": 1}), MEASURED, validated=False)
    unclear = RowMetric(keras.metrics.Mean(name="strange"))
    with pytest.raises(TrainingError, match="more of 'strange' is better or worse"):
        choose_monitor(TrainSection(monitor="strange"), [unclear], validated=True)


def test_improvement() -> None:
    less = Monitor("loss", more_is_better=False)
    assert less.improved(1.0, None)
    assert less.improved(0.9, 1.0)
    assert not less.improved(1.0, 1.0)
    assert not less.improved(0.95, 1.0, min_delta=0.1)
    assert not less.improved(float("nan"), None)
    assert Monitor("accuracy", more_is_better=True).improved(0.9, 0.8)
