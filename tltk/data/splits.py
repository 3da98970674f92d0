"""Holding rows out: exact sizes, seeded, by label; or whole groups of rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

_CHUNK = 1 << 16


def hold_out(
    rows: int, shares: Mapping[str, float], *, seed: int, codes: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Divide rows into "train" and the held-out splits; a pure function of its arguments.

    Every held-out split has exactly `round(share * rows)` rows (at least one). With `codes` each class gives the same
    share of its rows to every split, to the nearest row, and always keeps one for training, so that a class of a
    single row is in training only. Needs about 16 bytes a row.

    Args:
        rows: number of rows, less than 2**31.
        shares: share of all rows for each held-out split; together below one.
        seed: of the division.
        codes: class of each row (integers from 0), to stratify by.

    Returns:
        Ascending row numbers (int32) of "train" and of every split in `shares`.

    Example:
        >>> parts = hold_out(10, {"test": 0.2}, seed=0, codes=np.array([0, 1] * 5))
        >>> {name: len(part) for name, part in parts.items()}
        {'train': 8, 'test': 2}
        >>> sorted(np.array([0, 1] * 5)[parts["test"]].tolist())
        [0, 1]
    """
    order = np.arange(rows, dtype=np.int32)
    np.random.Generator(np.random.PCG64(seed)).shuffle(order)
    codes = np.zeros(rows, dtype=np.int8) if codes is None else codes
    per_class = np.bincount(codes) if rows else np.zeros(1, dtype=np.int64)
    bounds = np.cumsum(_quotas(per_class, shares), axis=0)  # [split, class]: ranks below it belong to the split
    split_of = _assign(order, codes, bounds)
    del order
    parts = {"train": _rows_of(split_of, len(shares))}
    for number, name in enumerate(shares):
        parts[name] = _rows_of(split_of, number)
    return parts


def hold_out_groups(groups: np.ndarray, shares: Mapping[str, float], *, seed: int) -> dict[str, np.ndarray]:
    """Divide rows into "train" and the held-out splits so that no group is divided; a pure function of its arguments.

    In an order drawn by the seed, each held-out split takes the groups that bring it nearer to `share * rows` rows, at
    least one; training keeps one too.

    Args:
        groups: number of each row's group, integers from 0 of shape [rows]; more groups than splits are held out.
        shares: share of all rows for each held-out split; together below one.
        seed: of the division.

    Returns:
        Ascending row numbers (int32) of "train" and of every split in `shares`.

    Example:
        >>> parts = hold_out_groups(np.array([0, 0, 1, 1, 2, 2]), {"test": 0.3}, seed=0)
        >>> [len(part) for part in parts.values()]
        [4, 2]
    """
    sizes = np.bincount(groups)
    order = np.flatnonzero(sizes)
    np.random.Generator(np.random.PCG64(seed)).shuffle(order)
    split_of = np.full(len(sizes), len(shares), np.int8)
    left = order.tolist()
    for number, share in enumerate(shares.values()):
        spare = len(left) - (len(shares) - number)  # a group for each later split, and one for training
        chosen = _nearest(left, sizes, share * len(groups), max(1, spare))
        split_of[chosen] = number
        taken = set(chosen)
        left = [group for group in left if group not in taken]
    by_row = split_of[groups]
    parts = {"train": _rows_of(by_row, len(shares))}
    return parts | {name: _rows_of(by_row, number) for number, name in enumerate(shares)}


def _nearest(groups: list[int], sizes: np.ndarray, wanted: float, most: int) -> list[int]:
    """Return the groups, in order, each of which brings the sum of sizes nearer to what is wanted; one at least."""
    chosen: list[int] = []
    total = 0
    for group in groups:
        size = int(sizes[group])
        if len(chosen) < most and abs(total + size - wanted) < abs(total - wanted):
            chosen.append(group)
            total += size
    return chosen or [min(groups, key=lambda group: int(sizes[group]))]


def _quotas(per_class: np.ndarray, shares: Mapping[str, float]) -> np.ndarray:
    """Return how many rows of each class each held-out split takes: int64 [split, class]."""
    rows = int(per_class.sum())
    left = np.maximum(per_class - 1, 0)  # one row of every class stays in training
    quotas = np.zeros((len(shares), len(per_class)), dtype=np.int64)
    for number, share in enumerate(shares.values()):
        wanted = min(max(1, round(share * rows)), int(left.sum()))
        exact = per_class * share
        quotas[number] = np.minimum(np.floor(exact + 1e-9).astype(np.int64), left)
        # The largest remainders take the rows that are missing; a class with nothing left to give comes last.
        while (missing := wanted - int(quotas[number].sum())) != 0:
            lack = exact - quotas[number]
            able = quotas[number] < left if missing > 0 else quotas[number] > 0
            ranked = np.argsort(np.where(able, -lack if missing > 0 else lack, np.inf), kind="stable")
            chosen = ranked[: min(abs(missing), int(able.sum()))]
            quotas[number, chosen] += 1 if missing > 0 else -1
        left = left - quotas[number]
    return quotas


def _assign(order: np.ndarray, codes: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Return the split of each row (int8; the number of splits stands for training)."""
    split_of = np.empty(len(order), dtype=np.int8)
    seen = np.zeros(bounds.shape[1], dtype=np.int64)
    for start in range(0, len(order), _CHUNK):
        rows = order[start : start + _CHUNK]
        classes = codes[rows]
        by_class = np.argsort(classes, kind="stable")
        grouped = classes[by_class]
        counts = np.bincount(grouped, minlength=len(seen))
        first = np.cumsum(counts) - counts
        ranks = np.arange(len(rows)) - first[grouped] + seen[grouped]
        split_of[rows[by_class]] = (ranks >= bounds[:, grouped]).sum(axis=0)
        seen += counts
    return split_of


def _rows_of(split_of: np.ndarray, number: int) -> np.ndarray:
    chosen = split_of == number
    rows = np.empty(int(np.count_nonzero(chosen)), dtype=np.int32)
    filled = 0
    for start in range(0, len(chosen), _CHUNK):
        found = np.flatnonzero(chosen[start : start + _CHUNK])
        rows[filled : filled + len(found)] = found + start
        filled += len(found)
    return rows
