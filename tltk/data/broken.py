"""Broken rows: an error that names the place, or a line in a file of what was skipped."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import IO, Literal

from tltk.errors import DataError

RAW_LIMIT = 10_000
"""Characters of a broken row that are kept; an unclosed quote can swallow megabytes."""


class BrokenRows:
    """Takes every broken row a reader meets: raises, or writes it down and counts it.

    Args:
        on_error: "raise" or "skip".
        path: JSON Lines file for skipped rows; made when the first one comes.
    """

    def __init__(self, on_error: Literal["raise", "skip"], path: Path | None = None) -> None:
        self.on_error = on_error
        self.path = path
        self.count = 0
        self.reasons: Counter[str] = Counter()
        self.first: str | None = None
        self._file: IO[str] | None = None

    def add(
        self, kind: str, message: str, *, where: str, raw: str, hint: str | None = None, suggest_skip: bool = True
    ) -> None:
        """Take one broken row.

        Args:
            kind: the fault in two or three words, the same for all rows with it ("missing text").
            message: what came and what was expected.
            where: `file:line`, or the origin and the row.
            raw: the row as it stood in the source.
            hint: what to do about this one.
            suggest_skip: add to it that such rows can be skipped; False where that would leave out every row.

        Raises:
            DataError: `on_error` is "raise".
        """
        if self.on_error == "raise":
            skipping = "Set data.on_error: skip to leave such rows out."
            parts = (hint, skipping if suggest_skip else None)
            raise DataError(message, where=where, hint=" ".join(filter(None, parts)) or None)
        self.count += 1
        self.reasons[kind] += 1
        self.first = self.first or f"{where}: {message}"
        if self.path is not None:
            self._file = self._file or self.path.open("w", encoding="utf-8")
            entry = {"where": where, "kind": kind, "reason": message, "raw": _printable(raw[:RAW_LIMIT])}
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Close the file of skipped rows."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _printable(raw: str) -> str:
    # Bytes that could not be decoded travel as lone surrogates, which no encoding can write.
    return raw.encode("utf-8", "backslashreplace").decode("utf-8")
