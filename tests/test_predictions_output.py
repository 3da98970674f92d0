"""Predictions to files, pipes and full disks."""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tltk.errors import EnvironmentProblem
from tltk.predictions_output import write_predictions

PREDICTIONS = [{"text": 'a "film"', "label": "é", "scores": {"é": 0.75}}, {"text": "b", "label": "x", "scores": {}}]


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_a_file_is_written_whole(tmp_path: Path, format: str) -> None:
    path = tmp_path / "out"
    assert write_predictions(iter(PREDICTIONS), path, format) == 2
    text = path.read_text(encoding="utf-8")
    if format == "jsonl":
        assert [json.loads(line) for line in text.splitlines()] == PREDICTIONS
    else:
        assert text == 'text,label,scores\n"a ""film""",é,"{""é"": 0.75}"\nb,x,{}\n'
    assert names(tmp_path) == ["out"]


def test_a_failure_on_the_way_leaves_the_old_file(tmp_path: Path) -> None:
    def failing() -> Iterator[dict]:
        yield PREDICTIONS[0]
        raise ValueError("on the way")

    path = tmp_path / "out"
    path.write_text("old")
    with pytest.raises(ValueError, match="on the way"):
        write_predictions(failing(), path)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["out"]


def test_a_pipe_is_written_into_and_not_replaced(tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    write_predictions(PREDICTIONS, pipe)
    reader.join(timeout=30)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [json.loads(line) for line in got[0].splitlines()] == PREDICTIONS


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a device that is always full")
def test_a_full_disk_is_named() -> None:
    with pytest.raises(EnvironmentProblem, match="/dev/full: Could not write: No space left"):
        write_predictions(PREDICTIONS, Path("/dev/full"))
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)
