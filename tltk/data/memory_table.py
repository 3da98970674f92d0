"""What the caller holds in memory as a table of named columns, whatever it came as."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tltk.errors import DataError

ACCEPTED = (
    "a pandas, pyarrow or polars table, a dict of lists, a list of dicts, or a (texts, labels) tuple; "
    "or a dict of those by split (train, validation, test)"
)

_Cut = Callable[[int, int], list[Any]]
"""Returns the values of a column from one row up to another."""


@dataclass(frozen=True)
class MemoryTable:
    """Columns of Python values, which are cut out of the caller's object a piece at a time.

    Args:
        column_names: as text, in order; one that stands there twice is refused by the reader, where it is wanted.
        cuts: one for each column.
        num_rows: how many values each has.
    """

    column_names: list[str]
    cuts: list[_Cut]
    num_rows: int


def table_of(data: Any, texts: Sequence[str], labels: Sequence[str], *, where: str) -> pa.Table | MemoryTable:
    """Return data as a table; Arrow's and polars' own as Arrow tables, without copying.

    Args:
        data: see `ACCEPTED`.
        texts: names of the text columns, which a (texts, labels) tuple does not say.
        labels: names of the label columns.
        where: what errors call the data.

    Raises:
        DataError: it is none of these, a column is no list or a row no mapping, or the columns differ in length.
    """
    if (table := _as_arrow(data)) is not None:
        return table
    if _is_pandas(data):
        frame_cuts = [_cut_of(data.iloc[:, place]) for place in range(len(data.columns))]
        return MemoryTable([str(name) for name in data.columns], frame_cuts, len(data))
    if isinstance(data, Mapping):
        return _of_columns([(str(name), str(name), values) for name, values in data.items()], where)
    if _is_pair(data):
        _require_one(texts, "text")
        _require_one(labels, "label")
        sides = [_only_column(data[0], "texts", where), _only_column(data[1], "labels", where)]
        return _of_columns([(texts[0], "texts", sides[0]), (labels[0], "labels", sides[1])], where)
    if isinstance(data, Sequence) and not isinstance(data, str | bytes | bytearray):
        return _of_rows(data, [*texts, *labels], where)
    raise DataError(f"Got data of type {type(data).__name__}; expected {ACCEPTED}.")


def pieces(table: pa.Table | MemoryTable, fields: Sequence[str], rows: int) -> Iterator[tuple[int, Sequence[Any]]]:
    """Yield (first row, columns), at most so many rows at a time: Arrow arrays of an Arrow table, else lists."""
    if isinstance(table, MemoryTable):
        cuts = [table.cuts[table.column_names.index(name)] for name in fields]
        for start in range(0, table.num_rows, rows):
            yield start, [cut(start, min(start + rows, table.num_rows)) for cut in cuts]
        return
    start = 0
    for batch in table.select(list(fields)).to_batches(max_chunksize=rows):
        yield start, batch.columns
        start += batch.num_rows


def _as_arrow(data: Any) -> pa.Table | None:
    """Return Arrow and polars tables as an Arrow table; None for the rest, single columns among them."""
    if isinstance(data, pa.RecordBatch):
        return pa.Table.from_batches([data])
    if isinstance(data, pa.Table):
        return data
    # pandas offers the same protocol, but refuses columns of mixed types, whose bad rows are to be named.
    if hasattr(data, "__arrow_c_stream__") and not hasattr(data, "iloc"):
        try:
            return pa.table(data)
        except (pa.ArrowInvalid, TypeError, ValueError):
            return None
    return None


def _is_pandas(data: Any) -> bool:
    return hasattr(data, "iloc") and hasattr(data, "columns")


def _is_pair(data: Any) -> bool:
    """Tell whether data are two columns and not two rows, which are mappings both."""
    return (
        isinstance(data, tuple)
        and len(data) == 2
        and all(hasattr(side, "__getitem__") or hasattr(side, "__iter__") for side in data)
        and not any(isinstance(side, str | bytes | bytearray) for side in data)
        and not all(isinstance(side, Mapping) for side in data)
    )


def _require_one(names: Sequence[str], what: str) -> None:
    if len(names) != 1:
        raise DataError(
            f"Got a (texts, labels) tuple for {len(names)} {what} columns.",
            where=f"data.{what}",
            hint="Give a dict of columns instead.",
        )


def _only_column(side: Any, what: str, where: str) -> Any:
    """Return the column that one side of a (texts, labels) tuple is, or that the table there has alone."""
    table = _as_arrow(side)
    if table is not None:
        columns = dict(enumerate(table.columns))
        names = table.column_names
    elif _is_pandas(side):
        columns, names = {place: side.iloc[:, place] for place in range(len(side.columns))}, side.columns
    elif isinstance(side, Mapping):
        columns, names = dict(enumerate(side.values())), list(side)
    else:
        return side
    if len(columns) != 1:
        listed = ", ".join(repr(str(name)) for name in names) or "none"
        raise DataError(
            f"Got a table with {len(columns)} columns ({listed}) as the {what} of a (texts, labels) tuple; "
            "expected a single one.",
            where=where,
            hint="Give one table that has the label in it too, and name its columns in data.text and data.label.",
        )
    return columns[0]


def _of_columns(columns: Sequence[tuple[str, str, Any]], where: str) -> MemoryTable:
    """Return a table of (name, name in errors, values)."""
    for _, called, values in columns:
        _check_column(values, called, where)
    lengths = {called: len(values) for _, called, values in columns}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{called}: {length}" for called, length in lengths.items())
        raise DataError(f"The columns differ in length ({listed}).", hint="Give each column one value a row.")
    cuts = [_cut_of(values) for _, _, values in columns]
    return MemoryTable([name for name, _, _ in columns], cuts, next(iter(lengths.values()), 0))


def _check_column(values: Any, called: str, where: str) -> None:
    """Check that a column has a length and an order, which are not those of the letters of a text."""
    unordered = isinstance(values, set | frozenset)
    if not isinstance(values, str | bytes | bytearray | Mapping) and not unordered and hasattr(values, "__iter__"):
        try:
            len(values)
        except TypeError:
            pass
        else:
            return
    raise DataError(
        f"Column {called!r} is of type {type(values).__name__}; expected a list of values, one a row.",
        where=where,
        hint="A set has no order; give a list." if unordered else "Give a list; list(...) makes one of a generator.",
    )


def _cut_of(values: Any) -> _Cut:
    """Return how a column is cut; one that cannot be sliced, as the values of a dict, is listed first."""
    if hasattr(values, "to_pylist"):  # Arrow's, whose single values are none of Python's
        return lambda start, stop: values[start:stop].to_pylist()
    if hasattr(values, "iloc"):
        return lambda start, stop: values.iloc[start:stop].tolist()
    try:
        values[0:0]
    except (TypeError, KeyError):
        values = list(values)
    return lambda start, stop: list(values[start:stop])


def _of_rows(data: Sequence[Any], wanted: Sequence[str], where: str) -> MemoryTable:
    """Return a table of rows that are mappings; keys that a row lacks are None there."""
    if not data:
        return MemoryTable([*wanted], [lambda start, stop: []] * len(wanted), 0)  # the check for rows speaks
    odd = next((row for row, values in enumerate(data) if not isinstance(values, Mapping)), None)
    if odd is not None:
        kind = type(data[odd]).__name__
        if not any(isinstance(values, Mapping) for values in data):
            raise DataError(f"Got data of type {type(data).__name__} (of {kind}); expected {ACCEPTED}.")
        raise DataError(
            f"Got {data[odd]!r:.60} of type {kind}; expected a dict, as other rows are.",
            where=f"{where}, row {odd}",
            hint="Give every row as a dict of its columns.",
        )
    keys = list(dict.fromkeys(key for row in data for key in row))
    return MemoryTable([str(key) for key in keys], [_row_cut(data, key) for key in keys], len(data))


def _row_cut(data: Sequence[Mapping[Any, Any]], key: Any) -> _Cut:
    return lambda start, stop: [row.get(key) for row in data[start:stop]]
