"""Some rows of every split, drawn by seed: `data.limit`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tltk.data.dataset import Rows
from tltk.data.splits import hold_out


def sample(splits: Mapping[str, Rows], limit: int, *, seed: int, by_label: bool = True) -> dict[str, Rows]:
    """Return at most `limit` rows of every split, in their old order; a pure function of its arguments.

    Labels keep their shares, to the nearest row. A label too rare to be among the training rows that were drawn is
    left out of the other splits too, since no model could know it.

    Args:
        splits: rows by split, "train" among them.
        limit: rows of each split at the most.
        seed: of the draw.
        by_label: keep the shares of the labels; False where labels are numbers.

    Example:
        >>> import pyarrow as pa
        >>> from tltk.data.dataset import Source
        >>> table = pa.table({"text": list("abcdef"), "label": list("000111")})
        >>> rows = Rows(Source("train", table, ("text",), "label", "0" * 64))
        >>> sample({"train": rows}, 2, seed=0)["train"].labels()
        ['0', '1']
    """
    if not by_label:
        return {name: rows.take(_draw(len(rows), limit, seed)) for name, rows in splits.items()}
    labels = list(splits["train"].label_counts())
    train = splits["train"]
    train = train.take(_draw(len(train), limit, seed, train.codes(labels)))
    too_rare = set(labels) - set(train.label_counts())
    drawn = {"train": train}
    for name, rows in splits.items():
        if name != "train":
            rows = _without(rows, too_rare)
            drawn[name] = rows.take(_draw(len(rows), limit, seed, rows.codes(list(rows.label_counts()))))
    return {name: drawn[name] for name in splits}


def _draw(rows: int, limit: int, seed: int, codes: np.ndarray | None = None) -> np.ndarray:
    if rows <= limit:
        return np.arange(rows, dtype=np.int32)
    return hold_out(rows, {"drawn": limit / rows}, seed=seed, codes=codes)["drawn"]


def _without(rows: Rows, labels: set[str]) -> Rows:
    if not labels:
        return rows
    return rows.take(np.flatnonzero(rows.codes(sorted(labels)) < 0))
