"""Rows whose text stands in two splits: they make a test look better than the model is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Literal

import numpy as np

from tltk.data.dataset import Rows
from tltk.data.report import DuplicatesReport
from tltk.errors import DataError

EXAMPLES = 5


def find_duplicates(
    splits: dict[str, Rows], action: Literal["warn", "error", "drop", "allow"]
) -> tuple[dict[str, Rows], DuplicatesReport]:
    """Find rows of one split whose text stands in a later one too (training in validation or test, validation in test).

    Texts are compared without case and with white space as one blank, by a 64-bit hash; only the held-out splits'
    hashes are kept, 8 bytes a row.

    Args:
        splits: the splits, training first.
        action: "drop" takes the rows out of the earlier split, "error" refuses them, "allow" does not look.

    Returns:
        The splits (without the dropped rows) and what was found.

    Raises:
        DataError: there are such rows and the action is "error"; names the first ones.
    """
    report = DuplicatesReport(action=action)
    if action == "allow" or len(splits) < 2:
        return splits, report
    kept = dict(splits)
    later: dict[str, np.ndarray] = {}
    for name in reversed(splits):
        rows = splits[name]
        hashes = np.unique(np.concatenate(list(_hashes(rows)) or [np.empty(0, np.uint64)])) if name != "train" else None
        if later:
            doubled = _doubled(name, rows, later, report)
            if action == "drop" and len(doubled):
                keep = np.ones(len(rows), dtype=bool)
                keep[doubled] = False
                kept[name] = rows.take(np.flatnonzero(keep).astype(np.int32))
                report.dropped[name] = len(doubled)
        if hashes is not None:
            later[name] = hashes
    if action == "error" and report.counts:
        found = ", ".join(f"{count} {pair}" for pair, count in report.counts.items())
        example = report.examples[0]
        raise DataError(
            f"Rows stand in two splits: {found}; for example {example['text']!r}.",
            where=example["where"],
            hint="Set data.split.duplicates: drop to take them out of the earlier split, or warn to keep them.",
        )
    return kept, report


def _doubled(name: str, rows: Rows, later: dict[str, np.ndarray], report: DuplicatesReport) -> np.ndarray:
    """Return the positions of rows that stand in a later split, and count them in the report."""
    positions: list[np.ndarray] = []
    start = 0
    for hashes in _hashes(rows):
        doubled = np.zeros(len(hashes), dtype=bool)
        for other, known in later.items():
            found = _isin(hashes, known)
            if found.any():
                pair = f"{name} in {other}"
                report.counts[pair] = report.counts.get(pair, 0) + int(found.sum())
                for offset in np.flatnonzero(found)[: EXAMPLES - len(report.examples)]:
                    position = start + int(offset)
                    text = " | ".join(rows.take([position]).column(column)[0].as_py() for column in rows.source.text)
                    report.examples.append(
                        {"split": name, "other": other, "where": rows.where(position), "text": text[:200]}
                    )
            doubled |= found
        positions.append(np.flatnonzero(doubled).astype(np.int32) + np.int32(start))
        start += len(hashes)
    return np.concatenate(positions) if positions else np.empty(0, np.int32)


def _isin(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    if not len(known):
        return np.zeros(len(values), dtype=bool)
    places = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return known[places] == values


def _hashes(rows: Rows) -> Iterator[np.ndarray]:
    """Yield 64-bit hashes of the normalised texts, batch by batch (uint64)."""
    for batch in rows.batches(rows.source.text):
        columns = [[" ".join(text.casefold().split()) for text in column.to_pylist()] for column in batch.columns]
        texts = columns[0] if len(columns) == 1 else ["\0".join(pair) for pair in zip(*columns, strict=True)]
        digests = b"".join([hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts])
        yield np.frombuffer(digests, dtype=np.uint64)
