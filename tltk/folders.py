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
        with writing(path), _system_errors_of_safetensors():
            new.mkdir(parents=True)
            yield new
            for file in new.rglob("*"):
                if file.is_file():
                    _sync(file)
            _replace(new, path)
    finally:
        shutil.rmtree(new, ignore_errors=True)


@contextmanager
def writing(
    path: Path, *, failed: str = "Could not write", hint: str = "Free some space or choose another place."
) -> Iterator[None]:
    """Turn an OSError of the body, which writes to `path`, into an error that names it and says what to do.

    Args:
        path: what is written.
        failed: how the message begins; the operating system's reason follows.
        hint: what to do.

    Raises:
        EnvironmentProblem: the disk is full or the place cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise EnvironmentProblem(f"{failed}: {error.strerror or error}.", where=str(path), hint=hint) from error


def write_json(path: Path, document: Any) -> None:
    """Write a JSON file in one step: a reader sees the old or the new one, never half of it."""
    new = path.with_name(f".{path.name}.new")
    with writing(path):
        new.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        _sync(new)
        new.replace(path)


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


@contextmanager
def _system_errors_of_safetensors() -> Iterator[None]:
    """Raise as OSError what the operating system refuses safetensors, which has an error of its own for it."""
    try:
        yield
    except Exception as error:
        reason = str(error).partition("I/O error: ")[2]
        if type(error).__name__ == "SafetensorError" and reason:
            raise OSError(reason) from error
        raise


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
