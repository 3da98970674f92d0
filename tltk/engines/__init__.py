"""Engines: what runs a trained model, and in which precision.

Keras on TensorFlow is the definition; onnxruntime runs a file that was made from it once. Importing this package
imports neither.
"""

from __future__ import annotations

from tltk.engines.comparison import compare_engines
from tltk.engines.engine import Engine, EngineChoice, choose_engine
from tltk.engines.engine_file import EngineFile, engine_folder, open_engine_file

__all__ = [
    "Engine",
    "EngineChoice",
    "EngineFile",
    "choose_engine",
    "compare_engines",
    "engine_folder",
    "open_engine_file",
]
