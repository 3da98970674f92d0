"""How far two engines of one model are apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tltk.engines.engine import Engine

Activation = Callable[[np.ndarray], np.ndarray]
"""Makes probabilities, or values, of raw outputs."""


def largest_difference(
    one: Engine, other: Engine, *, vocabulary: int, max_length: int, activation: Activation
) -> float:
    """Return the largest difference of a probability on rows of random tokens, always the same ones.

    It is infinite where one gives another shape, or numbers that are none.

    Args:
        one: an engine.
        other: another engine of the same model.
        vocabulary: number of token ids.
        max_length: longest input in tokens.
        activation: see `Activation`.
    """
    from tltk.exporting.probes import probe_batches

    largest = 0.0
    for batch in probe_batches(vocabulary, one.inputs, max_length):
        expected, found = one(batch), other(batch)
        if expected.shape != found.shape:
            return float("inf")
        differences = np.abs(activation(expected) - activation(found))
        largest = max(largest, float(np.nan_to_num(differences, nan=np.inf).max()))
    return largest
