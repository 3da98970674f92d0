"""Encoded rows as a folder on disk: flat files that are memory-mapped, written once and whole."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from filelock import FileLock

from tltk.data.encoded import Encoded
from tltk.data.ragged import Ragged
from tltk.data.tokenization import TokenChunk
from tltk.errors import EnvironmentProblem

_DESCRIPTION = "encoded.json"
_LENGTHS = "lengths.bin"
_OFFSETS = "offsets.bin"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder against other processes; a second one waits and then finds the work done.

    Raises:
        EnvironmentProblem: the disk is full, or the cache cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{folder}.lock"):
            yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise EnvironmentProblem(
            "The disk is full; encoded rows could not be written." if full else f"The cache cannot be used: {error}.",
            where=str(folder.parent),
            hint="Free some space, or set TLTK_CACHE to a folder on another disk."
            if full
            else "Mend it, or set TLTK_CACHE to a folder that can be written.",
        ) from error


def load(folder: Path) -> Encoded | None:
    """Memory-map the encoded rows in `folder`; None where there are none, or a file is missing or cut."""
    try:
        description = json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8"))
        sizes = {name: (folder / name).stat().st_size for name in description["files"]}
    except (FileNotFoundError, json.JSONDecodeError, KeyError):
        return None
    if sizes != description["files"]:
        return None
    offsets = _map(folder / _OFFSETS, np.dtype(np.int64))
    ragged = {
        name: Ragged(_map(folder / f"{name}.bin", np.dtype(column["dtype"])), offsets, column["pad"])
        for name, column in description["columns"].items()
    }
    return Encoded(
        ragged,
        _map(folder / _LENGTHS, np.dtype(np.int32)),
        zeros=tuple(description["zeros"]),
        truncated=description["truncated"],
    )


def write(folder: Path, chunks: Iterator[TokenChunk], *, pads: Mapping[str, int], zeros: tuple[str, ...]) -> None:
    """Stream chunks into `folder`, which appears only when it is whole.

    An interruption (Ctrl-C too) leaves nothing; what a killed process left is swept away by the next. Call it under
    `locked(folder)`.
    """
    partial = folder.with_name(folder.name + ".partial")
    for stale in (partial, folder):
        shutil.rmtree(stale, ignore_errors=True)
    try:
        partial.mkdir()
        description = _write_files(partial, chunks, pads) | {"zeros": list(zeros)}
        (partial / _DESCRIPTION).write_text(json.dumps(description, indent=1), encoding="utf-8")
        partial.replace(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_files(folder: Path, chunks: Iterator[TokenChunk], pads: Mapping[str, int]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    truncated = 0
    end = np.zeros(1, np.int64)
    with ExitStack() as stack:
        files: dict[str, BinaryIO] = {}

        def append(name: str, array: np.ndarray) -> None:
            if name not in files:
                files[name] = stack.enter_context((folder / name).open("wb"))
            files[name].write(np.ascontiguousarray(array).data)

        append(_OFFSETS, end)
        append(_LENGTHS, np.zeros(0, np.int32))
        for chunk in chunks:
            for name, values in chunk.values.items():
                columns[name] = {"dtype": values.dtype.name, "pad": pads[name]}
                append(f"{name}.bin", values)
            offsets = end[-1] + np.cumsum(chunk.lengths, dtype=np.int64)
            append(_OFFSETS, offsets)
            append(_LENGTHS, chunk.lengths)
            end = offsets if len(offsets) else end
            truncated += chunk.truncated
    sizes = {name: (folder / name).stat().st_size for name in files}
    return {"columns": columns, "truncated": truncated, "files": sizes}


def _map(path: Path, dtype: np.dtype) -> np.ndarray:
    """Memory-map a flat file as a plain array; an empty file cannot be mapped."""
    if not path.stat().st_size:
        return np.zeros(0, dtype)
    return np.asarray(np.memmap(path, dtype, mode="r"))
