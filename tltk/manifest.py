"""The list of a folder's files with their checksums, and the check that they are still what they were."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tltk.errors import BundleError

_BLOCK = 1 << 20


def file_entry(path: Path) -> dict[str, Any]:
    """Return a file's sha256 (hex) and its length in bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return {"sha256": digest.hexdigest(), "bytes": path.stat().st_size}


def list_files(folder: Path, *, skip: str) -> dict[str, dict[str, Any]]:
    """Return an entry for every file below a folder but `skip`, by its path with forward slashes."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != skip)
    return {path.relative_to(folder).as_posix(): file_entry(path) for path in paths}


def check_files(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> None:
    """Compare a folder with its list.

    Raises:
        BundleError: a file is missing, has another length, or other content; all of them are named.
    """
    damaged = [fault for name, entry in files.items() if (fault := _fault(folder, name, entry))]
    if damaged:
        raise BundleError(
            f"{len(damaged)} file(s) are not what was saved: {'; '.join(damaged)}.",
            where=str(folder),
            hint="Copy the whole folder again from where it came from, or train it anew.",
        )


def _fault(folder: Path, name: str, entry: Mapping[str, Any]) -> str | None:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        return f"{name} lies outside the folder"
    if not path.is_file():
        return f"{name} is missing"
    found = file_entry(path)
    if found["bytes"] != entry["bytes"]:
        return f"{name} has {found['bytes']:,} bytes instead of {entry['bytes']:,}"
    if found["sha256"] != entry["sha256"]:
        return f"{name} has another sha256 ({found['sha256'][:12]}... instead of {entry['sha256'][:12]}...)"
    return None


def checksum(document: Mapping[str, Any]) -> str:
    """Return the sha256 (hex) of a JSON document, its own `checksum` field left out."""
    rest = {key: value for key, value in document.items() if key != "checksum"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
