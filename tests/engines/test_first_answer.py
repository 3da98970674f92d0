"""The first answer of a new process: what is imported for it, and that it does not wait for a second line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tltk
from tltk.run import Run

HEAVY = ("tensorflow", "keras", "transformers", "torch", "pandas", "sklearn", "matplotlib", "scipy", "onnx")


@pytest.fixture
def environment(run: Run, empty_cache: Path) -> dict[str, str]:
    """An environment in which the engine files are made already."""
    for precision in ("float32", "int8"):
        tltk.load(run.path, engine="onnx", precision=precision).predict("a film")
    return {**os.environ, "TLTK_CACHE": str(empty_cache)}


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_the_onnx_engine_needs_nothing_heavy(run: Run, environment: dict[str, str], precision: str) -> None:
    code = f"""
import sys, tltk
row = tltk.load({str(run.path)!r}, engine="onnx", precision={precision!r}).predict("a gripping film")
print(row["label"], row["score"], *sorted({{name.partition(".")[0] for name in sys.modules}}))
"""
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    label, score, *loaded = done.stdout.split()
    expected = tltk.load(run.path, engine="onnx", precision=precision).predict("a gripping film")
    assert label == expected["label"]
    assert float(score) == pytest.approx(expected["score"], abs=1e-6)
    assert "onnxruntime" in loaded
    assert not set(HEAVY) & set(loaded)


def test_the_keras_engine_does_without_what_only_training_needs(run: Run) -> None:
    code = f"""
import sys, tltk
tltk.load({str(run.path)!r}).predict("a gripping film")
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # Keras itself brings scikit-learn, matplotlib and pandas where they are installed.
    assert not {"transformers", "torch", "keras_tuner"} & set(done.stdout.split())


def test_a_line_is_answered_before_the_next_one_is_written(run: Run, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "tltk", "predict", str(run.path), "-", "--engine", "onnx"]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text in ("a gripping film", "", "a dull film", "naïve café"):
            process.stdin.write(f"{text}\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["text"] == text
        process.stdin.close()
        assert process.stdout.read() == ""
    assert process.returncode == 0
