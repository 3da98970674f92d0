"""Attention probabilities and their gradient written out. What the layer computes is in test_layers.py."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from tests.backbones.gradients import GradientContract
from tltk.backbones.layers.attention import (
    MASKED,
    attention_probabilities,
    attention_probabilities_gradient,
    bias_of,
)


class TestAttentionProbabilities(GradientContract):
    function = staticmethod(attention_probabilities)
    gradient = staticmethod(attention_probabilities_gradient)
    cases = ({"scale": 0.25, "rate": 0.0}, {"scale": 0.25, "rate": 0.3}, {"scale": 1.0, "rate": 0.3})
    constant = (1,)
    narrow = 2

    def arguments(self, random: np.random.Generator, rows: int, width: int) -> list[np.ndarray]:
        scores = random.normal(0, 4, (2, 3, rows, width)).astype("float32")
        bias = np.where(random.random((2, 1, 1, width)) < 0.3, MASKED, 0.0).astype("float32")
        # A row of padding alone.
        bias[1] = MASKED
        return [scores, bias, np.array([3, 2**32 - 1], "uint32")]


@pytest.mark.parametrize(("dtype", "score"), [("float32", 1e30), ("bfloat16", 1e30), ("float16", 6e4)])
def test_no_score_reaches_a_masked_position(dtype: str, score: float) -> None:
    # The highest scores there can be at padding, the lowest at tokens; the second row is of padding alone.
    seen = np.array([[True, True, False], [False, False, False]])
    scores = ops.cast(np.array([[-score, -score, score], [score, -score, 0.0]]), dtype)
    bias = bias_of(seen, dtype)
    assert bias.dtype == dtype
    found = ops.cast(attention_probabilities(scores, bias, np.zeros(2, "uint32"), scale=0.25, rate=0.0), "float32")
    np.testing.assert_array_equal(found[0], [0.5, 0.5, 0.0])
    assert np.isfinite(found[1]).all()
