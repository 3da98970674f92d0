"""Folders and files that appear whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tltk.errors import EnvironmentProblem


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder to write in, which takes the place of `path` when the body ends without an error.

    Until then `path` is untouched; afterwards its former content is gone.

    Raises:
        EnvironmentProblem: the disk is full or the place cannot be written.
    """
    path = path.absolute()
    new = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.new")
    try:
        new.mkdir(parents=True)
        yield new
        for file in new.rglob("*"):
            if file.is_file():
                _sync(file)
        _replace(new, path)
    except OSError as error:
        raise EnvironmentProblem(
            f"Could not write: {error.strerror or error}.",
            where=str(path),
            hint="Free some space or choose another place.",
        ) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def write_json(path: Path, document: Any) -> None:
    """Write a JSON file in one step: a reader sees the old or the new one, never half of it."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        _sync(new)
        new.replace(path)
    except OSError as error:
        raise EnvironmentProblem(
            f"Could not write: {error.strerror or error}.",
            where=str(path),
            hint="Free some space or choose another place.",
        ) from error


def _replace(new: Path, path: Path) -> None:
    if not path.exists():
        new.rename(path)
        return
    old = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.old")
    path.rename(old)
    new.rename(path)
    shutil.rmtree(old, ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
