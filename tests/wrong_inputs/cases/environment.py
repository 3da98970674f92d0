"""Machines that cannot do what was asked."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.wrong_inputs.case import Case, wrong
from tests.wrong_inputs.workplace import Workplace

CASES: list[Case] = []
environment = partial(wrong, CASES)


@environment("Another Keras backend", where="KERAS_BACKEND", what="'jax'", advice="Set KERAS_BACKEND=tensorflow")
def another_backend(place: Workplace):
    place.monkeypatch.setenv("KERAS_BACKEND", "jax")
    return ["fit", place.good_recipe()]


@environment("More devices than there are, TensorFlow at work", where="distribute.devices", what="Got 7", advice="new")
def devices_too_late(place: Workplace):
    import tensorflow as tf

    tf.config.list_logical_devices()  # from now on TensorFlow is in use
    return ["fit", place.good_recipe("distribute: {strategy: mirrored, devices: 7}")]


@environment(
    "An output folder that cannot be made", where="occupied/run", what="occupied is a file", advice="Choose another"
)
def output_below_a_file(place: Workplace):
    place.write("occupied", "")
    return ["fit", place.good_recipe(), "--output", "occupied/run"]


@environment("An output folder that is a file", where="occupied", what="is a file", advice="Choose another")
def output_that_is_a_file(place: Workplace):
    place.write("occupied", "")
    return ["fit", place.good_recipe(), "--output", "occupied"]


@environment("No space for the predictions", where="/dev/full", what="No space left", advice="Free some space")
def no_space_for_predictions(place: Workplace):
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full, a device that is always full")
    place.bundle()
    return ["predict", "bundle", place.write("rows.txt", "a gripping film\n"), "--output", "/dev/full"]


@environment("No space for the trained model", where="run/checkpoints", what="File too large", advice="Make room")
def no_space_for_the_model(place: Workplace):
    recipe = place.good_recipe("train: {epochs: 1}")
    _limit_files(place, 60_000)
    return ["fit", recipe, "--output", "run"]


@environment("A cache that cannot be made", where="occupied/cache", what="cannot be used", advice="set TLTK_CACHE")
def cache_below_a_file(place: Workplace):
    place.monkeypatch.setenv("TLTK_CACHE", str(place.folder / place.write("occupied", "") / "cache"))
    return ["check", place.good_recipe()]


@environment("A command that does not exist", where="fti", what="no command 'fti'", advice="Did you mean", exit_code=2)
def unknown_command(place: Workplace):
    return ["fti", "recipe.yaml"]


def _limit_files(place: Workplace, size: int) -> None:
    """Let no file of this process grow beyond `size` bytes, until the case is over."""
    resource = pytest.importorskip("resource", reason="needs a system that limits the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    place.closing.callback(resource.setrlimit, resource.RLIMIT_FSIZE, before)
