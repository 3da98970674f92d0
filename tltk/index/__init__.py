"""Nearest neighbours: texts, their vectors, and the search for the most alike; NumPy alone, or usearch."""

from tltk.index.index import Hit, Index
from tltk.index.kind import IndexKind, index_kinds, register_index_kind

__all__ = ["Hit", "Index", "IndexKind", "index_kinds", "register_index_kind"]
