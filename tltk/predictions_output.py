"""Predictions as JSON Lines or CSV, to a file or to standard output."""

from __future__ import annotations

import csv
import json
import os
import stat
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any

from tltk.folders import writing


def write_predictions(predictions: Iterable[dict[str, Any]], path: Path | None, format: str = "jsonl") -> int:
    """Write predictions one by one as they come, and return their number.

    Args:
        predictions: mappings of `text` and what the task predicts; nested values are written as JSON in CSV cells.
        path: file to write, whole or not at all; None for standard output.
        format: "jsonl" or "csv".

    Raises:
        EnvironmentProblem: the file cannot be written.
    """
    write = _write_csv if format == "csv" else _write_jsonl
    if path is None:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        return write(predictions, sys.stdout)
    # A pipe or a device (/dev/stdout) is written into; to put a file in its place would destroy it.
    in_place = path.exists() and not path.is_file()
    new = path if in_place else path.with_name(f".{path.name}.new")
    try:
        with writing(path, hint="Free some space or choose another place (--output)."):
            with new.open("w", encoding="utf-8", newline="") as file:
                number = write(predictions, file)
            if not in_place:
                new.replace(path)
    finally:
        if not in_place:
            new.unlink(missing_ok=True)
    return number


def _write_jsonl(predictions: Iterable[dict[str, Any]], file: IO[str]) -> int:
    number, encode, flush = 0, json.JSONEncoder(ensure_ascii=False).encode, _flush(file)
    for prediction in predictions:
        file.write(encode(prediction) + "\n")
        flush()
        number += 1
    return number


def _write_csv(predictions: Iterable[dict[str, Any]], file: IO[str]) -> int:
    number, writer, flush = 0, None, _flush(file)
    for prediction in predictions:
        row = {
            name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
            for name, value in prediction.items()
        }
        if writer is None:
            writer = csv.DictWriter(file, fieldnames=list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow(row)
        flush()
        number += 1
    return number


def _flush(file: IO[str]) -> Callable[[], object]:
    """Return what sends a line on its way: who reads a pipe or terminal waits for it, who reads a file does not."""
    return (lambda: None) if _is_file(file) else file.flush


def _is_file(file: IO[str]) -> bool:
    try:
        return stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    except (OSError, ValueError):  # no file of the operating system
        return True
