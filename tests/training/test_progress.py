"""What the user sees while a model trains."""

from __future__ import annotations

import io
import re

import keras
import pytest
from rich.console import Console

from tltk.training.progress import ProgressLines, _rate
from tltk.training.state import TrainingState

LOGS = {"accuracy": 0.5, "loss": 0.6931, "val_accuracy": 0.75, "val_loss": 0.5}


def follow(terminal: bool, *, epochs: int = 2, stop: bool = False) -> str:
    """Play a training of four steps an epoch."""
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=120, highlight=False, soft_wrap=True)
    state = TrainingState(steps_per_epoch=4)
    lines = ProgressLines(state, epochs=epochs, rows_per_epoch=100, console=console)
    lines.set_model(keras.Sequential([keras.layers.Dense(1)]))
    lines.model.stop_training = False
    for epoch in range(epochs):
        lines.on_epoch_begin(epoch)
        for step in range(4):
            lines.on_train_batch_end(step, {"loss": 0.7})
        lines.model.stop_training = stop
        lines.on_epoch_end(epoch, LOGS)
        if stop:
            break
    lines.on_train_end()
    return stream.getvalue()


def test_one_line_an_epoch() -> None:
    first, second = follow(terminal=False).splitlines()
    figures = r"loss 0\.6931  accuracy 0\.5000  val_loss 0\.5000  val_accuracy 0\.7500"
    assert re.fullmatch(rf"epoch 1/2  {figures}  [\d,]+ rows/s  0:00  0:00 left", first)
    assert re.fullmatch(rf"epoch 2/2  {figures}  [\d,]+ rows/s  0:00", second)


@pytest.mark.parametrize(("rate", "shown"), [(1234.4, "1,234"), (9.96, "10"), (0.42, "0.42")])
def test_a_slow_training_is_not_said_to_stand_still(rate: float, shown: str) -> None:
    assert _rate(rate) == shown


def test_an_early_stop_is_said() -> None:
    (line,) = follow(terminal=False, epochs=3, stop=True).splitlines()
    assert line.endswith("stopped early")


def test_a_terminal_shows_the_running_epoch() -> None:
    shown = follow(terminal=True)
    assert "4/4" in shown
    assert "loss 0.7000" in shown
    assert "epoch 2/2  loss 0.6931" in shown
