"""Whose a Run's folder is: what may begin in it, and what may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tltk.errors import TltkError
from tltk.recipe import Recipe
from tltk.run import RunFolder

ONE, OTHER = Recipe(name="one"), Recipe(name="one", seed=1)


def test_a_run_that_never_trained_does_not_bar_its_folder(tmp_path: Path) -> None:
    RunFolder(tmp_path / "run").begin(ONE, "one")  # and then its data file is not found, say
    RunFolder(tmp_path / "run").begin(OTHER, "other")
    assert "seed: 1" in (tmp_path / "run" / "recipe.yaml").read_text()


@pytest.mark.parametrize("left", ["checkpoints", "finished"])
def test_a_run_that_trained_is_not_lost_to_another_recipe(tmp_path: Path, left: str) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.begin(ONE, "one")
    if left == "checkpoints":
        (tmp_path / "run" / "checkpoints").mkdir()
    else:
        folder.write("run.json", {**folder.state, "state": "finished"})
    with pytest.raises(TltkError, match="another recipe.*--overwrite"):
        folder.begin(OTHER, "other")
    folder.begin(OTHER, "other", overwrite=True)
    assert folder.state["state"] == "started"


def test_two_processes_do_not_train_in_one_folder(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.make("one")
    other = RunFolder(tmp_path / "run")
    with folder.held(), pytest.raises(TltkError, match=r"Another process.*--output"), other.held():
        pytest.fail("two holders")
    with folder.held():
        folder.make("one")  # the lock is no file of somebody else's
