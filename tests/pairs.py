"""Made pairs of reviews with scores, that a tiny model can learn in seconds."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.reviews import BAD, GOOD


def make_pairs(rows: int = 120, seed: int = 0) -> dict[str, list[Any]]:
    """Return columns `a`, `b` and `score`: 5 where both praise or both blame in the same word, 0 where one does not."""
    draw = np.random.default_rng(seed)
    first, second, scores = [], [], []
    for _ in range(rows):
        words, other = (GOOD, BAD) if draw.integers(2) else (BAD, GOOD)
        word = str(draw.choice(words))
        kind = int(draw.integers(3))
        partner = word if kind == 0 else str(draw.choice(words if kind == 1 else other))
        first.append(f"a {word} film with a story")
        second.append(f"the movie : {partner} and long")
        scores.append(5.0 if kind == 0 else 3.0 if kind == 1 else 0.0)
    return {"a": first, "b": second, "score": scores}
