"""Rows that must not be divided between splits: those with the same value in one column."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from tltk.data.dataset import Rows
from tltk.data.kinds import LabelKind
from tltk.data.report import ReadReport
from tltk.recipe.data import DataSection

GROUP = "__group__"
"""Column of the value that keeps rows together, in tables whose text columns do not hold it."""


def stored_group(section: DataSection, split: str) -> str | None:
    """Return the source's column that is kept beside texts and labels, if there is one: only training rows are divided.

    Example:
        >>> stored_group(DataSection(split={"group": "title"}), "train")
        'title'
    """
    text = (section.text,) if isinstance(section.text, str) else section.text
    group = section.split.group
    return group if split == "train" and group is not None and group not in text else None


def with_group_of(kind: LabelKind, section: DataSection, given: Mapping[str, Rows]) -> DataSection:
    """Return a section that keeps rows of one last text together, where rows of its kind share texts and it names none.

    Not where there are as few texts as splits are drawn: then rows are, and `warn_of_divided_texts` tells of it.
    """
    wanted = {"validation": section.split.validation, "test": section.split.test}
    drawn = [name for name, share in wanted.items() if share is not None and name not in given]
    if not kind.shares_texts or section.split.group is not None or not drawn:
        return section
    column = given["train"].source.text[-1]
    if len(different_values(given["train"], column)) <= len(drawn):
        return section
    return section.model_copy(update={"split": section.split.model_copy(update={"group": column})})


def warn_of_divided_texts(splits: Mapping[str, Rows], drawn: Sequence[str], report: ReadReport) -> None:
    """Say in how many rows of a drawn split the last text (the context of a question) stands in another split too."""
    for name in drawn:
        column = splits[name].source.text[-1]
        held_out = different_values(splits[name], column)
        others = [splits[other] for other in ("train", *drawn) if other != name]
        shared = len(held_out & set().union(*(different_values(rows, column) for rows in others)))
        if shared:
            report.warnings.append(
                f"{name}: {shared} of {len(held_out)} values of {column!r} stand in other splits too, which makes the "
                "figures better than they are; give rows with more of them, or a validation_path and a test_path."
            )


def group_codes(rows: Rows, section: DataSection) -> np.ndarray:
    """Return for each row the number of its group (int32, from 0, in the order in which groups first appear).

    Values are told apart by a 64-bit hash, so that memory grows with the number of groups alone.
    """
    column = GROUP if stored_group(section, "train") else str(section.split.group)
    numbers: dict[bytes, int] = {}
    codes = np.empty(len(rows), np.int32)
    start = 0
    for batch in rows.batches([column]):
        values = batch.column(0).combine_chunks()
        values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        found = values.dictionary_encode()
        hashes = _hashes(found.dictionary)
        known = np.array([numbers.setdefault(one, len(numbers)) for one in hashes], np.int32)
        codes[start : start + len(found)] = known[found.indices.to_numpy(zero_copy_only=False)]
        start += len(found)
    return codes


def different_values(rows: Rows, column: str) -> set[bytes]:
    """Return 64-bit hashes of the different values of a text column."""
    return {one for batch in rows.batches([column]) for one in _hashes(batch.column(0).unique())}


def _hashes(values: pa.Array) -> list[bytes]:
    return [hashlib.blake2b(value.encode(), digest_size=8).digest() for value in values.to_pylist()]
