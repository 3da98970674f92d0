"""Objects in memory: pandas, Arrow and polars tables, dicts of lists, lists of dicts, (texts, labels) pairs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from tltk.data.arrow import clean_batches
from tltk.data.clean import Cleaner
from tltk.data.kinds import label_columns
from tltk.data.kinds.lists import plain
from tltk.data.reader import BATCH_ROWS, SPLITS, Part, Reader, register_reader, require_columns
from tltk.data.split_groups import stored_group
from tltk.errors import DataError
from tltk.recipe.data import DataSection

_ACCEPTED = (
    "a pandas, pyarrow or polars table, a dict of lists, a list of dicts, or a (texts, labels) tuple; "
    "or a dict of those by split (train, validation, test)"
)


@register_reader("memory")
class MemoryReader(Reader):
    """Reads what the caller holds in memory; columns go by name, except in a (texts, labels) tuple."""

    def __init__(self, section: DataSection, *, memory: Mapping[str, Any] | None = None) -> None:
        super().__init__(section, memory=memory)
        if memory is None:
            raise DataError("Got source 'memory' and no data.", where="data.source", hint=f"Pass {_ACCEPTED}.")
        by_split = isinstance(memory, Mapping) and bool(memory) and set(memory) <= set(SPLITS)
        self._objects: Mapping[str, Any] = memory if by_split else {"train": memory}

    def splits(self) -> tuple[str, ...]:
        return tuple(split for split in SPLITS if self._objects.get(split) is not None)

    def parts(self, split: str) -> list[Part]:
        return [Part(f"{split} data in memory", self._objects[split])]

    def content_hash(self, split: str) -> str:
        digest = hashlib.sha256()
        texts = [self.section.text] if isinstance(self.section.text, str) else list(self.section.text)
        for part in self.parts(split):
            table = _as_arrow(part.handle)
            known = table.column_names if table is not None else _names(part.handle, texts, label_columns(self.section))
            group = stored_group(self.section, split)
            wanted = dict.fromkeys([*texts, *label_columns(self.section), *([group] if group else [])])
            fields = [name for name in wanted if name in known]
            for start, columns in _chunks(part.handle, fields, texts, label_columns(self.section)):
                digest.update(f"{start}:".encode())
                for name, column in zip(fields, columns, strict=True):
                    # Of arrays repr shows neither all numbers nor all digits.
                    values = column.to_pylist() if isinstance(column, pa.Array) else [plain(value) for value in column]
                    digest.update(f"{name}={values!r};".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def batches(self, part: Part, cleaner: Cleaner) -> Iterator[pa.RecordBatch]:
        texts = [self.section.text] if isinstance(self.section.text, str) else list(self.section.text)
        table = _as_arrow(part.handle)
        if table is not None:
            require_columns(cleaner.fields, table.column_names, where=part.origin)
            batches = table.select(cleaner.fields).to_batches(max_chunksize=BATCH_ROWS)
            yield from clean_batches(batches, cleaner, part.origin)
            return
        require_columns(cleaner.fields, _names(part.handle, texts, label_columns(self.section)), where=part.origin)
        for start, columns in _chunks(part.handle, cleaner.fields, texts, label_columns(self.section)):
            yield cleaner.batch(part.origin, range(start, start + len(columns[0])), columns)


def _as_arrow(data: Any) -> pa.Table | None:
    """Return Arrow and polars tables as an Arrow table, without copying; None for the rest."""
    if isinstance(data, pa.RecordBatch):
        return pa.Table.from_batches([data])
    if isinstance(data, pa.Table):
        return data
    # pandas offers the same protocol, but refuses columns of mixed types, whose bad rows are to be named.
    if hasattr(data, "__arrow_c_stream__") and not _is_pandas(data):
        return pa.table(data)
    return None


def _is_pandas(data: Any) -> bool:
    return hasattr(data, "iloc") and hasattr(data, "columns")


def _is_pair(data: Any) -> bool:
    return (
        isinstance(data, tuple)
        and len(data) == 2
        and all(hasattr(side, "__len__") and not isinstance(side, str | Mapping) for side in data)
    )


def _names(data: Any, texts: Sequence[str], labels: Sequence[str]) -> list[str]:
    if _is_pandas(data):
        return [str(name) for name in data.columns]
    if isinstance(data, Mapping):
        _same_length(data)
        return [str(name) for name in data]
    if _is_pair(data):
        if len(texts) != 1:
            raise DataError(
                f"Got a (texts, labels) tuple for {len(texts)} text columns.",
                where="data.text",
                hint="Give a dict of columns instead.",
            )
        if len(labels) != 1:
            raise DataError(
                f"Got a (texts, labels) tuple for {len(labels)} label columns.",
                where="data.label",
                hint="Give a dict of columns instead.",
            )
        _same_length({"texts": data[0], "labels": data[1]})
        return [texts[0], labels[0]]
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        if not data:
            return [*texts, *labels]  # an empty list has no columns to miss; the check for rows speaks
        if isinstance(data[0], Mapping):
            return list(dict.fromkeys(str(name) for row in data for name in row))
    raise DataError(f"Got data of type {type(data).__name__}; expected {_ACCEPTED}.")


def _same_length(columns: Mapping[str, Any]) -> None:
    lengths = {str(name): len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name}: {length}" for name, length in lengths.items())
        raise DataError(f"The columns differ in length ({listed}).", hint="Give each column one value a row.")


def _chunks(
    data: Any, fields: Sequence[str], texts: Sequence[str], labels: Sequence[str]
) -> Iterator[tuple[int, list[Any]]]:
    """Yield (first row, columns) a batch at a time."""
    table = _as_arrow(data)
    if table is not None:
        start = 0
        for batch in table.select(list(fields)).to_batches(max_chunksize=BATCH_ROWS):
            yield start, batch.columns
            start += batch.num_rows
        return
    if _is_pair(data):
        data = {texts[0]: data[0], labels[0]: data[1]}
    rows = len(next(iter(data.values()), ())) if isinstance(data, Mapping) else len(data)
    for start in range(0, rows, BATCH_ROWS):
        stop = min(start + BATCH_ROWS, rows)
        if _is_pandas(data):
            piece = data.iloc[start:stop]
            yield start, [piece[name].tolist() for name in fields]
        elif isinstance(data, Mapping):
            yield start, [list(data[name][start:stop]) for name in fields]
        else:
            yield start, [[row.get(name) for row in data[start:stop]] for name in fields]
