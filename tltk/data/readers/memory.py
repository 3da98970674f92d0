"""Objects in memory: pandas, Arrow and polars tables, dicts of lists, lists of dicts, (texts, labels) pairs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from tltk.data.arrow import clean_batches
from tltk.data.clean import Cleaner
from tltk.data.kinds import label_columns
from tltk.data.kinds.lists import plain
from tltk.data.memory_table import ACCEPTED, MemoryTable, pieces, table_of
from tltk.data.reader import BATCH_ROWS, SPLITS, Part, Reader, register_reader, require_columns
from tltk.data.split_groups import stored_group
from tltk.errors import DataError
from tltk.recipe.data import DataSection


@register_reader("memory")
class MemoryReader(Reader):
    """Reads what the caller holds in memory; columns go by name, except in a (texts, labels) tuple."""

    def __init__(self, section: DataSection, *, memory: Mapping[str, Any] | None = None) -> None:
        super().__init__(section, memory=memory)
        if memory is None:
            raise DataError("Got source 'memory' and no data.", where="data.source", hint=f"Pass {ACCEPTED}.")
        by_split = isinstance(memory, Mapping) and bool(memory) and set(memory) <= set(SPLITS)
        self._objects: Mapping[str, Any] = memory if by_split else {"train": memory}

    def splits(self) -> tuple[str, ...]:
        return tuple(split for split in SPLITS if self._objects.get(split) is not None)

    def parts(self, split: str) -> list[Part]:
        return [Part(f"{split} data in memory", self._objects[split])]

    def content_hash(self, split: str) -> str:
        digest = hashlib.sha256()
        for part in self.parts(split):
            table = self._table(part)
            group = stored_group(self.section, split)
            wanted = [*self._texts(), *label_columns(self.section), *([group] if group else [])]
            fields = [name for name in dict.fromkeys(wanted) if name in table.column_names]
            require_columns(fields, table.column_names, where=part.origin)  # once each; all of them when rows are read
            for start, columns in pieces(table, fields, BATCH_ROWS):
                digest.update(f"{start}:".encode())
                for name, column in zip(fields, columns, strict=True):
                    # Of arrays repr shows neither all numbers nor all digits.
                    values = column.to_pylist() if isinstance(column, pa.Array) else [plain(value) for value in column]
                    digest.update(f"{name}={values!r};".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def batches(self, part: Part, cleaner: Cleaner) -> Iterator[pa.RecordBatch]:
        table = self._table(part)
        require_columns(cleaner.fields, table.column_names, where=part.origin)
        if isinstance(table, pa.Table):
            batches = table.select(cleaner.fields).to_batches(max_chunksize=BATCH_ROWS)
            yield from clean_batches(batches, cleaner, part.origin)
            return
        for start, columns in pieces(table, cleaner.fields, BATCH_ROWS):
            yield cleaner.batch(part.origin, range(start, start + len(columns[0])), columns)

    def _table(self, part: Part) -> pa.Table | MemoryTable:
        return table_of(part.handle, self._texts(), label_columns(self.section), where=part.origin)

    def _texts(self) -> tuple[str, ...]:
        return (self.section.text,) if isinstance(self.section.text, str) else self.section.text
