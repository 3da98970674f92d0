"""ONNX, run by onnxruntime alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from tests.exporting.contract import ExporterContract, Runner
from tltk.run import Run


class TestOnnx(ExporterContract):
    format = "onnx"

    def open(self, folder: Path) -> Runner:
        session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])

        def call(inputs: Mapping[str, np.ndarray]) -> np.ndarray:
            return session.run(["probabilities"], dict(inputs))[0]

        return call

    def test_the_file_is_valid_and_holds_the_weights_once(self, run: Run, tmp_path: Path) -> None:
        file = run.export("onnx", tmp_path / "export") / "model.onnx"
        onnx.checker.check_model(onnx.load(file), full_check=True)
        weights = 4 * run.model.count_params()
        assert weights <= file.stat().st_size < weights + 200_000
