"""tltk: transfer learning for text on Keras 3 and TensorFlow.

A recipe goes in; a fine-tuned, evaluated, exported, servable model comes out.

    >>> import tltk
    >>> run = tltk.fit("recipes/quickstart.yaml")  # doctest: +SKIP
    >>> run.predict("A quiet masterpiece.")["label"]  # doctest: +SKIP
    'positive'

Importing tltk is quick: TensorFlow is imported by the first call that needs it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from tltk.api import check, embedder, evaluate, export, fit, hypermodel, list_backbones, load, predict, tune
    from tltk.bundle import Bundle
    from tltk.data import register_reader
    from tltk.errors import TltkError
    from tltk.exporting import register_exporter
    from tltk.heads import register_head
    from tltk.recipe import Recipe, load_recipe
    from tltk.run import Run
    from tltk.tasks import register_task

__all__ = [
    "Bundle",
    "Recipe",
    "Run",
    "TltkError",
    "check",
    "embedder",
    "evaluate",
    "export",
    "fit",
    "hypermodel",
    "list_backbones",
    "load",
    "load_recipe",
    "predict",
    "register_exporter",
    "register_head",
    "register_reader",
    "register_task",
    "tune",
]

_HOMES = {
    "Bundle": "tltk.bundle",
    "Recipe": "tltk.recipe",
    "Run": "tltk.run",
    "TltkError": "tltk.errors",
    "check": "tltk.api",
    "embedder": "tltk.api",
    "evaluate": "tltk.api",
    "export": "tltk.api",
    "fit": "tltk.api",
    "hypermodel": "tltk.api",
    "list_backbones": "tltk.api",
    "load": "tltk.api",
    "load_recipe": "tltk.recipe",
    "predict": "tltk.api",
    "register_exporter": "tltk.exporting",
    "register_head": "tltk.heads",
    "register_reader": "tltk.data",
    "register_task": "tltk.tasks",
    "tune": "tltk.api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'tltk' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
