"""Arrow record batches on their way into the cleaner."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tltk.data.clean import Cleaner
from tltk.errors import DataError

WITHHELD = -1
"""The integer label of a row whose class is kept secret."""


def clean_batches(
    batches: Iterable[pa.RecordBatch],
    cleaner: Cleaner,
    origin: str,
    *,
    label_names: Sequence[str] | None = None,
) -> Iterator[pa.RecordBatch]:
    """Yield the sound rows of record batches; rows are numbered from 0.

    Args:
        batches: with the cleaner's columns at least.
        cleaner: the gate every row passes.
        origin: for errors.
        label_names: names of integer labels (a `ClassLabel`); -1 is a missing label.

    Raises:
        DataError: a text column holds no text.
    """
    start = 0
    for batch in batches:
        columns = [_plain(batch.column(name)) for name in cleaner.fields]
        if not cleaner.kind.takes_words:
            for name, column in zip(cleaner.text, columns, strict=False):
                _require_text(name, column.type, origin)
        if label_names is not None and cleaner.labels:
            label = len(cleaner.text)
            columns[label] = _name_labels(columns[label], label_names, origin, start)
        yield cleaner.batch(origin, range(start, start + batch.num_rows), columns)
        start += batch.num_rows


def _name_labels(codes: pa.Array, names: Sequence[str], origin: str, start: int) -> pa.Array:
    """Return integer labels, or lists of them, as their names; -1 becomes null.

    Raises:
        DataError: an integer has no name.
    """
    if _is_list(codes.type):
        lists = codes.cast(pa.list_(codes.type.value_type))
        rows = pc.list_parent_indices(lists)
        named = _names_of(lists.flatten(), names, origin, lambda place: start + rows[place].as_py())
        counts = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
        offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32(), mask=_mask_of(lists))
        return pa.ListArray.from_arrays(offsets, named)
    return _names_of(codes, names, origin, lambda place: start + place)


def _mask_of(lists: pa.Array) -> np.ndarray | None:
    """Return which offsets of a list array are missing, that is which lists; None where none is."""
    return np.append(lists.is_null().to_numpy(zero_copy_only=False), False) if lists.null_count else None


def _names_of(codes: pa.Array, names: Sequence[str], origin: str, row_of: Callable[[int], int]) -> pa.Array:
    numbers = codes.cast(pa.int64()).fill_null(WITHHELD).to_numpy(zero_copy_only=False)
    wrong = np.flatnonzero((numbers < WITHHELD) | (numbers >= len(names)))
    if len(wrong):
        number, row = numbers[wrong[0]], row_of(int(wrong[0]))
        raise DataError(
            f"Got label {number}; expected -1 to {len(names) - 1}.",
            where=f"{origin}, row {row}",
            hint="Mend the label, or the names in the features of the data set.",
        )
    return pa.array(list(names), pa.string()).take(pa.array(numbers, mask=numbers == WITHHELD))


def all_withheld(labels: Iterable[pa.Array]) -> bool:
    """Return whether every label is -1 or missing, as in test splits that a benchmark scores itself."""
    seen = 0
    for column in labels:
        column = column.flatten() if _is_list(column.type) else column
        if np.any(column.cast(pa.int64()).fill_null(WITHHELD).to_numpy(zero_copy_only=False) != WITHHELD):
            return False
        seen += len(column)
    return seen > 0


def _is_list(kind: pa.DataType) -> bool:
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)


def _plain(column: pa.Array) -> pa.Array:
    """Return a dictionary-encoded column (a pandas category) as its values."""
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _require_text(name: str, kind: pa.DataType, origin: str) -> None:
    text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)
    if not any(is_text(kind) for is_text in text):
        raise DataError(
            f"Column {name!r} holds values of type {kind}; expected text.",
            where=origin,
            hint="Set data.text to a column of text.",
        )
