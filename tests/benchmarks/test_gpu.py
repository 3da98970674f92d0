"""The GPU benchmark on a machine without one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.gpu import line, slug
from tests.paths import ROOT

NO_GPUS = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1"}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.gpu", *arguments]
    return subprocess.run(command, cwd=ROOT, env=NO_GPUS, capture_output=True, text=True, check=False)


def test_without_a_gpu_it_says_what_to_install_and_writes_nothing(tmp_path: Path) -> None:
    done = run("--output", str(tmp_path / "figures.json"))
    assert done.returncode == 2
    assert "No GPU" in done.stderr
    assert 'pip install "tensorflow[and-cuda]' in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_tiny_version_measures_every_setting(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    done = run("--cpu", "--epochs", "1", "--output", str(path))
    assert done.returncode == 0, done.stderr
    measured = json.loads(path.read_text())["measured"]
    settings = {(found["precision"], found["jit_compile"]) for found in measured}
    assert len(measured) == len(settings) == 4
    for found in measured:
        assert found["training"]["rows_a_second"] > 0
        assert found["prediction"]["rows_a_second"] > 0
    table = path.with_suffix(".md").read_text()
    assert all(line(found) in table for found in measured)


def test_a_full_memory_is_told_in_its_place() -> None:
    setting = {"model": "BERT-base", "precision": "float32", "jit_compile": True, "batch_size": 512}
    assert line({**setting, "out_of_memory": True, "peak_bytes": 16e9}) == (
        "| BERT-base | float32 | yes | 512 | out of memory |  | out of memory |  | 16.0 |"
    )


def test_devices_become_file_names() -> None:
    assert slug("NVIDIA A100-SXM4-40GB") == "nvidia-a100-sxm4-40gb"
