"""The training step compiled by XLA, which runs on a CPU too: the same figures, one program for each shape."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.paths import ROOT
from tests.training import tiny
from tests.training.jit_worker import CASES
from tltk.errors import TrainingError
from tltk.recipe import TrainSection
from tltk.training import batches, choose_jit_compile, train, training_plan
from tltk.training import compile as compiling

# XLA adds up in another order, in float32. In bfloat16 the plain step rounds to 8 bits after each op, which XLA on a
# CPU does not: two roundings of 2^-9 on logits of about 1, over many ops.
TOLERANCES = {"rows": 1e-5, "tokens": 1e-5, "mixed": 1e-2}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process found whose XLA writes down what it compiles."""
    folder = str(tmp_path_factory.mktemp("programs"))
    command = [sys.executable, "-m", "tests.training.jit_worker", folder]
    environment = {**os.environ, "XLA_FLAGS": f"--xla_dump_to={folder}"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("case", CASES)
def test_figures_are_those_without_xla(found: dict[str, Any], case: str) -> None:
    plain, xla = found[case]["plain"], found[case]["xla"]
    for name in [name for name in plain if name.endswith("loss")]:
        np.testing.assert_allclose(xla[name], plain[name], rtol=0, atol=TOLERANCES[case], err_msg=name)
    # A training that changes nothing would pass as well.
    assert abs(plain["loss"][1] - plain["loss"][0]) > 10 * TOLERANCES[case]


def test_each_shape_is_compiled_once(found: dict[str, Any]) -> None:
    assert found["rows"]["before"] == 0
    assert found["rows"]["shapes"] == [[6, 16], [6, 24]]
    assert found["rows"]["programs"] == 2 + 2  # as many again for validation
    assert found["tokens"]["shapes"] == [[4, 24], [6, 16]]
    assert found["tokens"]["programs"] == 2
    assert found["mixed"]["programs"] == 2


def test_auto_is_decided_by_the_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    assert choose_jit_compile("auto") is False
    assert choose_jit_compile(True) is True
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["a GPU"] if kind == "GPU" else [])
    assert choose_jit_compile("auto") is True
    assert choose_jit_compile("auto", replicas=2) is False
    assert choose_jit_compile(False) is False


def test_shapes_are_few_only_for_xla() -> None:
    rows = tiny.rows(61, longest=100)
    few = training_plan(rows, TrainSection(batch_size=8, jit_compile=True), seed=0).batching
    many = training_plan(rows, TrainSection(batch_size=8, jit_compile=False), seed=0).batching
    assert (few.bucket, few.full) == ("powers", True)
    assert many.bucket != "powers"
    assert not many.full


def test_several_devices_are_refused() -> None:
    section = TrainSection(jit_compile=True)
    with pytest.raises(TrainingError, match="train.jit_compile: Got true for 2 devices.*distribute.strategy: none"):
        training_plan(tiny.rows(8), section, seed=0, replicas=2)


class Stop(keras.callbacks.Callback):
    """Ends a training at the start of its second epoch."""

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        if epoch == 1:
            raise InterruptedError


def test_a_checkpoint_of_other_batches_is_not_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under `auto` a machine with a GPU cuts other batches than one without, by the same recipe."""

    def fit(*callbacks: keras.callbacks.Callback) -> None:
        section = TrainSection(epochs=2, batch_size=8)
        rows, folder = tiny.rows(24), tmp_path / "checkpoints"
        train(tiny.classifier(), train=rows, loss=tiny.loss(), section=section, folder=folder, callbacks=callbacks)

    with pytest.raises(InterruptedError):
        fit(Stop())
    monkeypatch.setattr(compiling, "choose_jit_compile", lambda *_, **__: True)
    monkeypatch.setattr(batches, "choose_jit_compile", lambda *_, **__: True)
    with pytest.raises(TrainingError, match="other settings or data"):
        fit()
