"""Attention probabilities and their gradient written out. What the layer computes is in test_layers.py."""

from __future__ import annotations

import numpy as np

from tests.backbones.gradients import GradientContract
from tltk.backbones.layers.attention import MASKED, attention_probabilities, attention_probabilities_gradient


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
