"""A search whose process is killed in the middle of a trial."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT
from tltk.search import Search


def run(*arguments: str) -> int:
    command = [sys.executable, "-m", "tests.search.killed_worker", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode


@pytest.mark.slow
def test_a_killed_search_ends_with_the_trials_of_one_left_alone(tiny_bert_folder: Path, tmp_path: Path) -> None:
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    for trial in ("1", "2"):
        assert run(str(tiny_bert_folder), str(killed), trial) == -signal.SIGKILL
    assert run(str(tiny_bert_folder), str(killed)) == 0
    assert run(str(tiny_bert_folder), str(whole)) == 0
    trials = [[(trial["values"], trial["score"]) for trial in Search(path).trials] for path in (killed, whole)]
    assert len(trials[0]) == 3
    assert trials[0] == trials[1]
