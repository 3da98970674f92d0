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
    except Exception as error:
        if (reason := _why_not_written(error)) is None:
            raise
        raise _not_written(path, reason) from error
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
        raise _not_written(path, error.strerror or str(error)) from error


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, unless it is there.

    Raises:
        EnvironmentProblem: a file is in the way, or the place cannot be written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        in_the_way = next((place for place in (path, *path.parents) if place.exists() and not place.is_dir()), None)
        reason = f"{in_the_way} is a file" if in_the_way else error.strerror or str(error)
        raise EnvironmentProblem(
            f"The folder cannot be made: {reason}.", where=str(path), hint="Choose another place."
        ) from error


def _why_not_written(error: Exception) -> str | None:
    """Return the operating system's reason why something could not be written; None for any other error."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    text = str(error)  # safetensors has an error of its own for what the system refuses
    return text.partition("I/O error: ")[2] or None if type(error).__name__ == "SafetensorError" else None


def _not_written(path: Path, reason: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"Could not write: {reason}.", where=str(path), hint="Free some space or choose another place."
    )


def _replace(new: Path, path: Path) -> None:
    if not path.exists():
        new.rename(path)
        return
    old = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.old")
    path.rename(old)
    try:
        new.rename(path)
    except BaseException:
        old.rename(path)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
