"""Folders that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def placed(target: Path) -> Iterator[Path]:
    """Yield an empty folder to fill; on success it becomes `target`, on an error it is removed.

    Every file is on the disk (fsync) before the rename. The caller holds the lock of `target`: what an earlier,
    killed process left half-filled is cleared away.

    Args:
        target: the folder to make; an older one in its place is replaced.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    _clear_leftovers(target)
    filling = target.parent / f".{target.name}.{secrets.token_hex(4)}.tmp"
    filling.mkdir()
    try:
        yield filling
        for path in filling.rglob("*"):
            _fsync(path)
        _fsync(filling)
        _replace(filling, target)
        _fsync(target.parent)
    finally:
        shutil.rmtree(filling, ignore_errors=True)


def _replace(filling: Path, target: Path) -> None:
    if target.exists():
        # A folder cannot be renamed onto a filled one: the old one steps aside first.
        aside = target.parent / f".{target.name}.{secrets.token_hex(4)}.tmp"
        target.rename(aside)
        filling.rename(target)
        shutil.rmtree(aside, ignore_errors=True)
    else:
        filling.rename(target)


def _clear_leftovers(target: Path) -> None:
    for leftover in target.parent.glob(f".{target.name}.*.tmp"):
        shutil.rmtree(leftover, ignore_errors=True)


def _fsync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open folders.
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
