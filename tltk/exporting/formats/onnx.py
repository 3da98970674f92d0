"""ONNX, through tf2onnx."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tltk.exporting.exporter import Exporter, Loaded, register_exporter
from tltk.exporting.graph import inference_function

FILE = "model.onnx"
OPSET = 18

_IN_PLACE = "TF2ONNX_CATCH_ERRORS"


@register_exporter("onnx")
class OnnxExporter(Exporter):
    """Writes `model.onnx`: named int32 [batch, length] inputs -> one output, both axes dynamic, opset 18.

    A classifier's output is `probabilities`.

    Converted by tf2onnx from the model's plain TensorFlow graph, checked and run by onnxruntime.
    """

    def write(self, model: Any, folder: Path) -> None:
        (folder / FILE).write_bytes(convert(inference_function(model)).SerializeToString())

    def load(self, folder: Path) -> Loaded:
        import onnxruntime

        session = onnxruntime.InferenceSession(str(folder / FILE), providers=["CPUExecutionProvider"])

        def run(inputs: Any) -> np.ndarray:
            return session.run(None, {name: np.asarray(inputs[name], np.int32) for name in inputs})[0]

        return run


def convert(function: Any) -> Any:
    """Return a traced `tf.function` that has a signature as an ONNX model of opset 18, by tf2onnx."""
    import tf2onnx

    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    with _optimised_in_place():
        model, _ = tf2onnx.convert.from_function(
            function,
            input_signature=function.input_signature,
            opset=OPSET,
            custom_op_handlers={"Erfc": (_erfc, [])},
        )
    return model


@contextmanager
def _optimised_in_place() -> Iterator[None]:
    """Spare the copies of the whole graph, weights and all, that tf2onnx makes before each of its two dozen passes.

    It keeps them to go on where a pass fails; set to anything, this variable turns that off. A failure is then an
    error.
    """
    before = os.environ.get(_IN_PLACE)
    os.environ[_IN_PLACE] = "FALSE"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_IN_PLACE]
        else:
            os.environ[_IN_PLACE] = before


def _erfc(graph: Any, node: Any, name: str, arguments: Any) -> None:
    """Write erfc(x), which exact GELU is made of in Keras and ONNX lacks, as 1 - erf(x)."""
    shapes, dtypes = [graph.get_shape(node.output[0])], [graph.get_dtype(node.output[0])]
    erf = graph.make_node("Erf", node.input, shapes=shapes, dtypes=dtypes)
    one = graph.make_const(f"{name}_one", np.array(1.0, np.float32))
    graph.remove_node(node.name)
    graph.make_node("Sub", [one.output[0], erf.output[0]], name=name, outputs=node.output, shapes=shapes, dtypes=dtypes)
