"""Held against PyTorch's and Keras's own."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tests.losses.loss_contract import LossContract
from tltk.losses import BinaryCrossEntropy, LossSettings, RowLoss

torch = pytest.importorskip("torch", reason="torch is the oracle of the losses")


class TestBinaryCrossEntropy(LossContract):
    def make(self, settings: LossSettings | None = None) -> RowLoss:
        return BinaryCrossEntropy(settings)

    def batch(self, draw: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
        return draw.integers(0, 2, (rows, 4)), draw.normal(0, 3, (rows, 4)).astype("float32")

    @pytest.mark.parametrize("weights", [None, (0.5, 2.0, 1.0, 4.0)])
    @pytest.mark.parametrize("smoothing", [0.0, 0.2])
    def test_is_pytorchs(
        self, weights: tuple[float, ...] | None, smoothing: float, fed: tuple[np.ndarray, np.ndarray]
    ) -> None:
        settings = LossSettings(label_smoothing=smoothing, class_weights=weights)
        expected = torch.nn.functional.binary_cross_entropy_with_logits(
            torch.tensor(fed[1]),
            torch.tensor(fed[0] * (1 - smoothing) + smoothing / 2).float(),
            pos_weight=None if weights is None else torch.tensor(weights),
            reduction="none",
        )
        np.testing.assert_allclose(BinaryCrossEntropy(settings).call(*fed), expected.mean(1), rtol=1e-5, atol=1e-6)

    @pytest.mark.parametrize("smoothing", [0.0, 0.2])
    def test_focal_weighting_is_that_of_keras_where_targets_are_whole(
        self, smoothing: float, fed: tuple[np.ndarray, np.ndarray]
    ) -> None:
        theirs = keras.losses.BinaryFocalCrossentropy(gamma=2.0, from_logits=True, reduction=None)
        yes, no = theirs(np.ones((24, 1)), fed[1].reshape(24, 1)), theirs(np.zeros((24, 1)), fed[1].reshape(24, 1))
        targets = fed[0] * (1 - smoothing) + smoothing / 2
        expected = (targets * np.reshape(yes, (6, 4)) + (1 - targets) * np.reshape(no, (6, 4))).mean(1)
        settings = LossSettings(focal=2.0, label_smoothing=smoothing)
        np.testing.assert_allclose(BinaryCrossEntropy(settings).call(*fed), expected, rtol=1e-4, atol=1e-6)

    def test_a_certain_model_gets_no_broken_gradient(self) -> None:
        outputs = np.array([[900.0, -900.0, 900.0, -900.0]], "float32")
        loss = BinaryCrossEntropy(LossSettings(focal=0.5))
        value, gradient = self.trained(loss, np.array([[1, 1, 0, 0]]), outputs, np.ones(1, "float32"))
        assert np.isfinite(value)
        assert np.isfinite(gradient).all()
        np.testing.assert_allclose(gradient, [[0, -0.25, 0.25, 0]])
