"""The contract of an exporter."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tltk.errors import ExportError
from tltk.registry import Registry

Loaded = Callable[[Mapping[str, np.ndarray]], np.ndarray]
"""An export that was loaded back: a mapping of int32 [batch, length] arrays in, probabilities out."""

exporters: Registry[type[Exporter]] = Registry("exporter", package="tltk.exporting.formats", error=ExportError)
"""Every exporter by name."""


class Exporter(ABC):
    """Writes a model in one format, and loads it back as its users would.

    A new exporter is one new file with one subclass under `@register_exporter(name)`.
    """

    suffix: ClassVar[str] = ""
    """File name of what `write` makes, within the export's folder."""

    @abstractmethod
    def write(self, model: Any, folder: Path) -> None:
        """Write the model into a folder that is there and empty.

        Args:
            model: a `keras.Model` in float32: a dict of int32 [batch, length] inputs in, probabilities out.
            folder: where to write.
        """

    @abstractmethod
    def load(self, folder: Path) -> Loaded:
        """Return what was written as a function, run by the format's own engine."""


def register_exporter(name: str, *, replace: bool = False) -> Callable[[type[Exporter]], type[Exporter]]:
    """Return a decorator that makes an `Exporter` known to recipes and the command line by name.

    Raises:
        ExportError: the name is taken and `replace` is False.
    """
    return exporters.register(name, replace=replace)
