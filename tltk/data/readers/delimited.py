"""Comma- and tab-separated files."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from typing import IO

import pyarrow as pa

from tltk.data.appearance import delimiter_advice, other_delimiter
from tltk.data.clean import Cleaner
from tltk.data.reader import BATCH_ROWS, FileReader, Part, register_reader, require_columns
from tltk.data.textfile import TextFile, has_undecodable
from tltk.errors import DataError

FIELD_LIMIT = 1 << 24
"""Characters of one field at the most, so that an unclosed quote cannot swallow a whole corpus."""


class DelimitedReader(FileReader):
    """Reads delimited files with Python's csv module, in its strict mode, so that every fault has a line."""

    counts_lines = True
    delimiter = ","
    quoting = True

    def batches(self, part: Part, cleaner: Cleaner) -> Iterator[pa.RecordBatch]:
        file = TextFile(part.handle, encoding=self.section.encoding, compression=self.section.compression)
        self._encoding = file.encoding
        with file.open() as stream:
            records = _Records(stream, file, self._dialect(), cleaner, part.origin)
            header, first = self._header(records, part)
            advice = "" if self.section.columns else "If line 1 is a row already, name the columns by data.columns."
            delimiter = other_delimiter(header)
            hint = delimiter_advice(delimiter) if delimiter else None
            require_columns(cleaner.fields, header, where=f"{part.origin}:1", advice=advice, hint=hint)
            wanted = [header.index(name) for name in cleaner.fields]
            lines: list[int] = []
            rows: list[list[str]] = []
            for line, record in chain(first, records):
                if len(record) != len(header):
                    self._wrong_count(cleaner, f"{part.origin}:{line}", record, len(header))
                    continue
                lines.append(line)
                rows.append(record)
                if len(rows) == BATCH_ROWS:
                    yield cleaner.batch(part.origin, lines, [[row[index] for row in rows] for index in wanted])
                    lines, rows = [], []
            if rows:
                yield cleaner.batch(part.origin, lines, [[row[index] for row in rows] for index in wanted])

    def encodings(self) -> list[str]:
        return [self._encoding] if hasattr(self, "_encoding") else []

    def _header(self, records: _Records, part: Part) -> tuple[list[str], list[tuple[int, list[str]]]]:
        first = next(records, None)
        if first is None:
            raise DataError(
                "The file is empty.", where=part.origin, hint="Give a file with a header row and rows below it."
            )
        if self.section.columns is None:
            return first[1], []
        return list(self.section.columns), [first]

    def _dialect(self) -> dict[str, object]:
        quoting = self.quoting if self.section.quoting is None else self.section.quoting
        return {
            "delimiter": self.section.delimiter or self.delimiter,
            "quoting": csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE,
            "strict": True,
        }

    def _wrong_count(self, cleaner: Cleaner, where: str, record: list[str], expected: int) -> None:
        delimiter = self.section.delimiter or self.delimiter
        more = f"Enclose fields that hold a {delimiter!r} in double quotes"
        fewer = f"Give every row its fields, empty ones too, with a {delimiter!r} between them"
        cleaner.broken.add(
            "wrong number of fields",
            f"The row has {len(record)} fields; expected {expected}.",
            where=where,
            raw=delimiter.join(record),
            hint=f"{more if len(record) > expected else fewer}, or set data.delimiter or data.quoting.",
        )


@register_reader("csv")
class CsvReader(DelimitedReader):
    """Reads comma-separated files; double quotes enclose fields unless `quoting: false`."""

    suffixes = (".csv",)


@register_reader("tsv")
class TsvReader(DelimitedReader):
    """Reads tab-separated files; quotes are plain characters unless `quoting: true`."""

    suffixes = (".tsv", ".tab")
    delimiter = "\t"
    quoting = False


class _Records:
    """Yields (first line, fields) of each record, and goes on after a broken one at the line that follows its first."""

    def __init__(
        self, stream: IO[str], file: TextFile, dialect: dict[str, object], cleaner: Cleaner, origin: str
    ) -> None:
        csv.field_size_limit(max(csv.field_size_limit(), FIELD_LIMIT))  # the module's 128 KiB is less than a long text
        self._stream = stream
        self._file = file
        self._dialect = dialect
        self._cleaner = cleaner
        self._origin = origin
        self._pending: list[str] = []  # lines to be read again, the next one last
        self._record: list[str] = []  # lines of the record being read
        self._next = 1  # number of the next line
        self._csv = self._parser()

    def __iter__(self) -> _Records:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        while True:
            first = self._next
            self._record.clear()
            try:
                fields = next(self._csv)
            except csv.Error as error:
                self._give_up(first, error)
                continue
            if has_undecodable(*self._record):
                self._undecodable(first)
                continue
            if fields:  # a blank line is no record
                return first, fields

    def _parser(self) -> Iterator[list[str]]:
        return csv.reader(self._lines(), **self._dialect)  # type: ignore[arg-type]

    def _lines(self) -> Iterator[str]:
        while True:
            line = self._pending.pop() if self._pending else self._stream.readline()
            if not line:
                return
            self._next += 1
            self._record.append(line)
            yield line

    def _give_up(self, first: int, error: csv.Error) -> None:
        broken = list(self._record)
        self._pending.extend(reversed(broken[1:]))
        self._next = first + 1
        self._csv = self._parser()
        kind, reason, hint = "broken quoting", f"The row cannot be parsed ({error}).", "Write a quote in a field twice."
        if "unexpected end" in str(error) or "field limit" in str(error):
            kind, reason = "unclosed quote", "A quote is opened here and never closed."
            hint = "Close the quote, or set data.quoting: false if quotes are plain characters."
        where = f"{self._origin}:{first}"
        self._cleaner.broken.add(kind, reason, where=where, raw="".join(broken[:1]), hint=hint)

    def _undecodable(self, first: int) -> None:
        if self._cleaner.broken.on_error == "raise":
            raise self._file.decode_error()
        self._cleaner.broken.add(
            "undecodable bytes",
            f"The row has bytes that are not {self._file.encoding}.",
            where=f"{self._origin}:{first}",
            raw="".join(self._record),
        )
