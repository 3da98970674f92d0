"""The Python of each environment: tltk's own, and one for each group of peers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

OWN = "own"
# Folder names that are looked for, in this order.
_NAMES = {"torch": ("torch",), "tensorflow": ("tensorflow", "tf"), "onnx": ("onnx", "ort")}
_SHOWN = (
    *("tensorflow", "tensorflow-cpu", "keras", "tf-keras", "keras-hub", "torch", "transformers", "accelerate"),
    *("tokenizers", "numpy", "onnxruntime", "optimum", "optimum-onnx"),
)
_ASK = (
    "import importlib.metadata as m, json, sys\n"
    "found = {name: None for name in json.loads(sys.argv[1])}\n"
    "for name in found:\n"
    "    try: found[name] = m.version(name)\n"
    "    except m.PackageNotFoundError: pass\n"
    "print(json.dumps({'python': sys.version.split()[0], **{k: v for k, v in found.items() if v}}))"
)


class Environments:
    """Where the Pythons are.

    Args:
        folder: holds a virtual environment for each group of peers (`torch`, `tensorflow`, `onnx`).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def python(self, name: str) -> str | None:
        """Return the Python of an environment, or None where it is not there."""
        if name == OWN:
            return sys.executable
        found = (self.folder / folder / "bin" / "python" for folder in _NAMES[name])
        # Not resolved: a virtual environment is known by the path of its Python.
        return next((str(path.absolute()) for path in found if path.exists()), None)

    def versions(self) -> dict[str, dict[str, str]]:
        """Return the versions of the libraries in every environment there is."""
        pythons = {name: self.python(name) for name in (OWN, *_NAMES)}
        return {name: _versions(python) for name, python in pythons.items() if python}


def _versions(python: str) -> dict[str, str]:
    asked = subprocess.run([python, "-c", _ASK, json.dumps(_SHOWN)], capture_output=True, text=True, check=True)
    return json.loads(asked.stdout)
