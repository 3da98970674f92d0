"""Precision is decided from features alone."""

from __future__ import annotations

import platform
from pathlib import Path

import keras
import pytest

from tltk.errors import TrainingError
from tltk.training import precision
from tltk.training.precision import choose_precision, cpu_flags, precision_scope


@pytest.mark.parametrize(
    ("flags", "capabilities", "expected"),
    [
        ({"avx2", "fma"}, [], "float32"),
        ({"avx512f", "avx512_bf16"}, [], "mixed_bfloat16"),
        ({"amx_bf16", "amx_tile"}, [], "mixed_bfloat16"),
        (set(), [], "float32"),
        ({"avx512_bf16"}, [(6, 1)], "float32"),
        (set(), [(7, 0)], "mixed_float16"),
        (set(), [(7, 5)], "mixed_float16"),
        (set(), [(8, 0)], "mixed_bfloat16"),
        (set(), [(9, 0), (7, 5)], "mixed_float16"),
        (set(), [(0, 0)], "float32"),
    ],
)
def test_auto(
    flags: set[str], capabilities: list[tuple[int, int]], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "cpu_flags", lambda: frozenset(flags))
    monkeypatch.setattr(precision, "gpu_capabilities", lambda: capabilities)
    assert choose_precision("auto") == expected


def test_names_are_taken_as_they_are_and_others_refused() -> None:
    assert choose_precision("mixed_float16") == "mixed_float16"
    with pytest.raises(TrainingError, match="Did you mean 'mixed_bfloat16'"):
        choose_precision("mixed_bfloat")


def test_flags_are_those_the_system_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "cpuinfo"
    told.write_text("processor\t: 0\nflags\t\t: fpu avx512_bf16 sse2\n\nprocessor\t: 1\nflags\t\t: fpu\n")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert cpu_flags(told) == {"fpu", "avx512_bf16", "sse2"}
    assert cpu_flags(tmp_path / "nothing") == frozenset()
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert cpu_flags(told) == frozenset()


def test_scope_leaves_the_policy_as_it_was() -> None:
    before = keras.config.dtype_policy().name
    with precision_scope("mixed_bfloat16"):
        layer = keras.layers.Dense(1)
    with pytest.raises(ZeroDivisionError), precision_scope("mixed_bfloat16"):
        _ = 1 / 0
    assert (layer.compute_dtype, layer.variable_dtype) == ("bfloat16", "float32")
    assert keras.config.dtype_policy().name == before
