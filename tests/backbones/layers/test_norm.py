"""Layer norm with its neighbours: the formula, and the gradients written out."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from tests.backbones.gradients import GradientContract
from tltk.backbones.layers.norm import add_and_norm, add_and_norm_gradient, norm_and_drop, norm_and_drop_gradient

KEY = np.array([2**31 + 5, 7], "uint32")


def weights(random: np.random.Generator, width: int) -> list[np.ndarray]:
    return [random.normal(1, 0.3, width).astype("float32"), random.normal(size=width).astype("float32"), KEY]


class TestAddAndNorm(GradientContract):
    function = staticmethod(add_and_norm)
    gradient = staticmethod(add_and_norm_gradient)
    # An epsilon that counts: of a row of width 1, or of equal numbers, nothing else is left.
    cases = ({"rate": 0.0, "epsilon": 1e-2}, {"rate": 0.3, "epsilon": 1e-2}, {"rate": 0.3, "epsilon": 1e-5})
    narrow = 2

    def arguments(self, random: np.random.Generator, rows: int, width: int) -> list[np.ndarray]:
        hidden_states, update = random.normal(0.5, 1.5, (2, 2, rows, width)).astype("float32")
        return [hidden_states, update, *weights(random, width)]

    def test_rows_without_variance(self) -> None:
        # A constant row: its variance is 0, and epsilon alone stands under the root.
        arguments = self.arguments(np.random.default_rng(0), 3, 8)
        arguments[0][:, 1], arguments[1][:, 1] = 2.0, 0.0
        self.check(arguments, self.cases[1], compile_from=None, graph=False)


class TestNormAndDrop(GradientContract):
    function = staticmethod(norm_and_drop)
    gradient = staticmethod(norm_and_drop_gradient)
    cases = (
        {"rate": 0.0, "epsilon": 1e-2, "dtype": "float32"},
        {"rate": 0.3, "epsilon": 1e-2, "dtype": "float32"},
    )
    narrow = 0

    def arguments(self, random: np.random.Generator, rows: int, width: int) -> list[np.ndarray]:
        return [random.normal(0.5, 1.5, (2, rows, width)).astype("float32"), *weights(random, width)]


def test_is_the_layer_norm_of_keras() -> None:
    random = np.random.default_rng(1)
    hidden_states, update = random.normal(size=(2, 3, 5, 16)).astype("float32")
    gamma, beta, _ = weights(random, 16)
    layer = keras.layers.LayerNormalization(epsilon=1e-3)
    layer.build((None, 16))
    layer.set_weights([gamma, beta])
    given: tuple[Any, ...] = (gamma, beta, KEY)
    np.testing.assert_allclose(
        add_and_norm(hidden_states, update, *given, rate=0.0, epsilon=1e-3),
        layer(hidden_states + update),
        rtol=0,
        atol=1e-5,
    )
    np.testing.assert_allclose(
        norm_and_drop(hidden_states, *given, rate=0.0, epsilon=1e-3, dtype="float32"),
        layer(hidden_states),
        rtol=0,
        atol=1e-5,
    )
