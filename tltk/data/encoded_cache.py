"""Encoded rows as a folder on disk: flat files that are memory-mapped, written once and whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tltk import assets
from tltk.data.encoded import Encoded
from tltk.data.ragged import Ragged
from tltk.data.tokenization import TextEncoder, TokenChunk, numbered
from tltk.errors import EnvironmentProblem

_DESCRIPTION = "encoded.json"
_LENGTHS = "lengths.bin"
_OFFSETS = "offsets.bin"
_COUNTS = "counts.bin"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder against other processes; a second one waits and then finds the work done.

    Raises:
        EnvironmentProblem: the disk is full, or the cache cannot be written.
    """
    try:
        with assets.locked(folder, what="the same rows", doing="tokenising"):
            yield
    except OSError as error:
        full = assets.is_full(error)
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

    def columns(kind: str) -> dict[str, Ragged]:
        return {
            name: Ragged(_map(folder / f"{name}.bin", np.dtype(column["dtype"])), offsets, column["pad"])
            for name, column in description[kind].items()
        }

    return Encoded(
        columns("columns"),
        _map(folder / _LENGTHS, np.dtype(np.int32)),
        places=columns("places"),
        zeros=tuple(description["zeros"]),
        examples=numbered(_map(folder / _COUNTS, np.dtype(np.int32))) if _COUNTS in sizes else None,
        group=description["group"],
        stride=description["stride"],
        truncated=description["truncated"],
    )


def write(folder: Path, encoder: TextEncoder, chunks: Iterator[TokenChunk]) -> None:
    """Stream chunks into `folder`, which appears only when it is whole.

    An interruption (Ctrl-C too) leaves nothing; what a killed process left is swept away by the next. Call it under
    `locked(folder)`.
    """
    partial = folder.with_name(folder.name + ".partial")
    for stale in (partial, folder):
        shutil.rmtree(stale, ignore_errors=True)
    try:
        partial.mkdir()
        description = _write_files(partial, encoder, chunks)
        (partial / _DESCRIPTION).write_text(json.dumps(description, indent=1), encoding="utf-8")
        partial.replace(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_files(folder: Path, encoder: TextEncoder, chunks: Iterator[TokenChunk]) -> dict[str, Any]:
    values = (*encoder.columns, *encoder.places)
    # Where every example is one row nothing need be kept of it: four bytes a row.
    several = encoder.group > 1 or encoder.layout.stride is not None
    names = [_OFFSETS, _LENGTHS, *([_COUNTS] if several else []), *(f"{name}.bin" for name in values)]
    end = np.zeros(1, np.int64)
    truncated = 0
    with ExitStack() as stack:
        files = {name: stack.enter_context((folder / name).open("wb")) for name in names}
        files[_OFFSETS].write(end.data)
        for chunk in chunks:
            end = end[-1] + np.cumsum(chunk.lengths, dtype=np.int64)
            files[_OFFSETS].write(end.data)
            files[_LENGTHS].write(chunk.lengths.data)
            if several:
                files[_COUNTS].write(chunk.counts.data)
            for name in values:
                files[f"{name}.bin"].write(chunk.values[name].data)
            truncated += chunk.truncated
    return {
        "columns": {name: {"dtype": dtype.name, "pad": pad} for name, (dtype, pad) in encoder.columns.items()},
        "places": {name: {"dtype": dtype.name, "pad": 0} for name, dtype in encoder.places.items()},
        "group": encoder.group,
        "stride": encoder.stride,
        "zeros": list(encoder.zeros),
        "truncated": truncated,
        "files": {name: (folder / name).stat().st_size for name in names},
    }


def _map(path: Path, dtype: np.dtype) -> np.ndarray:
    """Memory-map a flat file as a plain array; an empty file cannot be mapped."""
    if not path.stat().st_size:
        return np.zeros(0, dtype)
    return np.asarray(np.memmap(path, dtype, mode="r"))
