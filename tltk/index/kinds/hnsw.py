"""Approximate search in a graph of neighbours, by usearch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tltk.errors import EnvironmentProblem
from tltk.index.kind import IndexKind, register_index_kind

_FILE = "vectors.usearch"
# Neighbours kept and looked at: 99 of 100 true neighbours are found in the tests, more than by usearch's defaults.
_SETTINGS = {"metric": "cos", "dtype": "f32", "connectivity": 24, "expansion_add": 200, "expansion_search": 200}


@register_index_kind("hnsw")
class HnswIndex(IndexKind):
    """Finds nearly all of the nearest vectors by walking a graph of neighbours (HNSW, Malkov & Yashunin 2016).

    The time of a query grows with the logarithm of the number of vectors. Made and read by usearch
    (https://unum-cloud.github.io/usearch), whose file is plain numbers: pip install "tltk[search]".

    Raises:
        EnvironmentProblem: usearch is not installed.
    """

    def __init__(self, graph: Any) -> None:
        self.graph = graph

    @classmethod
    def make(cls, vectors: np.ndarray) -> HnswIndex:
        graph = _usearch().Index(ndim=vectors.shape[1], **_SETTINGS)
        graph.add(np.arange(len(vectors), dtype=np.uint64), np.ascontiguousarray(vectors, np.float32))
        return cls(graph)

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        queries = np.ascontiguousarray(queries, np.float32)
        found = self.graph.search(queries, k)
        # A batch of one comes back without its first dimension.
        each = [found] if len(queries) == 1 else [found[number] for number in range(len(queries))]
        # A walk may end before it has met k vectors, as among many that are equal.
        whole = [
            matches if len(matches) == k else self.graph.search(query, k, exact=True)
            for matches, query in zip(each, queries, strict=True)
        ]
        cosines = 1 - np.stack([matches.distances for matches in whole])
        return cosines, np.stack([matches.keys for matches in whole]).astype(np.int64)

    def write(self, folder: Path) -> None:
        self.graph.save(str(folder / _FILE))

    @classmethod
    def read(cls, folder: Path) -> HnswIndex:
        graph = _usearch().Index.restore(str(folder / _FILE), view=True)
        graph.expansion_search = _SETTINGS["expansion_search"]
        return cls(graph)


def _usearch() -> Any:
    try:
        from usearch import index
    except ImportError as error:
        raise EnvironmentProblem(
            "An index of kind hnsw needs usearch, which is not installed.",
            hint='Install it (pip install "tltk[search]"), or take kind exact.',
        ) from error
    return index
