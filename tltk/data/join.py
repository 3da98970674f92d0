"""Encoded rows after encoded rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from tltk.data.encoded import INPUT_IDS, Encoded
from tltk.data.joined_ragged import JoinedRagged
from tltk.data.ragged import Ragged


def join(first: Encoded, second: Encoded) -> Encoded:
    """Return the rows of `first` and after them those of `second`, with their targets.

    Tokens are not copied: both may be memory-mapped, and views on larger tables. Examples are counted on, so that
    those of `second` come after those of `first`; `truncated` stays that of `first`.

    Raises:
        ValueError: they have not the same columns, targets, inputs or groups.

    Example:
        >>> rows = join(Encoded.from_ids([[1, 2], [3]]), Encoded.from_ids([[4, 5, 6]]))
        >>> len(rows), rows.batch(np.array([2, 1]), length=3)["input_ids"].tolist()
        (3, [[4, 5, 6], [3, 0, 0]])
    """
    for name in ("ragged", "dense", "aligned", "places", "zeros"):
        mine, other = set(getattr(first, name)), set(getattr(second, name))
        if mine != other:
            raise ValueError(f"Got {name} {sorted(other)} to join to {sorted(mine)}.")
    if first.group != second.group:
        raise ValueError(f"Got groups of {second.group} rows to join to groups of {first.group}.")
    return replace(
        first,
        ragged=_joined(first.ragged, second.ragged),
        places=_joined(first.places, second.places),
        lengths=np.concatenate([first.lengths, second.lengths]),
        dense={name: np.concatenate([column, second.dense[name]]) for name, column in first.dense.items()},
        aligned={name: _appended(column, second.aligned[name]) for name, column in first.aligned.items()},
        index=np.concatenate([_stored(first), _stored(second) + len(first.ragged[INPUT_IDS])]),
        examples=_examples(first, second),
    )


def _joined(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    return {name: JoinedRagged(column, second[name]) for name, column in first.items()}


def _appended(first: Ragged, second: Ragged) -> Ragged:
    """Return one column of both, in ordinary memory, where targets lie anyway."""
    if first.pad != second.pad:
        raise ValueError(f"Got targets padded with {second.pad} to join to targets padded with {first.pad}.")
    values = np.concatenate([first.values[: first.offsets[-1]], second.values[: second.offsets[-1]]])
    return Ragged(values, np.concatenate([first.offsets, second.offsets[1:] + first.offsets[-1]]), first.pad)


def _stored(encoded: Encoded) -> np.ndarray:
    """Return the rows of the stored columns that a view selects, int64."""
    return np.arange(len(encoded)) if encoded.index is None else encoded.index.astype(np.int64)


def _examples(first: Encoded, second: Encoded) -> np.ndarray | None:
    if first.examples is None and second.examples is None:
        return None
    return np.concatenate([first.rows, second.rows + first.example_count])
