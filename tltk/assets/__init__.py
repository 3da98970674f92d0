"""Checkpoints and datasets by name: found, fetched, checked against their checksums and kept."""

from __future__ import annotations

from tltk.assets import catalog
from tltk.assets.cache import cache_folder
from tltk.assets.checkpoint import Checkpoint, resolve_checkpoint
from tltk.assets.dataset import resolve_dataset
from tltk.assets.disk import is_full
from tltk.assets.lock import locked
from tltk.assets.offline import offline

__all__ = [
    "Checkpoint",
    "cache_folder",
    "catalog",
    "is_full",
    "locked",
    "offline",
    "resolve_checkpoint",
    "resolve_dataset",
]
