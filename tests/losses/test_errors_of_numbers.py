"""Held against PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest

from tests.losses.loss_contract import LossContract
from tltk.losses import HuberError, LossSettings, RowLoss, SquaredError

torch = pytest.importorskip("torch", reason="torch is the oracle of the losses")


class _NumbersContract(LossContract):
    def batch(self, draw: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
        # Whole values too, so that they may come as integers.
        return draw.integers(-3, 4, (rows, 2)), draw.normal(0, 3, (rows, 2)).astype("float32")

    def test_one_target_needs_no_dimension(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        targets, outputs = fed[0][:, :1], fed[1][:, :1]
        np.testing.assert_array_equal(self.make().call(targets[:, 0], outputs), self.make().call(targets, outputs))


class TestSquaredError(_NumbersContract):
    def make(self, settings: LossSettings | None = None) -> RowLoss:
        return SquaredError(settings)

    def test_is_pytorchs(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        expected = torch.nn.functional.mse_loss(torch.tensor(fed[1]), torch.tensor(fed[0]).float(), reduction="none")
        np.testing.assert_allclose(SquaredError().call(*fed), expected.mean(1), rtol=1e-5)


class TestHuberError(_NumbersContract):
    def make(self, settings: LossSettings | None = None) -> RowLoss:
        return HuberError(settings, delta=1.5)

    def test_is_pytorchs(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        expected = torch.nn.functional.huber_loss(
            torch.tensor(fed[1]), torch.tensor(fed[0]).float(), reduction="none", delta=1.5
        )
        np.testing.assert_allclose(HuberError(delta=1.5).call(*fed), expected.mean(1), rtol=1e-5)

    def test_delta_must_be_above_zero(self) -> None:
        with pytest.raises(ValueError, match="delta=0"):
            HuberError(delta=0)
