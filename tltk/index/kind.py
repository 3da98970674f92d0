"""What every kind of index does: keep vectors, find the nearest, be written and read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import numpy as np

from tltk.errors import DataError
from tltk.registry import Registry

index_kinds: Registry[type[IndexKind]] = Registry("index", package="tltk.index.kinds", error=DataError)
"""Every kind of index by name."""


class IndexKind(ABC):
    """Vectors of length 1, and the search among them by the cosine.

    A new kind is one new file with one subclass under `@register_index_kind(name)`.
    """

    name: ClassVar[str] = ""
    """Registered name; set by `register_index_kind`."""

    @classmethod
    @abstractmethod
    def make(cls, vectors: np.ndarray) -> IndexKind:
        """Return an index of vectors, float32 [texts, width], each of length 1."""

    @abstractmethod
    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return cosines, float32, and positions, int64, of the `k` nearest vectors of each query, the nearest first.

        Args:
            queries: float32 [queries, width], each of length 1.
            k: from 1 to the number of vectors.
        """

    @abstractmethod
    def write(self, folder: Path) -> None:
        """Write the vectors into a folder."""

    @classmethod
    @abstractmethod
    def read(cls, folder: Path) -> IndexKind:
        """Open what `write` wrote; memory-mapped, so that opening is quick and memory small."""


def register_index_kind(name: str, *, replace: bool = False) -> Callable[[type[IndexKind]], type[IndexKind]]:
    """Make a kind of index known by name.

    Raises:
        DataError: the name is taken and `replace` is False.
    """

    def decorate(part: type[IndexKind]) -> type[IndexKind]:
        index_kinds.register(name, replace=replace)(part)
        part.name = name
        return part

    return decorate
