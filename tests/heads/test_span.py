from __future__ import annotations

import keras
import numpy as np
import pytest

from tests.heads.head_contract import HeadContract, inputs
from tltk.heads import SpanHead


class TestSpanHead(HeadContract):
    name = "span"
    pooling = None
    units = 2

    def shape(self, rows: int, length: int) -> tuple[int, ...]:
        return (rows, length, 2)

    def test_softmax_over_positions_never_sees_padding(self, model: keras.Model) -> None:
        batch = inputs(padding=3)
        probabilities = np.asarray(keras.ops.softmax(model(batch), axis=1))
        np.testing.assert_array_equal(probabilities[batch["attention_mask"] == 0], 0)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)


def test_a_span_has_two_ends() -> None:
    with pytest.raises(ValueError, match="units=3"):
        SpanHead(3)
