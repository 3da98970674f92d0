"""Held against PyTorch's, over the positions that are not padding."""

from __future__ import annotations

import numpy as np
import pytest

from tests.losses.loss_contract import LossContract
from tltk.losses import LossSettings, RowLoss, SpanCrossEntropy

torch = pytest.importorskip("torch", reason="torch is the oracle of the losses")


class TestSpanCrossEntropy(LossContract):
    def make(self, settings: LossSettings | None = None) -> RowLoss:
        return SpanCrossEntropy(settings)

    def batch(self, draw: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
        lengths = draw.integers(3, 8, rows)
        logits = draw.normal(0, 3, (rows, 7, 2)).astype("float32")
        logits[np.arange(7) >= lengths[:, None]] = -1e9
        return draw.integers(-1, 3, (rows, 2)), logits

    @pytest.mark.parametrize("smoothing", [0.0, 0.2])
    def test_is_half_of_pytorchs_two(self, smoothing: float, fed: tuple[np.ndarray, np.ndarray]) -> None:
        expected = []
        for labels, logits in zip(*fed, strict=True):
            within = torch.tensor(logits[logits[:, 0] > -1e9])
            terms = [
                torch.nn.functional.cross_entropy(
                    within[:, side], torch.tensor(labels[side]), label_smoothing=smoothing
                ).item()
                for side in (0, 1)
                if labels[side] >= 0
            ]
            expected.append(sum(terms) / 2)
        found = SpanCrossEntropy(LossSettings(label_smoothing=smoothing)).call(*fed)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
