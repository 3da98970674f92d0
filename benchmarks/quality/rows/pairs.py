"""Pairs of sentences with a score of their likeness."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

MOST = 5.0
"""The score of sentences that mean the same."""


@dataclass(frozen=True)
class ScoredPair:
    """Two sentences and how alike they are, from 0 to 5."""

    first: str
    second: str
    score: float


def read_csv(path: Path) -> list[ScoredPair]:
    """Return the pairs of a comma-separated file without a header: first, second, score.

    Raises:
        ValueError: a line has other fields, or a score outside 0 to 5; names file and line.
    """
    pairs = []
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        for fields in lines:
            if len(fields) != 3 or not 0 <= float(fields[2]) <= MOST:
                raise ValueError(f"{path}:{lines.line_num}: wanted two sentences and a score of 0 to 5, got {fields}.")
            pairs.append(ScoredPair(fields[0], fields[1], float(fields[2])))
    return pairs
