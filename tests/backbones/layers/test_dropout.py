"""Masks: their rate, their independence, and that they follow from key and position alone; the layer around them."""

from __future__ import annotations

import math
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from tltk.backbones.layers.dropout import _STEP, Dropout, drop, keep_mask, scaled_mask

COUNT = 10**6
# Of a thousand such checks of true randomness, less than one in a thousand fails; and the keys are fixed.
SIGMAS = 5
SEED = 123456789


def key(seed: int = SEED, counter: int = 0) -> tf.Tensor:
    return tf.constant([seed % 2**32, counter], tf.uint32)


def mask(seed: int = SEED, counter: int = 0, *, rate: float = 0.1, count: int = COUNT) -> np.ndarray:
    return keep_mask(key(seed, counter), (count,), rate=rate).numpy()


def check_share(found: np.ndarray, share: float) -> None:
    """Check that independent draws of probability `share` could give what was found."""
    sigma = math.sqrt(share * (1 - share) / found.size)
    assert abs(found.mean() - share) < SIGMAS * sigma


@pytest.mark.parametrize("seed", [0, 1, SEED, 2**32 - 1])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.99])
def test_rate(rate: float, seed: int) -> None:
    for counter in (0, 1, 1000):
        check_share(mask(seed, counter, rate=rate), 1 - rate)


OTHERS = {
    "next counter": (SEED, 1),
    "far counter": (SEED, 2**31),
    "next seed": (SEED + 1, 0),
    "next of both": (SEED + 1, 1),
    "other seed": (987654321, 0),
    "swapped": (0, SEED),
    # Positions are multiples of this step: seeds that lie so apart must not give one mask, moved.
    "seed a position on": (SEED + int(_STEP), 0),
    "seed 64 positions on": (SEED + 64 * int(_STEP), 0),
    "seed 64 positions on, later": (SEED + 64 * int(_STEP), 3),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_masks_of_two_keys_are_independent(rate: float, other: tuple[int, int]) -> None:
    first, second = mask(rate=rate), mask(*other, rate=rate)
    by_chance = rate**2 + (1 - rate) ** 2
    for lag in (0, 1, 64):
        check_share(first[lag:] == second[: COUNT - lag], by_chance)
        check_share(second[lag:] == first[: COUNT - lag], by_chance)


@pytest.mark.parametrize("rate", [0.1, 0.5])
@pytest.mark.parametrize("seed", [0, SEED])
def test_neighbours_are_independent(seed: int, rate: float) -> None:
    drawn = mask(seed, 5, rate=rate)
    # Neighbours in a row, in a column (widths of models, lengths), and at powers of two.
    for lag in (1, 2, 3, 64, 128, 384, 768, 1536, 1024, 2**16):
        check_share(drawn[lag:] == drawn[:-lag], rate**2 + (1 - rate) ** 2)


@pytest.mark.parametrize("width", [12, 384, 1024])
def test_rows_and_columns_vary_as_much_as_chance_has_it(width: int) -> None:
    rate = 0.1
    drawn = keep_mask(key(counter=9), (COUNT // width, width), rate=rate).numpy()
    for axis in (0, 1):
        kept = drawn.sum(axis, dtype="float64")
        variance = drawn.shape[axis] * rate * (1 - rate)
        squares = ((kept - drawn.shape[axis] * (1 - rate)) ** 2).sum() / variance
        # Chi square of so many degrees of freedom.
        assert abs(squares - kept.size) < SIGMAS * math.sqrt(2 * kept.size)


def test_a_position_is_dropped_at_the_rate_over_the_steps() -> None:
    keys = tf.stack([key(counter=step) for step in range(2000)])
    drawn = tf.function(
        lambda: tf.map_fn(lambda one: keep_mask(one, (64,), rate=0.5), keys, fn_output_signature=tf.bool)
    )().numpy()
    for place in range(64):
        check_share(drawn[:, place], 0.5)
        check_share(drawn[1:, place] == drawn[:-1, place], 0.5)


def test_the_mask_follows_from_key_and_position_however_it_is_computed() -> None:
    shape, rate = (3, 5, 128), 0.3
    expected = keep_mask(key(), shape, rate=rate).numpy()
    assert 0 < expected.mean() < 1
    flat = keep_mask(key(), (math.prod(shape),), rate=rate).numpy()
    np.testing.assert_array_equal(flat.reshape(shape), expected)
    open_graph = tf.function(
        lambda like, one: keep_mask(one, keras.ops.shape(like), rate=rate),
        input_signature=[tf.TensorSpec([None, None, 128]), tf.TensorSpec([2], tf.uint32)],
    )
    np.testing.assert_array_equal(open_graph(tf.zeros(shape), key()), expected)
    compiled = tf.function(lambda one: keep_mask(one, shape, rate=rate), jit_compile=True)
    np.testing.assert_array_equal(compiled(key()), expected)
    scale = np.float32(1 / (1 - rate))
    np.testing.assert_array_equal(scaled_mask(key(), flat.size, rate, "float32"), flat * scale)


@pytest.mark.parametrize("shape", [(1,), (7, 3), (2, 3, 5, 37), (2, 64, 1024), (2**17 + 1,)])
def test_drop_uses_that_mask_in_every_shape(shape: tuple[int, ...]) -> None:
    rate = 0.3
    expected = keep_mask(key(), shape, rate=rate).numpy() * np.float32(1 / (1 - rate))
    ones = tf.ones(shape)
    open_graph = tf.function(
        lambda values: drop(values, key(), rate=rate), input_signature=[tf.TensorSpec([None] * len(shape))]
    )
    compiled = tf.function(lambda values: drop(values, key(), rate=rate), jit_compile=True)
    for way in (lambda values: drop(values, key(), rate=rate), open_graph, compiled):
        np.testing.assert_array_equal(way(ones), expected)


def test_kept_values_are_scaled_and_the_mean_stays() -> None:
    inputs = np.random.default_rng(0).normal(3, 1, COUNT).astype("float32")
    dropped = Dropout(0.25, seed=1)(inputs, training=True).numpy()
    kept = dropped != 0
    check_share(kept, 0.75)
    np.testing.assert_allclose(dropped[kept], inputs[kept] / 0.75, rtol=1e-6)
    assert abs(dropped.mean() - inputs.mean()) < SIGMAS * dropped.std() / math.sqrt(COUNT)


def test_nothing_is_dropped_outside_of_training_or_at_rate_0() -> None:
    inputs = tf.random.normal((4, 9))
    for layer, training in ((Dropout(0.5, seed=1), False), (Dropout(0.0, seed=1), True)):
        before = [variable.numpy() for variable in layer.variables]
        np.testing.assert_array_equal(layer(inputs, training=training), inputs)
        assert layer.next_key(training).numpy().tolist() == [0, 0]
        for variable, value in zip(layer.variables, before, strict=True):
            np.testing.assert_array_equal(variable, value)
    assert (Dropout(0.5).active_rate(True), Dropout(0.5).active_rate(False)) == (0.5, 0.0)


def test_each_call_draws_anew_and_the_state_is_the_models() -> None:
    inputs = keras.Input((64,))
    model = keras.Model(inputs, Dropout(0.5, seed=3)(inputs))
    (state,) = model.non_trainable_variables
    ones = np.ones((2, 64), "float32")
    before = state.numpy()
    first, second = (model(ones, training=True).numpy() for _ in range(2))
    assert not np.array_equal(first, second)
    # Back at the state, the same masks again: what resuming a run rests on.
    state.assign(before)
    np.testing.assert_array_equal(model(ones, training=True), first)
    np.testing.assert_array_equal(model(ones, training=True), second)


def test_graphs_draw_anew_at_each_call() -> None:
    layer = Dropout(0.5, seed=3)
    step = tf.function(lambda ones: layer(ones, training=True))
    ones = tf.ones((2, 64))
    first, second = step(ones).numpy(), step(ones).numpy()
    assert not np.array_equal(first, second)
    eager = Dropout(0.5, seed=3)
    np.testing.assert_array_equal(eager(ones, training=True), first)
    np.testing.assert_array_equal(eager(ones, training=True), second)


def test_the_seed_of_the_process_decides_masks_and_layers_differ() -> None:
    ones = np.ones((2, 64), "float32")

    def draw() -> list[np.ndarray]:
        keras.utils.set_random_seed(5)
        return [Dropout(0.5)(ones, training=True).numpy() for _ in range(2)]

    first, second = draw()
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(draw(), [first, second])


def test_is_saved_and_rebuilt(tmp_path: Path) -> None:
    layer = Dropout(0.25, seed=7, name="drop")
    stored = keras.saving.serialize_keras_object(layer)
    again = keras.saving.deserialize_keras_object(stored, safe_mode=True)
    assert type(again) is Dropout
    assert again.get_config() == layer.get_config()
    inputs = keras.Input((64,))
    model = keras.Model(inputs, layer(inputs))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    ones = np.ones((2, 64), "float32")
    np.testing.assert_array_equal(loaded(ones, training=True), model(ones, training=True))


def test_a_noise_shape_is_refused_rather_than_ignored() -> None:
    with pytest.raises(ValueError, match="noise_shape"):
        Dropout(0.1, noise_shape=(2, 1))
