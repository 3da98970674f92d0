"""Computes with onnxruntime; needs neither TensorFlow nor Keras."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tltk.engines.compute_ahead import compute_ahead
from tltk.engines.engine import Engine, EngineChoice
from tltk.environment import processors

OUTPUTS = "outputs"
_ERRORS_ONLY = 3


class OnnxEngine(Engine):
    """Runs an engine file (see `engine_file`) on all cores: of many batches each on one core, a single one on all.

    Args:
        path: the ONNX file: int32 [batch, length] inputs, raw outputs named "outputs". Only its
            constants are folded, and needless nodes dropped, here: its kernels were fused when it was made.
        precision: what the file was made for.
    """

    def __init__(self, path: Path, precision: str = "float32") -> None:
        self.choice = EngineChoice("onnx", precision)
        self._path = path
        self._session = _open(path)
        self.inputs = tuple(given.name for given in self._session.get_inputs())

    def __call__(self, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        return self._run(self._session, inputs)

    def map(self, batches: Iterable[Mapping[str, np.ndarray]]) -> Iterator[np.ndarray]:
        remaining = iter(batches)
        first = list(itertools.islice(remaining, 2))
        if len(first) < 2 or processors() == 1:
            return map(self, itertools.chain(first, remaining))
        on_one_core = functools.partial(self._run, self._one_core_session)
        return compute_ahead(on_one_core, itertools.chain(first, remaining), workers=processors())

    @functools.cached_property
    def _one_core_session(self) -> Any:
        return _open(self._path, threads=1)

    def _run(self, session: Any, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        given = {name: np.ascontiguousarray(inputs[name], np.int32) for name in self.inputs}
        return session.run([OUTPUTS], given)[0]


def _open(path: Path, *, threads: int = 0) -> Any:
    """Open a file for computing on so many threads; 0 for one on each core."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = _ERRORS_ONLY
    options.intra_op_num_threads = threads
    # Threads that wait for work by spinning gain a hundredth on an idle machine, and starve whatever else runs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
