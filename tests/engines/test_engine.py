"""Which engine computes in which precision."""

from __future__ import annotations

import pytest

from tltk.engines import EngineChoice, choose_engine
from tltk.errors import EngineError


def test_the_precision_settles_the_engine_unless_one_is_named() -> None:
    assert choose_engine() == EngineChoice("keras", "float32")
    assert choose_engine(precision="bfloat16") == EngineChoice("keras", "bfloat16")
    assert choose_engine(precision="int8") == EngineChoice("onnx", "int8")
    assert choose_engine("onnx") == EngineChoice("onnx", "float32")


@pytest.mark.parametrize(
    ("engine", "precision", "message"),
    [
        ("keras", "int8", "the keras engine computes in float32 or bfloat16.*take the onnx engine"),
        ("onnx", "bfloat16", "the onnx engine computes in float32 or int8.*take the keras engine"),
        ("onxx", "float32", "Did you mean 'onnx'"),
        (None, "bf16", "precision: Got precision 'bf16'"),
    ],
)
def test_what_cannot_be_had_is_refused(engine: str | None, precision: str, message: str) -> None:
    with pytest.raises(EngineError, match=message):
        choose_engine(engine, precision)
