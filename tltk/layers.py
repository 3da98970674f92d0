"""Every Keras object of tltk, registered with Keras by importing this module.

`keras.models.load_model` rebuilds a saved model from classes it knows by name, and imports none by itself:

    >>> import keras
    >>> import tltk.layers  # noqa: F401
    >>> model = keras.models.load_model("m.keras")  # doctest: +SKIP
"""

import importlib
import pkgutil

from tltk.backend import require_tensorflow

require_tensorflow()  # Keras reads its backend once, when it is first imported

from tltk.training import AdamW, WarmUp  # noqa: E402

__all__ = ["AdamW", "WarmUp"]

for _package in ("tltk.backbones.layers", "tltk.heads", "tltk.losses", "tltk.metrics", "tltk.tasks.graph"):
    for _module in pkgutil.iter_modules(importlib.import_module(_package).__path__):
        importlib.import_module(f"{_package}.{_module.name}")
