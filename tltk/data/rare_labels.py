"""Labels of a few rows: which rows have them, and that a split drawn by tltk leaves one of each to training."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np

from tltk.data.dataset import Rows
from tltk.data.report import ReadReport
from tltk.data.split_groups import group_codes
from tltk.errors import some_of
from tltk.recipe.data import DataSection

_BATCH = 1024


def rows_with(rows: Rows, labels: Collection[str]) -> Iterator[int]:
    """Yield the positions of the rows that have one of some labels.

    Example:
        >>> import pyarrow as pa
        >>> from tltk.data.dataset import Source
        >>> table = pa.table({"text": list("abc"), "label": list("xyx")})
        >>> list(rows_with(Rows(Source("train", table, ("text",), "label", "0" * 64)), {"x"}))
        [0, 2]
    """
    for position, found in _labels_of(rows, frozenset(labels)):
        if found:
            yield position


def keep_in_training(
    splits: Mapping[str, Rows], drawn: Collection[str], section: DataSection, report: ReadReport
) -> dict[str, Rows]:
    """Return the splits after rows of the drawn ones have come back to training, which had no other with their label.

    Of each such label the first row comes back, and with it all rows of its group (`data.split.group`). A split's
    last row, or group, stays. What came back is told in the report.

    Args:
        splits: rows by split, "train" among them.
        drawn: the splits whose rows were drawn from those of "train"; all of one source.
        section: says which column keeps rows together.
        report: takes the warning.
    """
    result = dict(splits)
    if not drawn or splits["train"].source.label is None:
        return result
    known = set(splits["train"].label_counts())
    for name in drawn:
        rows = result[name]
        missing = set(rows.label_counts()) - known
        chosen, labels = _chosen(rows, missing, section) if missing else (np.zeros(0, bool), set[str]())
        if not labels:
            continue
        back = rows.take(np.flatnonzero(chosen))
        result[name] = rows.take(np.flatnonzero(~chosen))
        result["train"] = _together(result["train"], back)
        known |= set(back.label_counts())
        listed = some_of([*map(repr, sorted(labels))])
        report.warnings.append(
            f"{name}: {len(back)} row(s) came back to training, where no other row has the label {listed}; "
            f"{len(result[name])} are left."
        )
    return result


def _chosen(rows: Rows, labels: set[str], section: DataSection) -> tuple[np.ndarray, set[str]]:
    """Return which rows are to go so that one of each label goes, as truth values, and the labels that have one."""
    groups = np.arange(len(rows)) if section.split.group is None else group_codes(rows, section)
    left = len(np.unique(groups)) - 1
    chosen, served = np.zeros(len(rows), bool), set[str]()
    for position, found in _labels_of(rows, frozenset(labels)):
        if found <= served:
            continue
        if not chosen[position]:
            if not left:
                break
            left -= 1
            chosen |= groups == groups[position]
        served |= found
    return chosen, served


def _labels_of(rows: Rows, labels: frozenset[str]) -> Iterator[tuple[int, frozenset[str]]]:
    """Yield the position of each row and which of some labels it has, but for batches of rows that have none."""
    kind, start = rows.source.kind, 0
    for batch in rows.batches([rows.source.label or ""], size=_BATCH):
        for chunk in batch.column(0).chunks:
            if labels.intersection(kind.count(chunk)):
                for offset in range(len(chunk)):
                    yield start + offset, labels.intersection(kind.count(chunk.slice(offset, 1)))
            start += len(chunk)


def _together(first: Rows, second: Rows) -> Rows:
    """Return two selections of one table as one, in the order of the table."""
    assert first.indices is not None
    assert second.indices is not None
    return Rows(first.source, np.sort(np.concatenate([first.indices, second.indices])))
