"""`import tltk` and `tltk --help` never wait for TensorFlow."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("tensorflow", "keras", "torch", "transformers", "pandas", "sklearn", "matplotlib", "pyarrow")


@pytest.mark.parametrize(
    "code",
    ["import tltk", "import tltk.cli", "import tltk; tltk.Recipe; tltk.load_recipe"],
)
def test_loads_nothing_heavy(code: str) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(' '.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not set(HEAVY) & set(loaded)
