"""The cosine of vectors, which predicting needs without SciPy."""

from __future__ import annotations

import numpy as np


def cosines(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the cosines of vectors, row by row, float64; that of a vector of zeros is 0.

    Example:
        >>> cosines(np.array([[2.0, 0.0], [0.0, 0.0]]), np.array([[1.0, 1.0], [1.0, 1.0]])).round(4).tolist()
        [0.7071, 0.0]
    """
    norms = np.linalg.norm(left, axis=-1).astype(np.float64) * np.linalg.norm(right, axis=-1)
    return dot(left, right) / np.maximum(norms, 1e-24)


def dot(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the dot products of vectors, row by row, float64."""
    return np.einsum("ij,ij->i", left.astype(np.float64), right.astype(np.float64))
