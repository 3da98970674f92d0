"""Seeds: one for each purpose, and none that depends on what was built before."""

from __future__ import annotations

import keras
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tltk.training.seeds import purpose_seed, seed_layers, seed_states, set_seeds


@given(st.integers(0, 2**31 - 1), st.text(max_size=10), st.text(max_size=10))
def test_purposes_have_seeds_of_their_own(seed: int, one: str, other: str) -> None:
    assert 0 <= purpose_seed(seed, one) < 2**31
    assert (purpose_seed(seed, one) == purpose_seed(seed, other)) == (one == other)


def test_purpose_seeds_never_change() -> None:
    # A run resumed under a later version must go on with the same random numbers.
    assert [purpose_seed(0, "dropout/0"), purpose_seed(1, "dropout/0")] == [968447415, 1491505896]


class Noisy(keras.layers.Layer):
    """A layer with seed generators in a list and in a nested model."""

    def __init__(self) -> None:
        super().__init__()
        self.drops = [keras.layers.Dropout(0.5), keras.layers.Dropout(0.5)]
        self.inner = keras.Sequential([keras.layers.Dropout(0.5), keras.layers.Dense(2)])
        self.noise = keras.random.SeedGenerator(1)

    def call(self, x, training=None):
        for drop in self.drops:
            x = drop(x, training=training)
        return self.inner(x, training=training) + keras.random.normal((2,), seed=self.noise)


def noisy() -> keras.Model:
    inputs = keras.Input((2,))
    return keras.Model(inputs, Noisy()(inputs))


def test_every_generator_is_found_and_seeded() -> None:
    model = noisy()
    states = seed_states(model)
    assert len(states) == 4
    seed_layers(model, 3)
    values = [state.numpy().tolist() for state in states]
    assert len({tuple(value) for value in values}) == 4
    assert all(value[1] == 0 for value in values)
    keras.layers.Dropout(0.5)  # draws a seed from Python's generator
    again = noisy()
    seed_layers(again, 3)
    assert [state.numpy().tolist() for state in seed_states(again)] == values


def test_shared_layers_are_seeded_once() -> None:
    drop = keras.layers.Dropout(0.5)
    inputs = keras.Input((2,))
    assert len(seed_states(keras.Model(inputs, drop(drop(inputs))))) == 1


def test_initial_weights_follow_the_seed() -> None:
    def kernel(seed: int) -> list[float]:
        set_seeds(seed)
        layer = keras.layers.Dense(2)
        layer.build((None, 3))
        return layer.kernel.numpy().ravel().tolist()

    assert kernel(1) == kernel(1)
    assert kernel(1) != pytest.approx(kernel(2))
