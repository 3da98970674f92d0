"""The learning rate, against Hugging Face's schedules."""

from __future__ import annotations

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from tltk.errors import TrainingError
from tltk.recipe import TrainSection
from tltk.training import WarmUp, make_schedule


def theirs(shape: str, total: int, warmup: int, peak: float) -> list[float]:
    torch = pytest.importorskip("torch", reason="torch is the oracle")
    from transformers import get_scheduler

    names = {"linear": "linear", "cosine": "cosine", "constant": "constant_with_warmup"}
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=peak)
    schedule = get_scheduler(names[shape], optimizer, num_warmup_steps=warmup, num_training_steps=total)
    rates = []
    for _ in range(total + 3):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    return rates


@pytest.mark.parametrize("shape", ["linear", "cosine", "constant"])
@pytest.mark.parametrize(("total", "warmup"), [(1, 0), (1, 1), (10, 0), (57, 6), (57, 57)])
def test_as_transformers(shape: str, total: int, warmup: int) -> None:
    schedule = WarmUp(5e-5, total_steps=total, warmup_steps=warmup, shape=shape)
    ours = [float(schedule(step)) for step in range(total + 3)]
    expected = theirs(shape, total, warmup, 5e-5)
    # The cosine comes back up after the last step there; ours stays at its end.
    steps = total + 1 if shape == "cosine" else total + 3
    np.testing.assert_allclose(ours[:steps], expected[:steps], rtol=2e-6, atol=1e-11)
    assert min(ours) >= 0


def test_warm_up_is_rounded_up_as_by_the_trainer() -> None:
    from transformers import TrainingArguments

    for total, ratio in [(95, 0.1), (10, 0.25), (7, 0.0), (1000, 0.06)]:
        ours = make_schedule(TrainSection(warmup_ratio=ratio), total_steps=total).warmup_steps
        # Its own rule, on what the rule reads: a whole TrainingArguments wants torch and accelerate.
        asked = SimpleNamespace(warmup_steps=ratio)
        assert ours == TrainingArguments.get_warmup_steps(asked, total)


def test_survives_saving() -> None:
    schedule = WarmUp(1e-3, total_steps=9, warmup_steps=2, shape="cosine")
    config = keras.saving.serialize_keras_object(schedule)
    again = keras.saving.deserialize_keras_object(config, safe_mode=True)
    assert [float(again(step)) for step in range(10)] == [float(schedule(step)) for step in range(10)]


def test_unknown_shapes_are_named() -> None:
    with pytest.raises(TrainingError, match="Did you mean 'cosine'"):
        WarmUp(1e-3, total_steps=9, shape="cosin")
