"""Two devices train as one does."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tests.paths import ROOT
from tests.training.mirrored_worker import CASES
from tltk.errors import EnvironmentProblem
from tltk.recipe.distribute import DistributeSection
from tltk.training import count_devices, distribution, distribution_strategy
from tltk.training.distribution import prefetch_device


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process with two logical CPU devices found."""
    command = [sys.executable, "-m", "tests.training.mirrored_worker", str(tmp_path_factory.mktemp("mirrored"))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("case", CASES)
def test_losses_and_logits_are_those_of_one_device(found: dict[str, Any], case: str) -> None:
    one, two = found[case]
    assert found["replicas"] == 2
    assert one["history"].keys() == two["history"].keys() == {"loss", "accuracy", "val_loss", "val_accuracy"}
    for name, values in one["history"].items():
        np.testing.assert_allclose(two["history"][name], values, rtol=0, atol=1e-5, err_msg=name)
    np.testing.assert_allclose(two["logits"], one["logits"], rtol=0, atol=1e-5)
    # A training that changes nothing would pass as well.
    assert abs(one["history"]["loss"][1] - one["history"]["loss"][0]) > 1e-3


def test_pairs_of_texts_stay_together_on_two_devices(found: dict[str, Any]) -> None:
    one, two = (course["history"] for course in found["pairs"])
    assert one.keys() == two.keys() == {"loss", "pearson", "val_loss", "val_pearson"}
    for name, values in one.items():
        np.testing.assert_allclose(two[name], values, rtol=0, atol=1e-5, err_msg=name)
    assert abs(one["loss"][1] - one["loss"][0]) > 1e-3


def test_a_run_on_two_devices_resumes(found: dict[str, Any]) -> None:
    whole, resumed = found["rows"][1], found["resumed"]
    assert resumed["history"] == whole["history"]
    assert resumed["logits"] == whole["logits"]


def test_one_device_needs_no_strategy() -> None:
    assert distribution_strategy(DistributeSection()) is None
    assert count_devices(DistributeSection()) == 1


@pytest.mark.parametrize(
    ("gpus", "devices", "expected"), [(0, None, 2), (0, 3, 3), (1, None, 1), (4, None, 4), (4, 2, 2)]
)
def test_devices_are_counted_without_making_them(
    gpus: int, devices: int | None, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["one"] * gpus if kind == "GPU" else ["cpu"])
    assert count_devices(DistributeSection(strategy="mirrored", devices=devices)) == expected


def test_too_late_to_divide_the_processor() -> None:
    tf.constant(1) + 1
    with pytest.raises(EnvironmentProblem, match="distribute.devices: Got 9 devices.*Start a new Python process"):
        distribution_strategy(DistributeSection(strategy="mirrored", devices=9))


def test_gpus_are_counted() -> None:
    gpus = [tf.config.LogicalDevice(f"/device:GPU:{number}", "GPU") for number in range(3)]
    assert distribution._choose_gpus(gpus, None) == ["/device:GPU:0", "/device:GPU:1", "/device:GPU:2"]
    assert distribution._choose_gpus(gpus, 2) == ["/device:GPU:0", "/device:GPU:1"]
    with pytest.raises(EnvironmentProblem, match="Got 4; this machine has 3 GPU"):
        distribution._choose_gpus(gpus, 4)


def test_batches_are_sent_ahead_to_the_one_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    alone, mirrored = tf.distribute.get_strategy(), tf.distribute.MirroredStrategy(["/CPU:0"])
    assert prefetch_device(alone) is None
    gpus = [tf.config.LogicalDevice(f"/device:GPU:{number}", "GPU") for number in range(2)]
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind: gpus)
    assert prefetch_device(alone) == "/device:GPU:0"
    assert prefetch_device(mirrored) is None
