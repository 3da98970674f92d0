"""Embeddings to a file as they come: .npy, or .parquet with their texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tltk.data.whole_file import whole_file
from tltk.errors import DataError
from tltk.folders import writing

Chunks = Iterable[tuple[list[str], np.ndarray]]
"""Texts and their vectors, float32 [texts, width], chunk by chunk."""


def write_embeddings(chunks: Chunks, path: Path) -> tuple[int, int]:
    """Write vectors in constant memory, and return their number and width.

    Args:
        chunks: texts and vectors.
        path: `.npy`, which `numpy.load(path, mmap_mode="r")` opens, float32 [texts, width]; or `.parquet`, with the
            columns text and embedding (a list of `width` float32). It is written whole or not at all.

    Raises:
        DataError: another suffix, or there are no texts.
        EnvironmentProblem: the file cannot be written.
    """
    with writing(path, hint="Free some space or choose another place (--output)."), whole_file(path) as new:
        number, width = writer_for(path)(chunks, new)
        if not number:
            raise DataError("There are no texts.", where=str(path), hint="Give a file that has some.")
    return number, width


def writer_for(path: Path) -> Callable[[Chunks, Path], tuple[int, int]]:
    """Return what writes a file of this suffix.

    Raises:
        DataError: another suffix than .npy and .parquet.
    """
    writers = {".npy": _write_npy, ".parquet": _write_parquet}
    if path.suffix not in writers:
        raise DataError(
            f"Got the suffix {path.suffix!r}; embeddings are written as .npy or .parquet.",
            where=str(path),
            hint="Name the file accordingly.",
        )
    return writers[path.suffix]


def _write_npy(chunks: Chunks, path: Path) -> tuple[int, int]:
    number, width = 0, 0
    with path.open("wb") as file:
        for _, vectors in chunks:
            if not number:
                width = vectors.shape[1]
                _write_header(file, 0, width)
            file.write(np.ascontiguousarray(vectors, "<f4").tobytes())
            number += len(vectors)
        file.seek(0)
        # NumPy leaves room in the header for the first axis to grow.
        _write_header(file, number, width)
    return number, width


def _write_header(file: object, number: int, width: int) -> None:
    header = {"descr": "<f4", "fortran_order": False, "shape": (number, width)}
    np.lib.format.write_array_header_1_0(file, header)  # type: ignore[arg-type]


def _write_parquet(chunks: Chunks, path: Path) -> tuple[int, int]:
    number, width = 0, 0
    writer: pq.ParquetWriter | None = None
    try:
        for texts, vectors in chunks:
            width = vectors.shape[1]
            flat = pa.array(np.ascontiguousarray(vectors, np.float32).reshape(-1))
            column = pa.FixedSizeListArray.from_arrays(flat, width)
            table = pa.table({"text": pa.array(texts, pa.string()), "embedding": column})
            writer = writer or pq.ParquetWriter(path, table.schema)
            writer.write_table(table)
            number += len(vectors)
    finally:
        if writer is not None:
            writer.close()
    return number, width
