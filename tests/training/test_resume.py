"""A run that was killed and continued ends as one that was not; so does any second run."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.paths import ROOT

PRECISIONS = ["float32", "mixed_bfloat16"]
KILLED_AT = 13  # In the second epoch of eight steps; the last checkpoint is that of step 12.


def work(folder: Path, *arguments: str) -> tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]:
    command = [sys.executable, "-m", "tests.training.resume_worker", str(folder), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What uninterrupted runs end with, one for each precision."""
    done, found = work(tmp_path_factory.mktemp("whole"), *PRECISIONS)
    assert done.returncode == 0, done.stderr
    return found


def without_origin(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "resumed_from"}


def test_two_runs_of_one_seed_are_the_same(whole: list[dict[str, Any]], tmp_path: Path) -> None:
    done, again = work(tmp_path, *PRECISIONS)
    assert done.returncode == 0, done.stderr
    assert again == whole
    assert [found["precision"] for found in whole] == PRECISIONS
    assert whole[0]["weights"] != whole[1]["weights"]


def test_killed_in_the_middle_of_an_epoch_and_resumed(whole: list[dict[str, Any]], tmp_path: Path) -> None:
    for precision in PRECISIONS:
        killed, found = work(tmp_path, "--kill-at", str(KILLED_AT), precision)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert found == []
    done, resumed = work(tmp_path, *PRECISIONS)
    assert done.returncode == 0, done.stderr
    assert [found["resumed_from"] for found in resumed] == [12, 12]
    for one, other in zip(whole, resumed, strict=True):
        assert without_origin(other) == without_origin(one)
