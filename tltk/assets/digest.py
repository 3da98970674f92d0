"""Checksums of files, and whether they are the pinned ones."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path


def sha256_of(path: Path) -> str:
    """Return the lower-case hex sha256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def first_mismatch(folder: Path, files: Mapping[str, tuple[str, int]]) -> str | None:
    """Return what is wrong with the first file that is not as pinned, or None when all of them are.

    Args:
        folder: where the files lie.
        files: name -> (sha256, bytes). Other files in the folder are of no concern.
    """
    for name, (sha256, size) in files.items():
        path = folder / name
        if not path.is_file():
            return f"{name} is missing."
        found = path.stat().st_size
        if found != size:
            return f"{name} has {found:,} bytes; expected {size:,}."
        digest = sha256_of(path)
        if digest != sha256:
            return f"{name} has sha256 {digest}; expected {sha256}."
    return None
