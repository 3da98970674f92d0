from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tltk.heads.pooling import (
    POOLINGS,
    AttentionPooling,
    ClsPooling,
    FamilyPooling,
    MaxPooling,
    MeanPooling,
    make_pooling,
)

masks = st.lists(st.lists(st.integers(0, 1), min_size=5, max_size=5), min_size=1, max_size=4)


def _states(rows: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, 5, 8)).astype("float32")


@given(masks)
@settings(max_examples=30, deadline=None)
def test_mean_and_max_are_those_of_the_positions_that_count(mask: list[list[int]]) -> None:
    states = _states(len(mask))
    mean = np.asarray(MeanPooling()(states, attention_mask=np.array(mask, "int32")))
    largest = np.asarray(MaxPooling()(states, attention_mask=np.array(mask, "int32")))
    for row, counts in enumerate(np.array(mask, bool)):
        chosen = states[row, counts]
        np.testing.assert_allclose(mean[row], chosen.mean(0) if counts.any() else np.zeros(8), atol=1e-6)
        np.testing.assert_array_equal(largest[row], chosen.max(0) if counts.any() else np.zeros(8))


@given(masks)
@settings(max_examples=30, deadline=None)
def test_attention_is_a_weighted_mean_of_the_positions_that_count(mask: list[list[int]]) -> None:
    states = _states(len(mask))
    pooling = AttentionPooling()
    pooled = np.asarray(pooling(states, attention_mask=np.array(mask, "int32")))
    weights = {variable.path.split("/", 1)[1]: np.asarray(variable) for variable in pooling.weights}
    kernel, bias, score = weights["key/kernel"], weights["key/bias"], weights["score/kernel"]
    for row, counts in enumerate(np.array(mask, bool)):
        chosen = states[row, counts]
        if not counts.any():
            np.testing.assert_array_equal(pooled[row], np.zeros(8))
            continue
        scores = np.exp((np.tanh(chosen @ kernel + bias) @ score)[:, 0])
        np.testing.assert_allclose(pooled[row], (scores / scores.sum()) @ chosen, atol=1e-5)


def test_cls_is_the_first_position() -> None:
    np.testing.assert_array_equal(ClsPooling()(_states(2)), _states(2)[:, 0])


@pytest.mark.parametrize("name", [name for name in POOLINGS if name != "family"])
def test_no_mask_is_a_mask_of_ones(name: str) -> None:
    pooling = make_pooling(name, None, "float32")
    ones = np.ones((3, 5), "int32")
    np.testing.assert_allclose(pooling(_states(3)), pooling(_states(3), attention_mask=ones), atol=1e-6)


def test_mean_in_bfloat16_is_exact_to_its_last_bit_over_long_texts() -> None:
    # A running sum kept in bfloat16 stops growing at 256.
    states = np.ones((1, 2048, 4), "float32")
    pooled = MeanPooling(dtype="bfloat16")(keras.ops.cast(states, "bfloat16"), attention_mask=np.ones((1, 2048)))
    assert keras.backend.standardize_dtype(pooled.dtype) == "bfloat16"
    np.testing.assert_array_equal(keras.ops.cast(pooled, "float32"), np.ones((1, 4)))


@pytest.mark.parametrize("name", ["mean", "max", "attention"])
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_gradients_are_finite_where_a_row_is_empty(name: str, dtype: str) -> None:
    import tensorflow as tf

    pooling = make_pooling(name, None, dtype)
    states = tf.Variable(_states(2))
    mask = np.array([[1, 1, 0, 0, 0], [0, 0, 0, 0, 0]], "int32")
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.cast(pooling(states, attention_mask=mask), "float32"))
    gradient = np.asarray(tape.gradient(loss, states))
    assert np.isfinite(gradient).all()
    assert np.abs(gradient[0, :2]).sum() > 0
    assert np.abs(gradient[mask == 0]).sum() == 0


def test_the_family_pooling_without_a_description_is_cls() -> None:
    assert isinstance(make_pooling("family", None, "float32"), ClsPooling)


def test_the_family_pooling_is_a_dense_layer_on_the_first_position() -> None:
    pooling = FamilyPooling(8, activation="tanh")
    pooled = np.asarray(pooling(_states(2)))
    expected = np.tanh(_states(2)[:, 0] @ np.asarray(pooling.dense.kernel) + np.asarray(pooling.dense.bias))
    np.testing.assert_allclose(pooled, expected, atol=1e-6)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="'median'"):
        make_pooling("median", None, "float32")
