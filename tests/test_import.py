"""`import tltk` and `tltk --help` never wait for TensorFlow."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("tensorflow", "keras", "torch", "transformers", "pandas", "sklearn", "matplotlib", "pyarrow")
EXTRAS = ("keras_hub", "tensorflow_text")


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
    assert not {*HEAVY, *EXTRAS} & set(loaded)


def test_an_extra_is_imported_only_when_it_is_asked_for() -> None:
    code = (
        "import tltk.fitting, tltk.bundle_saving, tltk.backbones.load, tltk.layers, sys; print(' '.join(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "tensorflow" in loaded
    assert not set(EXTRAS) & set(loaded)


def test_layers_registers_every_keras_object_there_is() -> None:
    code = """
import importlib, json, keras, pkgutil, sys
import tltk.layers
known = set(keras.saving.get_custom_objects())
import tltk
for module in pkgutil.walk_packages(tltk.__path__, "tltk."):
    if module.name != "tltk.__main__":
        importlib.import_module(module.name)
print(*sorted(name for name in set(keras.saving.get_custom_objects()) - known if name.startswith("tltk")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_looking_up_a_task_imports_no_keras() -> None:
    code = "import sys; from tltk.tasks import tasks; tasks.names(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"keras", "tensorflow", "scipy", "sklearn"} & set(done.stdout.split())
