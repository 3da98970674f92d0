"""Disks that are full or closed to writing, said by name."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tltk.errors import AssetError

_FULL = (errno.ENOSPC, errno.EDQUOT)


def require_space(folder: Path, wanted: int, *, what: str) -> None:
    """Raise AssetError when the disk of `folder` (which exists) has not `wanted` bytes left.

    Raises:
        AssetError: names the folder, the bytes wanted and the bytes free.
    """
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise _no_space(folder, what, f"{wanted:,} bytes are wanted, {free:,} are free")


@contextmanager
def writing(folder: Path, *, what: str) -> Iterator[None]:
    """Turn an OSError of the body, which writes `what` below `folder`, into an AssetError that names both.

    Raises:
        AssetError: the disk is full or the quota is used up, or the folder cannot be written to.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise _no_space(folder, what, error.strerror or "the disk is full") from error
        raise AssetError(
            f"{what} cannot be written: {error.strerror or error}.",
            where=str(folder),
            hint="Set TLTK_CACHE to a folder that you may write to.",
        ) from error


def is_full(error: OSError) -> bool:
    """Return whether the error says that the disk is full or the quota is used up."""
    return error.errno in _FULL


def _no_space(folder: Path, what: str, why: str) -> AssetError:
    return AssetError(
        f"No space left for {what}: {why}.",
        where=str(folder),
        hint="Free some space, or set TLTK_CACHE to a folder on another disk.",
    )
