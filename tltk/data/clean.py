"""The gate every row passes: text is text, labels are there, everything else is a broken row."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tltk.data.broken import BrokenRows
from tltk.data.dataset import ROW
from tltk.data.kinds import LabelKind
from tltk.data.labels import LabelFault, Mended, is_missing, spell
from tltk.data.split_groups import GROUP

_SURROGATE = re.compile("[\ud800-\udfff]")


class Cleaner:
    """Makes record batches of text, label and `__row__` columns, and hands broken rows on.

    A whole batch is checked at once where the label's kind can; only a batch with something wrong in it is walked
    through row by row.

    Args:
        text: names of the text columns.
        labels: names of the label columns; empty to read without labels.
        kind: what stands in them.
        broken: takes the broken rows.
        counts_lines: whether row numbers are lines of a text file.
        group: name of a column that keeps rows together, stored as text beside the others.
    """

    def __init__(
        self,
        text: Sequence[str],
        labels: Sequence[str],
        kind: LabelKind,
        broken: BrokenRows,
        *,
        counts_lines: bool,
        group: str | None = None,
    ) -> None:
        self.text = tuple(text)
        self.labels = tuple(labels)
        self.kind = kind
        self.broken = broken
        self.empty_texts = 0
        self.mended: Counter[str] = Counter()
        self.first_mended: str | None = None
        self.group = group
        self.fields = [*self.text, *self.labels, *([group] if group else [])]
        stored = [(", ".join(self.labels), kind.stored)] if self.labels else []
        grouped = [(GROUP, pa.string())] if group else []
        self.schema = pa.schema([*((name, pa.string()) for name in self.text), *stored, *grouped, (ROW, pa.int64())])
        self._counts_lines = counts_lines

    def where(self, origin: str, row: int) -> str:
        """Return the place of a row for errors."""
        return f"{origin}:{row}" if self._counts_lines else f"{origin}, row {row}"

    def batch(
        self,
        origin: str,
        rows: Sequence[int] | np.ndarray,
        columns: Sequence[Any],
        *,
        places: Sequence[str] | None = None,
    ) -> pa.RecordBatch:
        """Return the sound ones of some rows.

        Args:
            origin: file or other origin, for errors.
            rows: line or row number of each.
            columns: values of each column of `fields`, as Python lists or Arrow arrays.
            places: how errors name each row; by origin and row number where not given.
        """
        if (self.labels and not self.kind.columnar) or self.kind.takes_words:
            return self._row_by_row(origin, rows, columns, places)
        texts = len(self.text)
        try:
            arrays = [_strings(column) for column in columns[:texts]]
            if self.labels:
                arrays.append(self.kind.array(columns[texts : texts + len(self.labels)]))
            if self.group:
                arrays.append(_strings(columns[-1]))
        # pa.ArrowInvalid is a ValueError, pa.ArrowTypeError a TypeError; lists and mappings are not implemented.
        except (LabelFault, TypeError, ValueError, pa.ArrowNotImplementedError):
            return self._row_by_row(origin, rows, columns, places)
        if any(array.null_count or _has_nul(array) for array in arrays):
            return self._row_by_row(origin, rows, columns, places)
        for array in arrays[:texts]:
            self.empty_texts += pc.sum(pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(array)), 0)).as_py() or 0
        return pa.RecordBatch.from_arrays([*arrays, pa.array(rows, pa.int64())], schema=self.schema)

    def _row_by_row(
        self, origin: str, rows: Sequence[int] | np.ndarray, columns: Sequence[Any], places: Sequence[str] | None
    ) -> pa.RecordBatch:
        values = [column.to_pylist() if isinstance(column, pa.Array) else column for column in columns]
        kept: list[list[Any]] = [[] for _ in self.schema]
        for number, (row, *fields) in enumerate(zip(rows, *values, strict=True)):
            where = places[number] if places else self.where(origin, int(row))
            try:
                cleaned = self._cleaned(fields, where)
            except _Broken as fault:
                raw = json.dumps(dict(zip(self.fields, fields, strict=True)), ensure_ascii=False, default=repr)
                self.broken.add(fault.kind, str(fault), where=where, raw=raw)
                continue
            for column, value in zip(kept, [*cleaned, int(row)], strict=True):
                column.append(value)
            self.empty_texts += sum(not value.strip() for value in cleaned[: len(self.text)])
        arrays = [pa.array(column, field.type) for column, field in zip(kept, self.schema, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def _cleaned(self, fields: Sequence[Any], where: str) -> list[Any]:
        """Return a row's texts and label as they are stored.

        Raises:
            _Broken: one of them cannot be used.
        """
        first = len(self.text)
        given, labels = fields[:first], fields[first : first + len(self.labels)]
        grouped = [_group(self.group, fields[-1])] if self.group else []
        try:
            texts = self.kind.texts(given)
        except LabelFault as fault:
            raise _Broken("text is no string", f"Column {', '.join(map(repr, self.text))}: {fault}") from None
        for name, value in zip(self.text, texts, strict=True):
            _check_text(name, value)
        if not self.labels:
            return [*texts, *grouped]
        column = ", ".join(map(repr, self.labels))
        try:
            texts, label = self.kind.clean(given, labels)
        except LabelFault as fault:
            kind = "missing label" if "missing" in str(fault) or "empty" in str(fault) else "unusable label"
            raise _Broken(kind, f"Column {column}: {fault}") from None
        if isinstance(label, Mended):
            label, what = label
            self.mended[what] += 1
            self.first_mended = self.first_mended or where
        if _has_lone_surrogate(label):
            raise _Broken("half a character", f"The label in column {column} has a lone surrogate (half a character).")
        return [*texts, label, *grouped]


class _Broken(ValueError):
    """A row that cannot be used, and the kind of its fault."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _check_text(name: str, value: Any) -> None:
    if is_missing(value):
        raise _Broken("missing text", f"The text in column {name!r} is missing ({value!r}).")
    if not isinstance(value, str):
        raise _Broken(
            "text is no string",
            f"Got {_short(value)} of type {type(value).__name__} in column {name!r}; expected text.",
        )
    if "\0" in value:
        raise _Broken("NUL character", f"The text in column {name!r} has a NUL character (byte 0).")
    if _has_lone_surrogate(value):
        raise _Broken("half a character", f"The text in column {name!r} has a lone surrogate (half a character).")


def _group(name: str, value: Any) -> str:
    """Return the value that keeps a row together with others as text."""
    try:
        group = spell(value)
    except LabelFault:
        raise _Broken(
            "no group", f"Column {name!r}, which keeps rows together (data.split.group), has {_short(value)}."
        ) from None
    _check_text(name, group)
    return group


def _strings(column: Any) -> pa.Array:
    return column.cast(pa.string()) if isinstance(column, pa.Array) else pa.array(column, pa.string())


def _has_nul(array: pa.Array) -> bool:
    return bool(pc.any(pc.match_substring(array, "\0")).as_py())


def _has_lone_surrogate(value: Any) -> bool:
    """Tell whether a string has one, or a string anywhere in lists and mappings."""
    if isinstance(value, Mapping):
        return any(_has_lone_surrogate(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(_has_lone_surrogate(part) for part in value)
    return isinstance(value, str) and _SURROGATE.search(value) is not None


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
