"""Held against PyTorch's binary cross entropy of the thresholds."""

from __future__ import annotations

import numpy as np
import pytest

from tests.losses.loss_contract import LossContract
from tltk.losses import LossSettings, OrdinalCrossEntropy, RowLoss

torch = pytest.importorskip("torch", reason="torch is the oracle of the losses")


class TestOrdinalCrossEntropy(LossContract):
    def make(self, settings: LossSettings | None = None) -> RowLoss:
        return OrdinalCrossEntropy(settings)

    def batch(self, draw: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
        return draw.integers(0, 4, rows), draw.normal(0, 3, (rows, 3)).astype("float32")

    def test_is_pytorchs_over_the_thresholds_passed(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        weights = np.array([0.5, 2.0, 1.0, 4.0])
        passed = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]])[fed[0]]
        terms = torch.nn.functional.binary_cross_entropy_with_logits(
            torch.tensor(fed[1]), torch.tensor(passed).float(), reduction="none"
        )
        np.testing.assert_allclose(OrdinalCrossEntropy().call(*fed), terms.sum(1), rtol=1e-5, atol=1e-6)
        weighed = OrdinalCrossEntropy(LossSettings(class_weights=tuple(weights))).call(*fed)
        np.testing.assert_allclose(weighed, weights[fed[0]] * terms.sum(1).numpy(), rtol=1e-5, atol=1e-6)
