"""Held against PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest

from tests.losses.loss_contract import LossContract
from tltk.losses import LossSettings, RowLoss, TokenCrossEntropy

torch = pytest.importorskip("torch", reason="torch is the oracle of the losses")


class TestTokenCrossEntropy(LossContract):
    def make(self, settings: LossSettings | None = None) -> RowLoss:
        return TokenCrossEntropy(settings, tokens_per_row=2.5)

    def batch(self, draw: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
        return draw.integers(-1, 4, (rows, 5)), draw.normal(0, 3, (rows, 5, 4)).astype("float32")

    @pytest.mark.parametrize("weights", [None, (0.5, 2.0, 1.0, 4.0)])
    @pytest.mark.parametrize("smoothing", [0.0, 0.2])
    def test_is_pytorchs_sum_over_the_labelled_tokens(
        self, weights: tuple[float, ...] | None, smoothing: float, fed: tuple[np.ndarray, np.ndarray]
    ) -> None:
        settings = LossSettings(label_smoothing=smoothing, class_weights=weights)
        terms = torch.nn.functional.cross_entropy(
            torch.tensor(fed[1]).transpose(1, 2),
            torch.tensor(fed[0]),
            weight=None if weights is None else torch.tensor(weights),
            label_smoothing=smoothing,
            ignore_index=-1,
            reduction="none",
        )
        found = TokenCrossEntropy(settings, tokens_per_row=2.5).call(*fed)
        np.testing.assert_allclose(found, terms.sum(1) / 2.5, rtol=1e-5, atol=1e-6)

    def test_over_the_training_rows_it_is_the_mean_over_labelled_tokens(
        self, fed: tuple[np.ndarray, np.ndarray]
    ) -> None:
        expected = torch.nn.functional.cross_entropy(
            torch.tensor(fed[1]).transpose(1, 2), torch.tensor(fed[0]), ignore_index=-1
        )
        loss = TokenCrossEntropy(tokens_per_row=float((fed[0] >= 0).sum(1).mean()))
        np.testing.assert_allclose(np.mean(loss.call(*fed)), expected, rtol=1e-5)

    def test_a_row_needs_tokens(self) -> None:
        with pytest.raises(ValueError, match="tokens_per_row=0"):
            TokenCrossEntropy(tokens_per_row=0)
