"""A model compiled as a recipe asks for it starts without delay."""

from __future__ import annotations

import keras
import pytest

from tests.training import tiny
from tltk.recipe import TrainSection
from tltk.training import train


def test_the_training_step_is_traced_once(monkeypatch: pytest.MonkeyPatch) -> None:
    traces = []

    def count(model: keras.Model, data: object) -> object:
        traces.append(model)
        return step(model, data)

    step = keras.Model.train_step
    monkeypatch.setattr(keras.Model, "train_step", count)
    section = TrainSection(epochs=2, batch_size=8, restore_best=False)
    train(tiny.classifier(), train=tiny.rows(20), loss=tiny.loss(), section=section, progress=False)
    assert len(traces) == 1
