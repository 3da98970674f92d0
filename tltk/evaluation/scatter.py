"""Predicted numbers over true ones, as an Evaluation keeps them for a plot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

MOST = 1000
"""Of more examples, so many are drawn, evenly spread over them."""


def scatter_of(true: np.ndarray, predicted: np.ndarray, labels: Sequence[str]) -> dict[str, Any]:
    """Return what `Evaluation.scatter` holds: `true`, `predicted` and `labels`.

    Args:
        true: shape [examples].
        predicted: likewise.
        labels: what the two are called.

    Example:
        >>> scatter_of(np.array([1.0, 2.0]), np.array([1.5, 2.5]), ["stars", "predicted"])["predicted"]
        [1.5, 2.5]
    """
    drawn = np.unique(np.linspace(0, len(true) - 1, MOST).astype(int))
    return {
        "true": np.asarray(true, np.float64)[drawn].tolist(),
        "predicted": np.asarray(predicted, np.float64)[drawn].tolist(),
        "labels": list(labels),
    }
