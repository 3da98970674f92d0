"""The contract of an engine, and which engine computes in which precision."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, get_args

import numpy as np

from tltk.errors import EngineError, did_you_mean

EngineName = Literal["keras", "onnx"]
PredictionPrecision = Literal["float32", "bfloat16", "int8"]

# onnxruntime has no bfloat16 kernels for processors, Keras no 8-bit ones.
_PRECISIONS: dict[str, tuple[str, ...]] = {"keras": ("float32", "bfloat16"), "onnx": ("float32", "int8")}


class EngineChoice(NamedTuple):
    """What computes, and in which number format.

    Args:
        engine: "keras" (TensorFlow) or "onnx" (onnxruntime).
        precision: "float32", "bfloat16" or "int8".
    """

    engine: str = "keras"
    precision: str = "float32"

    def __str__(self) -> str:
        return f"{self.engine} in {self.precision}"


class Engine(ABC):
    """A trained model, ready to compute.

    Attributes:
        choice: which engine it is, in which precision.
        inputs: names of the arrays it takes, int32 [rows, length] each.
    """

    choice: EngineChoice
    inputs: tuple[str, ...]

    @abstractmethod
    def __call__(self, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the model's raw outputs, float32 of shape [rows, ...]; inputs it does not know are left out."""

    def map(self, batches: Iterable[Mapping[str, np.ndarray]]) -> Iterator[np.ndarray]:
        """Yield the raw outputs of many batches, in order; some may be computed at a time."""
        return map(self, batches)


def choose_engine(engine: str | None = None, precision: str = "float32") -> EngineChoice:
    """Return the engine for a precision: the one asked for, else Keras, or onnxruntime for int8.

    Raises:
        EngineError: an unknown name, or an engine that cannot compute in this precision.

    Example:
        >>> choose_engine(precision="int8")
        EngineChoice(engine='onnx', precision='int8')
    """
    if precision not in get_args(PredictionPrecision):
        raise EngineError(
            f"Got precision {precision!r}.",
            where="precision",
            hint=did_you_mean(precision, get_args(PredictionPrecision)),
        )
    if engine is None:
        engine = next(name for name, known in _PRECISIONS.items() if precision in known)
    if engine not in _PRECISIONS:
        raise EngineError(f"Got engine {engine!r}.", where="engine", hint=did_you_mean(engine, _PRECISIONS))
    if precision not in _PRECISIONS[engine]:
        able = " or ".join(name for name, known in _PRECISIONS.items() if precision in known)
        raise EngineError(
            f"Got {precision!r}; the {engine} engine computes in {' or '.join(_PRECISIONS[engine])}.",
            where="precision",
            hint=f"For {precision} take the {able} engine, or name no engine.",
        )
    return EngineChoice(engine, precision)
