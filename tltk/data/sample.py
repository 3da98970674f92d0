"""Some rows of every split, drawn by seed: `data.limit`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tltk.data.dataset import Rows
from tltk.data.rare_labels import rows_with
from tltk.data.splits import hold_out


def sample(splits: Mapping[str, Rows], limit: int, *, seed: int, by_label: bool = True) -> dict[str, Rows]:
    """Return at most `limit` rows of every split, in their old order; a pure function of its arguments.

    Labels keep their shares, to the nearest row. Rows of the other splits with a label too rare to be among the
    training rows that were drawn are left out, since no model could know it.

    Args:
        splits: rows by split, "train" among them.
        limit: rows of each split at the most.
        seed: of the draw.
        by_label: keep the shares of the labels; False where rows do not have exactly one.

    Example:
        >>> import pyarrow as pa
        >>> from tltk.data.dataset import Source
        >>> table = pa.table({"text": list("abcdef"), "label": list("000111")})
        >>> rows = Rows(Source("train", table, ("text",), "label", "0" * 64))
        >>> sample({"train": rows}, 2, seed=0)["train"].labels()
        ['0', '1']
    """
    train = splits["train"]
    labels = list(train.label_counts()) if train.source.label is not None else []
    train = train.take(_draw(len(train), limit, seed, train.codes(labels) if by_label else None))
    too_rare = set(labels) - set(train.label_counts()) if labels else set()
    drawn = {"train": train}
    for name, rows in splits.items():
        if name != "train":
            rows = _without(rows, too_rare)
            codes = rows.codes(list(rows.label_counts())) if by_label else None
            drawn[name] = rows.take(_draw(len(rows), limit, seed, codes))
    return {name: drawn[name] for name in splits}


def _draw(rows: int, limit: int, seed: int, codes: np.ndarray | None = None) -> np.ndarray:
    if rows <= limit:
        return np.arange(rows, dtype=np.int32)
    return hold_out(rows, {"drawn": limit / rows}, seed=seed, codes=codes)["drawn"]


def _without(rows: Rows, labels: set[str]) -> Rows:
    if not labels:
        return rows
    keep = np.ones(len(rows), bool)
    keep[list(rows_with(rows, labels))] = False
    return rows.take(np.flatnonzero(keep))
