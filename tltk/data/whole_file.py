"""Files that appear whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield the path of a file to write; when the body ends without an error, it is on the disk as `path`.

    The caller sees to it that no other process writes the same file.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "rows"
        >>> with whole_file(path) as partial:
        ...     _ = partial.write_text("all of them")
        >>> path.read_text(), partial.exists()
        ('all of them', False)
    """
    partial = path.with_suffix(f".{os.getpid()}.part")
    try:
        yield partial
        with partial.open("rb") as stream:
            os.fsync(stream.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write plain values as a JSON file that appears whole."""
    with whole_file(path) as partial:
        partial.write_text(json.dumps(content), "utf-8")
