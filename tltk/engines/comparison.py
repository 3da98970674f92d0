"""How far two engines of one model are apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tltk.engines.engine import Engine

Activation = Callable[[np.ndarray], np.ndarray]
"""Makes probabilities, or values, of raw outputs."""


def compare_engines(one: Engine, other: Engine, *, vocabulary: int, max_length: int, activation: Activation) -> float:
    """Return the largest difference of a probability on rows of random tokens, always the same ones.

    Numbers of a regression count in standard deviations (`Task.comparable_activation`). It is infinite where one gives
    another shape, or numbers that are none.

    Args:
        one: an engine.
        other: another engine of the same model.
        vocabulary: number of token ids.
        max_length: longest input in tokens.
        activation: see `Activation`.
    """
    from tltk.exporting import probes

    return probes.largest_difference(
        lambda batch: activation(one(batch)),
        lambda batch: activation(other(batch)),
        probes.probe_batches(vocabulary, one.inputs, max_length),
    )
