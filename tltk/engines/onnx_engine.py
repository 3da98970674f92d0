"""Computes with onnxruntime; needs neither TensorFlow nor Keras."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tltk.engines.engine import Engine, EngineChoice

OUTPUTS = "outputs"
_ERRORS_ONLY = 3


class OnnxEngine(Engine):
    """Runs an engine file (see `engine_file`) on all cores.

    Args:
        path: the ONNX file: int32 [batch, length] inputs, raw outputs named "outputs". Only its
            constants are folded, and needless nodes dropped, here: its kernels were fused when it was made.
        precision: what the file was made for.
    """

    def __init__(self, path: Path, precision: str = "float32") -> None:
        import onnxruntime

        self.choice = EngineChoice("onnx", precision)
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.log_severity_level = _ERRORS_ONLY
        # Threads that wait for work by spinning gain a hundredth on an idle machine, and starve whatever else runs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.inputs = tuple(given.name for given in self._session.get_inputs())

    def __call__(self, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        given = {name: np.ascontiguousarray(inputs[name], np.int32) for name in self.inputs}
        return self._session.run([OUTPUTS], given)[0]
