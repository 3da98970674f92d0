"""Writes an ONNX graph node by node, in float32 or with 8-bit weights."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, Literal

import numpy as np

WeightKind = Literal["float32", "int8", "int7"]
"""float32; int8, for dynamic quantisation; int7, the same in 7 bits, for processors that add products of bytes in 16
bits and would overflow (those without VNNI)."""

OPSET, CONTRIB_OPSET, IR_VERSION = 18, 1, 9


class GraphBuilder:
    """Collects the nodes and constants of an ONNX graph.

    Args:
        weights: the kind of the matrices in `dense` and `lookup`.

    Example:
        >>> graph = GraphBuilder()
        >>> graph.input("input_ids")
        >>> doubled = graph.node("Add", "input_ids", "input_ids")
        >>> [node.op_type for node in graph.model({doubled: "doubled"}).graph.node]
        ['Add', 'Identity']
    """

    CONTRIB = "com.microsoft"
    """Domain of onnxruntime's own kernels."""
    FLOAT, INT32 = 1, 6
    """Element types, as ONNX numbers them."""

    def __init__(self, weights: WeightKind = "float32") -> None:
        self.weights = weights
        self._inputs: list[Any] = []
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._numbers = itertools.count()
        self._made: dict[int, tuple[np.ndarray, Any]] = {}

    def input(self, name: str) -> None:
        """Add an int32 input of shape [batch, length]."""
        from onnx import helper

        self._inputs.append(helper.make_tensor_value_info(name, self.INT32, ["batch", "length"]))

    def node(self, kind: str, *inputs: str, outputs: int = 1, domain: str = "", **attributes: Any) -> Any:
        """Add a node and return the name of its output, or a list of them."""
        from onnx import helper

        number = next(self._numbers)
        names = [f"{kind}_{number}" if outputs == 1 else f"{kind}_{number}_{index}" for index in range(outputs)]
        self._nodes.append(helper.make_node(kind, inputs, names, name=f"{kind}_{number}", domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, value: Any) -> str:
        """Add a constant (float32 for Python numbers) and return its name; an array that came before is added once."""
        return self._once(value, self._new_constant) if isinstance(value, np.ndarray) else self._new_constant(value)

    def _once(self, array: np.ndarray, make: Callable[[np.ndarray], Any]) -> Any:
        """Return what was made of this very array: a layer that computes several times is written once."""
        if id(array) not in self._made:
            # The array is kept, so that no other one gets its id.
            self._made[id(array)] = (array, make(array))
        return self._made[id(array)][1]

    def _new_constant(self, value: Any) -> str:
        from onnx import numpy_helper

        array = np.float32(value) if isinstance(value, float) else value
        name = f"constant_{next(self._numbers)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(array).reshape(np.shape(array)), name))
        return name

    def dense(self, states: str, kernel: np.ndarray, bias: np.ndarray) -> str:
        """Multiply states [rows, in] by a kernel [in, out] and add a bias [out].

        With 8-bit weights each column of the kernel has a scale of its own (symmetric), and the states are quantised as
        they come, by one scale and zero point for the whole batch: what optimum's `avx512_vnni(is_static=False)` does.
        """
        if self.weights == "float32":
            return self.node("Gemm", states, self.constant(kernel), self.constant(bias))
        parts = self._once(kernel, self._quantized)
        return self.node("DynamicQuantizeMatMul", states, *parts, self.constant(bias), domain=self.CONTRIB)

    def _quantized(self, kernel: np.ndarray) -> tuple[str, str, str]:
        """Add a kernel in 8 bits; return the names of its integers, scales and zero points."""
        scale = _scale(np.abs(kernel).max(axis=0), self.weights)
        quantized = np.rint(kernel / scale).astype(np.int8)
        zeros = np.zeros(len(scale), np.int8)
        return self.constant(quantized), self.constant(scale), self.constant(zeros)

    def lookup(self, table: np.ndarray, ids: str, *, quantizable: bool = True) -> str:
        """Take rows of a table by their numbers; with 8-bit weights each row of a `quantizable` one has its scale."""
        if self.weights == "float32" or not quantizable:
            return self.node("Gather", self.constant(table), ids)
        scale = _scale(np.abs(table).max(axis=1, keepdims=True), "int8")
        rows = self.node("Gather", self.constant(np.rint(table / scale).astype(np.int8)), ids)
        return self.node("Mul", self.node("Cast", rows, to=self.FLOAT), self.node("Gather", self.constant(scale), ids))

    def include(self, model: Any, inputs: dict[str, str]) -> list[str]:
        """Add the nodes of a whole ONNX model, whose inputs are given by the names they have here.

        Returns:
            The names of its outputs here.
        """
        from onnx import compose, helper

        prefix = f"included_{next(self._numbers)}/"
        part = compose.add_prefix(model, prefix).graph
        for given in part.input:
            source = inputs[given.name.removeprefix(prefix)]
            self._nodes.append(helper.make_node("Identity", [source], [given.name], name=f"{given.name}/given"))
        self._nodes.extend(part.node)
        self._constants.extend(part.initializer)
        return [output.name for output in part.output]

    def model(self, outputs: dict[str, str]) -> Any:
        """Return the ONNX model with outputs renamed as given, float32 of shapes that are not said."""
        from onnx import helper

        for inner, name in outputs.items():
            self._nodes.append(helper.make_node("Identity", [inner], [name], name=f"output_{name}"))
        values = [helper.make_tensor_value_info(name, self.FLOAT, None) for name in outputs.values()]
        graph = helper.make_graph(self._nodes, "tltk", self._inputs, values, self._constants)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(self.CONTRIB, CONTRIB_OPSET)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="tltk")


def _scale(largest: np.ndarray, weights: str) -> np.ndarray:
    steps = 127 if weights == "int8" else 63
    return np.maximum(largest / steps, np.finfo(np.float32).tiny).astype(np.float32)
