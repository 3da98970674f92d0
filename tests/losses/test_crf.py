"""Held against the enumeration of every path, and against an automatically differentiated one in PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import logsumexp

from tests.losses.loss_contract import LossContract
from tests.losses.test_chain import chains, every_path, padded
from tltk.losses import CrfNegativeLogLikelihood, LossSettings, RowLoss

torch = pytest.importorskip("torch", reason="torch is the oracle of the losses")


class TestCrfNegativeLogLikelihood(LossContract):
    def make(self, settings: LossSettings | None = None) -> RowLoss:
        return CrfNegativeLogLikelihood(settings)

    def batch(self, draw: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
        labels = draw.integers(0, 4, (rows, 5))
        labels[0, 3:] = -1
        return labels, chains(rows, 5, 4)

    def test_is_that_of_every_path_through_the_labels(self) -> None:
        potentials = chains(6, 5, 3)
        labels = np.random.default_rng(1).integers(-1, 3, (6, 5))
        found = CrfNegativeLogLikelihood().call(labels, potentials)
        for row in range(6):
            paths, scores = every_path(potentials[row])
            through = ((paths == labels[row]) | (labels[row] < 0)).all(axis=1)
            np.testing.assert_allclose(found[row], logsumexp(scores) - logsumexp(scores[through]), rtol=1e-4)

    def test_gradients_are_pytorchs_one_position_after_the_other(self) -> None:
        potentials = chains(3, 7, 4)
        labels = np.random.default_rng(1).integers(0, 4, (3, 7))
        given = torch.tensor(potentials, dtype=torch.float64, requires_grad=True)
        alpha, score = given[:, 0, 0], given[range(3), 0, 0, labels[:, 0]]
        for place in range(1, 7):
            alpha = torch.logsumexp(alpha[:, :, None] + given[:, place], dim=1)
            score = score + given[range(3), place, labels[:, place - 1], labels[:, place]]
        expected = torch.logsumexp(alpha, dim=1) - score
        expected.sum().backward()
        value, slopes = self.trained(CrfNegativeLogLikelihood(), labels, potentials, np.ones(3, "float32"))
        np.testing.assert_allclose(value, expected.sum().item(), rtol=1e-5)
        np.testing.assert_allclose(slopes, given.grad, atol=1e-5)

    def test_padding_changes_nothing(self) -> None:
        potentials = chains(3, 5, 4)
        labels = np.random.default_rng(1).integers(0, 4, (3, 5))
        longer = np.pad(labels, ((0, 0), (0, 4)), constant_values=-1)
        loss = CrfNegativeLogLikelihood()
        np.testing.assert_allclose(loss.call(longer, padded(potentials, 4)), loss.call(labels, potentials), rtol=1e-5)

    def test_a_compiled_step_has_the_same_gradient(self, fed: tuple[np.ndarray, np.ndarray]) -> None:
        def step(labels: tf.Tensor, potentials: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            with tf.GradientTape() as tape:
                tape.watch(potentials)
                value = loss.call(labels, potentials)
            return value, tape.gradient(value, potentials)

        loss = CrfNegativeLogLikelihood()
        given = [tf.constant(array) for array in fed]
        value, slopes = tf.function(step, jit_compile=True)(*given)
        np.testing.assert_allclose(value, step(*given)[0], rtol=1e-5)
        np.testing.assert_allclose(slopes, step(*given)[1], atol=1e-5)
