"""Made pairs of reviews with scores, that a tiny model can learn in seconds."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.reviews import BAD, GOOD


def make_pairs(rows: int = 120, seed: int = 0) -> dict[str, list[Any]]:
    """Return columns `a`, `b` and `score`: 4 to 5 where both praise or both blame, 0 to 1 where one does not."""
    draw = np.random.default_rng(seed)
    columns: dict[str, list[Any]] = {"a": [], "b": [], "score": []}
    for row in range(rows):
        words, others = (GOOD, BAD) if draw.integers(2) else (BAD, GOOD)
        alike = row % 2 == 0
        columns["a"].append(f"a {draw.choice(words)} film , {draw.choice(words)}")
        columns["b"].append(f"the movie : {draw.choice(words if alike else others)} and long")
        columns["score"].append((4.0 if alike else 0.0) + int(draw.integers(2)))
    return columns
