"""What reading gives: memory-mapped tables, and splits that are index arrays into them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tltk.data.kinds import ClassKind, LabelKind
from tltk.data.report import ReadReport
from tltk.errors import DataError, did_you_mean

if TYPE_CHECKING:
    import pandas

ROW = "__row__"
"""Column of the row's place in its source: the line in a text file (from 1), the row elsewhere (from 0)."""


@dataclass(frozen=True, eq=False)
class Source:
    """One table as it was read: an Arrow file in the cache, memory-mapped, so that it costs no anonymous memory.

    Args:
        name: the split of the source's own that it came from: "train", "validation" or "test".
        table: the text column(s) as strings, the label column as its kind stores it, and `__row__` (int64).
        text: names of the text columns.
        label: name of the table's label column; None when it was read without labels.
        fingerprint: sha256 (hex) of the content and of the options it was read with.
        parts: (first row of the table, file or other origin) of each part the table was read from.
        counts_lines: whether `__row__` counts the lines of a text file.
        kind: what stands in the label column.
        labels: names of the label columns as the source has them; `label` joins them.
    """

    name: str
    table: pa.Table
    text: tuple[str, ...]
    label: str | None
    fingerprint: str
    parts: tuple[tuple[int, str], ...] = ()
    counts_lines: bool = False
    kind: LabelKind = field(default_factory=ClassKind)
    labels: tuple[str, ...] = ()

    @cached_property
    def batches(self) -> list[pa.RecordBatch]:
        """The table's record batches, each a zero-copy view of the memory-mapped file."""
        return self.table.to_batches()

    @cached_property
    def starts(self) -> np.ndarray:
        """First row of every record batch, and the number of rows at the end (int64)."""
        return np.cumsum([0, *(batch.num_rows for batch in self.batches)])

    def where(self, row: int) -> str:
        """Return the place a row of the table came from, as `file:line` or `origin, row n`."""
        number = self.take(np.array([row]), (ROW,)).column(ROW)[0].as_py()
        part = bisect_right([first for first, _ in self.parts], row) - 1
        origin = self.parts[part][1] if part >= 0 else self.name
        return f"{origin}:{number}" if self.counts_lines else f"{origin}, row {number}"

    def take(self, rows: np.ndarray, columns: Sequence[str]) -> pa.Table:
        """Return some rows, in the order asked for, as a table in ordinary memory.

        Works batch by batch: taking from a whole chunked column could copy all of it first.
        """
        order = None
        if len(rows) > 1 and np.any(rows[1:] < rows[:-1]):
            order = np.argsort(rows, kind="stable")
            rows = rows[order]
        schema = pa.schema([self.table.schema.field(name) for name in columns])
        cuts = np.searchsorted(rows, self.starts)
        pieces = []
        for number in np.flatnonzero(np.diff(cuts)):
            local = rows[cuts[number] : cuts[number + 1]] - self.starts[number]
            pieces.append(self.batches[number].select(list(columns)).take(pa.array(local)))
        taken = pa.Table.from_batches(pieces, schema=schema).combine_chunks()
        if order is None:
            return taken
        inverse = np.empty(len(order), dtype=np.int64)
        inverse[order] = np.arange(len(order))
        return taken.take(pa.array(inverse))


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of one split: a source's table and the rows of it that belong to the split.

    Args:
        source: the table.
        indices: rows of the table, int32, or None for all of them. Four bytes a row is all that a split costs.

    Example:
        >>> table = pa.table({"text": ["good", "bad", "fine"], "label": ["1", "0", "1"], ROW: [2, 3, 4]})
        >>> rows = Rows(Source("train", table, ("text",), "label", "0" * 64), np.array([2, 0], dtype=np.int32))
        >>> len(rows), rows.texts(), rows.label_counts()
        (2, ['fine', 'good'], {'1': 2})
        >>> rows.codes(["0", "1"])
        array([1, 1], dtype=int32)
    """

    source: Source
    indices: np.ndarray | None = None

    def __len__(self) -> int:
        return self.source.table.num_rows if self.indices is None else len(self.indices)

    @property
    def table(self) -> pa.Table:
        """The whole table of the source (memory-mapped), of which `indices` are this split's rows."""
        return self.source.table

    def take(self, positions: np.ndarray | Sequence[int]) -> Rows:
        """Return the rows at some positions of this split, as a view."""
        chosen = np.asarray(positions, dtype=np.int32)
        return Rows(self.source, chosen if self.indices is None else self.indices[chosen])

    def batches(self, columns: Sequence[str] | None = None, *, size: int = 16_384) -> Iterator[pa.Table]:
        """Yield the rows in order, in tables of at most `size` rows with the named columns (default: all)."""
        names = tuple(columns) if columns is not None else tuple(self.table.column_names)
        for name in names:
            self._require(name)
        for start in range(0, len(self), size):
            stop = min(start + size, len(self))
            if self.indices is None:
                yield self.table.select(list(names)).slice(start, stop - start)
            else:
                yield self.source.take(self.indices[start:stop], names)

    def column(self, name: str) -> pa.ChunkedArray:
        """Return one column. Zero-copy for a whole table; otherwise a copy, so meant for labels and small splits."""
        self._require(name)
        if self.indices is None:
            return self.table.column(name)
        chunks = [chunk for batch in self.batches([name]) for chunk in batch.column(name).chunks]
        return pa.chunked_array(chunks, type=self.table.schema.field(name).type)

    def texts(self, positions: Sequence[int] | np.ndarray | None = None) -> list[Any]:
        """Return the texts at some positions (default: all): strings, or tuples of strings for several text columns."""
        rows = self if positions is None else self.take(positions)
        columns = [rows.column(name).to_pylist() for name in self.source.text]
        return columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))

    def labels(self, positions: Sequence[int] | np.ndarray | None = None) -> list[Any]:
        """Return the labels at some positions (default: all), as the source's kind stores them: classes as strings."""
        rows = self if positions is None else self.take(positions)
        return rows.column(self._label).to_pylist()

    def codes(self, names: Sequence[str]) -> np.ndarray:
        """Return each class label's index in `names`, or -1 where it is not there (int32, one a row)."""
        known = pa.array(list(names), pa.string())
        codes = np.empty(len(self), dtype=np.int32)
        start = 0
        for batch in self.batches([self._label]):
            found = batch.column(0).combine_chunks().dictionary_encode()
            found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
            lookup = pc.index_in(found.dictionary, value_set=known).fill_null(-1).to_numpy(zero_copy_only=False)
            codes[start : start + len(found)] = lookup[found.indices.to_numpy(zero_copy_only=False)]
            start += len(found)
        return codes

    def numbers(self) -> np.ndarray:
        """Return labels of the kind `NumbersKind` as float64 of shape [rows, numbers].

        Raises:
            DataError: rows have unequal counts of numbers; names the first that differs.
        """
        lists = self.column(self._label).combine_chunks()
        counts = pc.list_value_length(lists).to_numpy(zero_copy_only=False)
        wrong = np.flatnonzero(counts != counts[0]) if len(counts) else counts
        if len(wrong):
            raise DataError(
                f"Got {counts[wrong[0]]} numbers; the row at {self.where(0)} has {counts[0]}.",
                where=self.where(int(wrong[0])),
                hint="Give every row the same count of numbers.",
            )
        values = pc.list_flatten(lists).to_numpy(zero_copy_only=False).astype(np.float64)
        return values.reshape(len(counts), -1) if len(counts) else values.reshape(0, 1)

    def label_counts(self) -> dict[str, int]:
        """Return how often each label occurs, sorted by label; empty where labels are not of a closed set."""
        return dict(self._label_counts)

    @cached_property
    def _label_counts(self) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for batch in self.batches([self._label]):
            for chunk in batch.column(0).chunks:
                counts.update(self.source.kind.count(chunk))
        return dict(sorted(counts.items()))

    def where(self, position: int) -> str:
        """Return the place a row came from, as `file:line` or `origin, row n`: for errors."""
        return self.source.where(position if self.indices is None else int(self.indices[position]))

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a DataFrame (a copy in ordinary memory)."""
        if self.indices is None:
            return self.table.to_pandas()
        return self.source.take(self.indices, self.table.column_names).to_pandas()

    @property
    def _label(self) -> str:
        if self.source.label is None:
            raise DataError(
                "These rows were read without labels.",
                where=self.source.name,
                hint="Name the label column: data.label.",
            )
        return self.source.label

    def _require(self, name: str) -> None:
        if name not in self.table.column_names:
            raise DataError(f"Got column {name!r}.", hint=did_you_mean(name, self.table.column_names))


@dataclass(frozen=True, eq=False)
class Dataset:
    """What `read` returns: the tables as they were read, the splits as views of them, and a report.

    A source is encoded once and whole (`sources[...]`); a split's encoded rows are then `encoded.take(rows.indices)`.

    Args:
        sources: by name ("train", and "validation" and "test" where the data has its own).
        splits: "train", and "validation" and "test" where asked for or given.
        report: counts, skipped rows, duplicates, warnings.
        fingerprint: sha256 (hex) of the sources' fingerprints and of the way they were split.
    """

    sources: dict[str, Source]
    splits: dict[str, Rows]
    report: ReadReport
    fingerprint: str

    @property
    def tables(self) -> dict[str, pa.Table]:
        """The memory-mapped table of every source."""
        return {name: source.table for name, source in self.sources.items()}

    def __getitem__(self, split: str) -> Rows:
        """Return the rows of a split; an unknown one is an error that lists the known ones."""
        if split not in self.splits:
            raise DataError(f"Got split {split!r}.", hint=did_you_mean(split, self.splits))
        return self.splits[split]
