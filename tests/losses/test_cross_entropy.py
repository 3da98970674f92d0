"""Held against PyTorch's and Keras's own."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tests.losses.loss_contract import LossContract
from tltk.losses import CrossEntropy, LossSettings, RowLoss

torch = pytest.importorskip("torch", reason="torch is the oracle of the losses")


class TestCrossEntropy(LossContract):
    def make(self, settings: LossSettings | None = None) -> RowLoss:
        return CrossEntropy(settings)

    def batch(self, draw: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
        return draw.integers(0, 4, rows), draw.normal(0, 3, (rows, 4)).astype("float32")

    @pytest.mark.parametrize("weights", [None, (0.5, 2.0, 1.0, 4.0)])
    @pytest.mark.parametrize("smoothing", [0.0, 0.2])
    def test_is_pytorchs(
        self, weights: tuple[float, ...] | None, smoothing: float, fed: tuple[np.ndarray, np.ndarray]
    ) -> None:
        settings = LossSettings(label_smoothing=smoothing, class_weights=weights)
        expected = torch.nn.functional.cross_entropy(
            torch.tensor(fed[1]),
            torch.tensor(fed[0]),
            weight=None if weights is None else torch.tensor(weights),
            label_smoothing=smoothing,
            reduction="none",
        )
        np.testing.assert_allclose(CrossEntropy(settings).call(*fed), expected, rtol=1e-5, atol=1e-6)

    def test_focal_weighting_is_that_of_keras(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        theirs = keras.losses.CategoricalFocalCrossentropy(alpha=1.0, gamma=2.0, from_logits=True, reduction=None)
        expected = theirs(np.eye(4)[fed[0]], fed[1])
        np.testing.assert_allclose(CrossEntropy(LossSettings(focal=2.0)).call(*fed), expected, rtol=1e-4, atol=1e-6)

    @pytest.mark.parametrize("gamma", [0.5, 2.0])
    def test_a_certain_model_gets_no_broken_gradient(self, gamma: float) -> None:
        outputs = np.array([[90.0, 0.0, 0.0, 0.0], [0.0, 90.0, 0.0, 0.0]], "float32")
        value, gradient = self.trained(
            CrossEntropy(LossSettings(focal=gamma)), np.array([0, 0]), outputs, np.ones(2, "float32")
        )
        assert np.isfinite(value)
        assert np.isfinite(gradient).all()
        assert gradient[1].any()
