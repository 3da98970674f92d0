"""JSON Lines files: one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from tltk.data.clean import Cleaner
from tltk.data.reader import BATCH_ROWS, FileReader, Part, closest, column_advice, register_reader
from tltk.data.squad_layout import looks_like_squad
from tltk.data.textfile import TextFile, has_undecodable
from tltk.errors import DataError


@register_reader("jsonl")
class JsonLinesReader(FileReader):
    """Reads one JSON object a line; blank lines are passed over."""

    suffixes = (".jsonl", ".ndjson", ".json")
    counts_lines = True

    def batches(self, part: Part, cleaner: Cleaner) -> Iterator[pa.RecordBatch]:
        file = TextFile(part.handle, encoding=self.section.encoding, compression=self.section.compression)
        self._encoding = file.encoding
        self._has_fitted = False
        rows: list[int] = []
        columns: list[list[Any]] = [[] for _ in cleaner.fields]
        line, text = 0, ""
        with file.open(newline="\n") as stream:
            for line, text in enumerate(stream, start=1):
                if not text.strip():
                    continue
                values = self._values(text, line, file, part, cleaner)
                if values is None:
                    continue
                rows.append(line)
                for column, value in zip(columns, values, strict=True):
                    column.append(value)
                if len(rows) == BATCH_ROWS:
                    yield cleaner.batch(part.origin, rows, columns)
                    rows, columns = [], [[] for _ in cleaner.fields]
        if line == 0:
            raise DataError("The file is empty.", where=part.origin, hint="Name another file.")
        if rows:
            yield cleaner.batch(part.origin, rows, columns)

    def encodings(self) -> list[str]:
        return [self._encoding] if hasattr(self, "_encoding") else []

    def _values(self, text: str, line: int, file: TextFile, part: Part, cleaner: Cleaner) -> list[Any] | None:
        """Return the values of the wanted keys, or None for a broken row."""
        where = f"{part.origin}:{line}"
        if has_undecodable(text):
            if cleaner.broken.on_error == "raise":
                raise file.decode_error()
            message = f"The row has bytes that are not {file.encoding}."
            cleaner.broken.add("undecodable bytes", message, where=where, raw=text)
            return None
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            hint = _document_hint(text, part) if line == 1 else None
            place = f" at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
            reason = error.msg.removesuffix(" at") if isinstance(error, json.JSONDecodeError) else str(error)
            cleaner.broken.add(
                "bad JSON", f"The line is not JSON ({reason}{place}).", where=where, raw=text.rstrip("\r\n"), hint=hint
            )
            return None
        if not isinstance(row, dict):
            message = f"Got a JSON {type(row).__name__}; expected an object."
            cleaner.broken.add("no object", message, where=where, raw=text.rstrip("\r\n"))
            return None
        missing = [name for name in cleaner.fields if name not in row]
        if missing:
            advice = (closest if self._has_fitted else column_advice)(missing, list(row))
            names, keys = " or ".join(map(repr, missing)), ", ".join(map(repr, row))
            cleaner.broken.add(
                "missing key",
                f"There is no key {names}; the keys are {keys or 'none'}.",
                where=where,
                raw=text.rstrip("\r\n"),
                hint=_SQUAD if isinstance(row.get("data"), list) else advice,
                suggest_skip=self._has_fitted,  # where no row before had the key, its name is wrong and not the row
            )
            return None
        self._has_fitted = True
        return [row[name] for name in cleaner.fields]


_SQUAD = "The file looks like one of SQuAD's layout: set data.source: squad."


def _document_hint(first_line: str, part: Part) -> str | None:
    """Return what to do with a file that is one JSON document over several lines."""
    if first_line.lstrip().startswith("["):
        return "The file looks like one JSON array; write one object a line."
    if not first_line.lstrip().startswith("{"):
        return None
    if looks_like_squad(part.handle):
        return _SQUAD
    return "The file looks like one JSON object over several lines; write one object a line."
