"""Training as a whole, within one process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss

from tests.training import tiny
from tltk.errors import TrainingError
from tltk.recipe import TrainSection
from tltk.training import History, TrainingInterrupted, set_seeds, train

TRAIN, VALIDATION = tiny.rows(45), tiny.rows(23, seed=1)


class Boom(RuntimeError):
    """Stands for anything that ends a process."""


class At(keras.callbacks.Callback):
    """Does something at the start of a step, counted from the start of this process."""

    def __init__(self, step: int, action: Callable[[keras.Model], None]) -> None:
        super().__init__()
        self.step, self.action, self.seen = step, action, 0

    def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
        if self.seen == self.step:
            self.action(self.model)
        self.seen += 1


def boom(model: keras.Model) -> None:
    raise Boom


def fit(section: TrainSection, *, dropout: float = 0.1, **options: Any) -> tuple[keras.Model, History]:
    set_seeds(1)
    model = tiny.classifier(dropout=dropout)
    arguments: dict[str, Any] = {"train": TRAIN, "validation": VALIDATION, "progress": False, **options}
    history = train(
        model, loss=tiny.loss(), metrics=tiny.accuracy(), section=section, seed=1, evaluation_batch_size=5, **arguments
    )
    return model, history


def logits(model: keras.Model, rows: Any) -> np.ndarray:
    return np.asarray(model(rows.batch(np.arange(len(rows)), 16), training=False))


def softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def test_it_learns_and_ends_with_the_best_weights(tmp_path: Path) -> None:
    section = TrainSection(epochs=6, batch_size=8, learning_rate=2e-2, warmup_ratio=0.1, monitor="val_accuracy")
    rows = tiny.rows(200)
    model, history = fit(section, train=rows, folder=tmp_path)
    values = history.history["val_accuracy"]
    assert max(values) > 0.9
    assert history.best_epoch == int(np.argmax(values)) + 1
    accuracy = accuracy_score(VALIDATION.dense["labels"], logits(model, VALIDATION).argmax(-1))
    assert accuracy == pytest.approx(max(values))
    assert (history.epochs, history.steps, history.resumed_from) == (6, 6 * 25, None)
    assert history.rows_per_second > 0
    assert history.seconds > 0


def test_figures_are_means_over_rows() -> None:
    # 45 rows make five batches of 8 and one of 5, 23 make four of 5 and one of 3; a rate of nearly zero moves nothing.
    section = TrainSection(epochs=1, batch_size=8, learning_rate=1e-30, restore_best=False)
    model, history = fit(section, dropout=0.0)
    for rows, prefix in ((TRAIN, ""), (VALIDATION, "val_")):
        labels, outputs = rows.dense["labels"], logits(model, rows)
        assert history.history[f"{prefix}loss"][0] == pytest.approx(log_loss(labels, softmax(outputs)), abs=1e-6)
        assert history.history[f"{prefix}accuracy"][0] == pytest.approx(accuracy_score(labels, outputs.argmax(-1)))


def test_the_model_stays_the_users_own(tmp_path: Path) -> None:
    model, _ = fit(TrainSection(epochs=1, batch_size=16, restore_best=False))
    before = logits(model, VALIDATION)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_allclose(logits(loaded, VALIDATION), before, atol=1e-6)
    loaded.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    inputs = TRAIN.batch(np.arange(32), 16)
    history = loaded.fit(inputs, TRAIN.dense["labels"][:32], batch_size=8, epochs=1, verbose=0)
    assert set(history.history) == {"loss", "accuracy"}


def test_early_stopping_counts_on_after_an_interruption(tmp_path: Path) -> None:
    # The rate makes the model worse after its first steps, so that patience runs out.
    section = TrainSection(
        epochs=8, batch_size=8, learning_rate=0.3, warmup_ratio=0.0, early_stopping={"patience": 2}, schedule="constant"
    )
    whole, expected = fit(section, folder=tmp_path / "whole")
    assert expected.epochs == expected.best_epoch + 2
    assert expected.epochs < 8
    stop = (expected.epochs - 1) * 6 + 2
    with pytest.raises(Boom):
        fit(section, folder=tmp_path / "cut", callbacks=[At(stop, boom)])
    model, history = fit(section, folder=tmp_path / "cut")
    assert history.resumed_from == (expected.epochs - 1) * 6
    assert history.history == expected.history
    assert history.best_epoch == expected.best_epoch
    assert tiny.digest(model.variables) == tiny.digest(whole.variables)
    # Once more: it is finished, so nothing is trained.
    again, finished = fit(section, folder=tmp_path / "cut", callbacks=[At(0, boom)])
    assert finished.history == expected.history
    assert tiny.digest(again.variables) == tiny.digest(whole.variables)


SHORT = TrainSection(epochs=2, batch_size=16, checkpoint_steps=1, restore_best=False)


@pytest.fixture(scope="module")
def whole() -> tuple[str, History]:
    """The weights and history of an uninterrupted run of SHORT: two epochs of three steps, without validation."""
    model, history = fit(SHORT, validation=None)
    return tiny.digest(model.variables), history


def test_without_validation_the_last_epoch_counts(whole: tuple[str, History]) -> None:
    _, history = whole
    assert set(history.history) == {"loss", "accuracy"}
    assert history.best_epoch == 2


def test_a_damaged_checkpoint_is_passed_over_and_told(whole: tuple[str, History], tmp_path: Path) -> None:
    with pytest.raises(Boom):
        fit(SHORT, validation=None, folder=tmp_path, callbacks=[At(5, boom)])
    file = tmp_path / "step-0000000005" / "optimizer.safetensors"
    content = bytearray(file.read_bytes())
    content[-5] ^= 4
    file.write_bytes(content)
    told: list[str] = []
    model, history = fit(SHORT, validation=None, folder=tmp_path, notice=told.append)
    assert history.resumed_from == 4
    assert len(told) == 1
    assert "step-0000000005 is damaged: optimizer.safetensors does not match its sha256" in told[0]
    assert (tiny.digest(model.variables), history.history) == (whole[0], whole[1].history)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_and_resumed(whole: tuple[str, History], tmp_path: Path, number: signal.Signals) -> None:
    def interrupt(model: keras.Model) -> None:
        os.kill(os.getpid(), number)

    handlers = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    section = SHORT.model_copy(update={"checkpoint_steps": None})
    with pytest.raises(TrainingInterrupted, match=r"at step 2 \(epoch 1\).*run the same recipe again to continue"):
        fit(section, validation=None, folder=tmp_path, callbacks=[At(1, interrupt)])
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == handlers
    model, history = fit(section, validation=None, folder=tmp_path)
    assert history.resumed_from == 2
    assert (tiny.digest(model.variables), history.history) == (whole[0], whole[1].history)


def test_an_interrupt_in_the_last_epoch_is_heard_too(whole: tuple[str, History], tmp_path: Path) -> None:
    def interrupt(model: keras.Model) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(TrainingInterrupted, match="run the same recipe again"):
        fit(SHORT, validation=None, folder=tmp_path, callbacks=[At(5, interrupt)])
    model, history = fit(SHORT, validation=None, folder=tmp_path)
    assert history.steps == 6
    assert (tiny.digest(model.variables), history.history) == (whole[0], whole[1].history)


def test_other_settings_do_not_resume(tmp_path: Path) -> None:
    with pytest.raises(Boom):
        fit(SHORT, validation=None, folder=tmp_path, callbacks=[At(1, boom)])
    other = SHORT.model_copy(update={"learning_rate": 1e-3})
    for section, options in [
        (other, {}),
        (SHORT, {"fingerprint": "another recipe"}),
        (SHORT, {"train": tiny.rows(46)}),
        (SHORT, {"validation": VALIDATION}),
    ]:
        with pytest.raises(TrainingError, match="other settings or data.*train.resume: never"):
            fit(section, folder=tmp_path, **{"validation": None, **options})
    anew = other.model_copy(update={"resume": "never", "epochs": 1})
    _, history = fit(anew, validation=None, folder=tmp_path)
    assert history.resumed_from is None


def test_a_loss_that_is_not_finite_stops_training() -> None:
    def spoil(model: keras.Model) -> None:
        model.get_layer("logits").kernel.assign(np.full((16, 2), np.nan, np.float32))

    section = TrainSection(epochs=2, batch_size=8)
    with pytest.raises(TrainingError, match=r"epoch 2: The loss became nan at step 8.*Lower train.learning_rate"):
        fit(section, callbacks=[At(7, spoil)])


def test_wrong_calls_are_named() -> None:
    with pytest.raises(TrainingError, match="no training rows"):
        fit(TrainSection(), train=TRAIN.take(np.zeros(0, np.int64)))
    mean = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with pytest.raises(TrainingError, match='reduction="sum"'):
        train(tiny.classifier(), train=TRAIN, loss=mean, section=TrainSection())
