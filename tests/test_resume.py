"""A Run killed in mid-training and continued by the same command is the Run that was never killed."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.reviews import make_reviews

pytestmark = pytest.mark.slow

RECIPE = """
name: reviews
seed: 3
data: {{path: reviews.csv, split: {{validation: 0.2, test: 0.2}}}}
backbone: {{name: {checkpoint}, max_length: 32, dropout: 0.1, attention_dropout: 0.1}}
train: {{epochs: 4, batch_size: 8, learning_rate: 1e-3, checkpoint_steps: 5, precision: {precision}}}
"""


def fit(folder: Path, output: str) -> list[str]:
    return [sys.executable, "-m", "tltk", "fit", str(folder / "recipe.yaml"), "--output", str(folder / output)]


def result(folder: Path, output: str) -> tuple[dict, dict, dict]:
    bundle = json.loads((folder / output / "bundle" / "tltk.json").read_text())
    history = json.loads((folder / output / "history.json").read_text())["history"]
    return (
        bundle["files"]["encoder/model.safetensors"],
        json.loads((folder / output / "metrics.json").read_text()),
        history,
    )


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_killed_and_continued_is_as_if_nothing_had_happened(tiny_bert_folder, tmp_path, precision):
    columns = make_reviews(200)
    with (tmp_path / "reviews.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["text", "label"], *zip(columns["text"], columns["label"], strict=True)])
    (tmp_path / "recipe.yaml").write_text(RECIPE.format(checkpoint=tiny_bert_folder, precision=precision))
    for output in ("one", "two"):
        subprocess.run(fit(tmp_path, output), check=True, capture_output=True)
    assert result(tmp_path, "one") == result(tmp_path, "two")

    process = subprocess.Popen(fit(tmp_path, "killed"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    second_epoch = tmp_path / "killed" / "checkpoints" / "step-0000000020"
    deadline = time.monotonic() + 300
    while not second_epoch.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (tmp_path / "killed" / "metrics.json").exists()
    again = subprocess.run(fit(tmp_path, "killed"), check=True, capture_output=True, text=True)
    assert json.loads((tmp_path / "killed" / "history.json").read_text())["resumed_from"] >= 20
    assert result(tmp_path, "killed") == result(tmp_path, "one")
    assert "epoch 4/4" in again.stderr
