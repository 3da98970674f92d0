"""Best paths and marginals against all paths counted one by one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.special import logsumexp

from tltk.tasks.tagging.paths import path_probabilities

TAGS = 3


@pytest.mark.parametrize("scale", [1.0, 300.0])
def test_paths_and_marginals_are_those_of_all_paths(scale: float) -> None:
    draw = np.random.default_rng(0)
    lengths = np.array([4, 1, 0, 5, 2])
    edges = draw.normal(0, scale, (lengths.sum(), TAGS, TAGS)).astype("float32")
    starts = np.cumsum(lengths) - lengths
    edges[starts[lengths > 0]] = edges[starts[lengths > 0], :1]
    tags, probabilities = path_probabilities(edges, lengths)
    for start, length in zip(starts, lengths, strict=True):
        chain = edges[start : start + length].astype("float64")
        paths = list(product(range(TAGS), repeat=int(length)))
        scores = [sum(chain[t, path[t - 1] if t else 0, path[t]] for t in range(length)) for path in paths]
        assert tuple(tags[start : start + length]) == paths[int(np.argmax(scores))]
        for t in range(length):
            expected = [
                logsumexp([s for s, path in zip(scores, paths, strict=True) if path[t] == tag]) for tag in range(TAGS)
            ]
            found = probabilities[start + t]
            np.testing.assert_allclose(found, np.exp(expected - logsumexp(scores)), atol=1e-9)
