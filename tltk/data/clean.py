"""The gate every row passes: text is text, labels are there, everything else is a broken row."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tltk.data.broken import BrokenRows
from tltk.data.dataset import ROW
from tltk.data.labels import LabelFault, LabelRule

_SURROGATE = re.compile("[\ud800-\udfff]")


class Cleaner:
    """Makes record batches of text, label and `__row__` columns, and hands broken rows on.

    A whole batch is checked at once; only a batch with something wrong in it is walked through row by row.

    Args:
        text: names of the text columns.
        label: name of the label column; None to read without labels.
        rule: what becomes of a label.
        broken: takes the broken rows.
        counts_lines: whether row numbers are lines of a text file.
    """

    def __init__(
        self, text: Sequence[str], label: str | None, rule: LabelRule, broken: BrokenRows, *, counts_lines: bool
    ) -> None:
        self.text = tuple(text)
        self.label = label
        self.rule = rule
        self.broken = broken
        self.empty_texts = 0
        self.fields = [*self.text, *([label] if label else [])]
        self.schema = pa.schema([*((name, pa.string()) for name in self.fields), (ROW, pa.int64())])
        self._counts_lines = counts_lines

    def where(self, origin: str, row: int) -> str:
        """Return the place of a row for errors."""
        return f"{origin}:{row}" if self._counts_lines else f"{origin}, row {row}"

    def batch(self, origin: str, rows: Sequence[int] | np.ndarray, columns: Sequence[Any]) -> pa.RecordBatch:
        """Return the sound ones of some rows.

        Args:
            origin: file or other origin, for errors.
            rows: line or row number of each.
            columns: values of each column of `fields`, as Python lists or Arrow arrays.
        """
        try:
            arrays = [_strings(column) for column in columns[: len(self.text)]]
            if self.label:
                arrays.append(self._labels(columns[-1]))
        except (LabelFault, TypeError, ValueError):  # pa.ArrowInvalid is a ValueError, pa.ArrowTypeError a TypeError
            return self._row_by_row(origin, rows, columns)
        if any(array.null_count or _has_nul(array) for array in arrays):
            return self._row_by_row(origin, rows, columns)
        for array in arrays[: len(self.text)]:
            self.empty_texts += pc.sum(pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(array)), 0)).as_py() or 0
        return pa.RecordBatch.from_arrays([*arrays, pa.array(rows, pa.int64())], schema=self.schema)

    def _labels(self, column: Any) -> pa.Array:
        if isinstance(column, pa.Array):
            codes = column.dictionary_encode(null_encoding="encode")
            names = pa.array([self.rule(value) for value in codes.dictionary.to_pylist()], pa.string())
            return names.take(codes.indices)
        return pa.array([self.rule(value) for value in column], pa.string())

    def _row_by_row(self, origin: str, rows: Sequence[int] | np.ndarray, columns: Sequence[Any]) -> pa.RecordBatch:
        values = [column.to_pylist() if isinstance(column, pa.Array) else column for column in columns]
        kept_rows: list[int] = []
        kept: list[list[str]] = [[] for _ in values]
        for row, *fields in zip(rows, *values, strict=True):
            where = self.where(origin, int(row))
            fault = self._fault(fields)
            if fault is not None:
                kind, message = fault
                raw = json.dumps(dict(zip(self.fields, fields, strict=True)), ensure_ascii=False, default=repr)
                self.broken.add(kind, message, where=where, raw=raw)
                continue
            kept_rows.append(int(row))
            for column, value in zip(kept, fields, strict=True):
                column.append(value)
            if self.label:
                kept[-1][-1] = self.rule(fields[-1])
            self.empty_texts += sum(not value.strip() for value in fields[: len(self.text)])
        arrays = [pa.array(column, pa.string()) for column in kept]
        return pa.RecordBatch.from_arrays([*arrays, pa.array(kept_rows, pa.int64())], schema=self.schema)

    def _fault(self, fields: Sequence[Any]) -> tuple[str, str] | None:
        for name, value in zip(self.text, fields, strict=False):
            if value is None or (isinstance(value, float) and value != value):
                return "missing text", f"The text in column {name!r} is missing ({value!r})."
            if not isinstance(value, str):
                return (
                    "text is no string",
                    f"Got {_short(value)} of type {type(value).__name__} in column {name!r}; expected text.",
                )
            if "\0" in value:
                return "NUL character", f"The text in column {name!r} has a NUL character (byte 0)."
            if _has_lone_surrogate(value):
                return "half a character", f"The text in column {name!r} has a lone surrogate (half a character)."
        if self.label is None:
            return None
        try:
            label = self.rule(fields[-1])
        except LabelFault as fault:
            kind = "missing label" if "missing" in str(fault) or "empty" in str(fault) else "unusable label"
            return kind, f"Column {self.label!r}: {fault}"
        if _has_lone_surrogate(label):
            return "half a character", f"The label in column {self.label!r} has a lone surrogate (half a character)."
        return None


def _strings(column: Any) -> pa.Array:
    return column.cast(pa.string()) if isinstance(column, pa.Array) else pa.array(column, pa.string())


def _has_nul(array: pa.Array) -> bool:
    return bool(pc.any(pc.match_substring(array, "\0")).as_py())


def _has_lone_surrogate(value: str) -> bool:
    return _SURROGATE.search(value) is not None


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
