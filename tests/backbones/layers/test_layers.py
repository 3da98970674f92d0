from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from tltk.backbones.layers import (
    AttentionBias,
    EncoderLayer,
    FeedForward,
    RelativePositionBias,
    SelfAttention,
    TokenEmbeddings,
)

LAYERS = [
    TokenEmbeddings(11, 4, 9, token_types=3, padding_id=2, epsilon=1e-3, dropout=0.5, initializer_range=0.3, name="a"),
    AttentionBias(name="b"),
    SelfAttention(2, dropout=0.5, initializer_range=0.3, name="c"),
    FeedForward(7, activation="gelu_new", initializer_range=0.3, name="d"),
    EncoderLayer(
        2,
        7,
        activation="relu",
        dropout=0.5,
        attention_dropout=0.4,
        feed_forward_dropout=0.1,
        epsilon=1e-3,
        initializer_range=0.3,
        name="e",
    ),
    RelativePositionBias(3, buckets=33, initializer_range=0.3, name="f"),
]


def arguments(layer: keras.layers.Layer) -> tuple[Any, ...]:
    random = np.random.default_rng(0)
    hidden = random.normal(size=(2, 5, 4)).astype("float32")
    if isinstance(layer, TokenEmbeddings):
        return (random.integers(0, 11, (2, 5)), random.integers(0, 3, (2, 5)))
    if isinstance(layer, RelativePositionBias):
        return (random.integers(0, 11, (2, 5)),)
    if isinstance(layer, AttentionBias):
        return (np.array([[1, 1, 0]]),)
    return (hidden,) if isinstance(layer, FeedForward) else (hidden, np.zeros((2, 1, 1, 5), "float32"))


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: type(layer).__name__)
def test_config_is_complete_and_shapes_are_foretold(layer: keras.layers.Layer) -> None:
    given = arguments(layer)
    expected = layer(*given)
    stored = keras.saving.serialize_keras_object(layer)
    assert stored["registered_name"] == f"tltk>{type(layer).__name__}"
    again = keras.saving.deserialize_keras_object(stored, safe_mode=True)
    assert again.get_config() == layer.get_config()
    again(*given)
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(again(*given), expected)
    assert tuple(layer.compute_output_shape(*(value.shape for value in given))) == tuple(expected.shape)


def test_attention_is_that_of_the_formula() -> None:
    random = np.random.default_rng(1)
    layer = SelfAttention(2)
    hidden = random.normal(size=(3, 5, 6)).astype("float32")
    mask = np.array([[1, 1, 1, 0, 1], [1, 0, 0, 0, 0], [1, 1, 1, 1, 1]])
    layer(hidden)
    layer.set_weights([random.normal(size=weight.shape) for weight in layer.get_weights()])
    kernel, bias, output_kernel, output_bias = layer.get_weights()

    query, key, value = np.split(hidden @ kernel + bias, 3, axis=-1)
    context = np.zeros_like(hidden)
    for head in (slice(0, 3), slice(3, 6)):
        scores = query[..., head] @ key[..., head].transpose(0, 2, 1) / np.sqrt(3)
        weights = np.exp(scores) * mask[:, None, :]
        context[..., head] = weights / weights.sum(-1, keepdims=True) @ value[..., head]
    expected = context @ output_kernel + output_bias
    np.testing.assert_allclose(layer(hidden, AttentionBias()(mask)), expected, rtol=0, atol=1e-5)


def test_heads_must_divide_the_width() -> None:
    with pytest.raises(ValueError, match="heads must divide the width"):
        SelfAttention(3).build((None, None, 8))


def test_positions_after_the_padding_id_count_tokens_alone() -> None:
    layer = TokenEmbeddings(9, 2, 8, padding_id=1)
    layer(np.zeros((1, 3), "int32"))
    table = np.arange(16, dtype="float32").reshape(8, 2)
    layer.position.embeddings.assign(table)
    rows = layer._positions(np.array([[1, 5, 6, 1, 7], [5, 6, 7, 8, 1]]))
    np.testing.assert_array_equal(rows, table[[[1, 2, 3, 1, 4], [2, 3, 4, 5, 1]]])


def test_too_long_an_input_fails_inside_a_graph_too() -> None:
    import tensorflow as tf

    layer = TokenEmbeddings(9, 2, 8)
    layer(np.zeros((1, 3), "int32"))
    graph = tf.function(lambda ids: layer(ids), input_signature=[tf.TensorSpec((None, None), "int32")])
    assert graph(tf.zeros((2, 8), "int32")).shape == (2, 8, 2)
    with pytest.raises(tf.errors.InvalidArgumentError):
        graph(tf.zeros((2, 9), "int32"))


def test_a_quantised_attention_gives_the_first_position_alone_too() -> None:
    layer = SelfAttention(heads=2)
    states = np.random.default_rng(0).normal(size=(2, 5, 8)).astype("float32")
    bias = np.zeros((2, 1, 1, 5), "float32")
    layer(states, bias)
    for part in (layer.qkv, layer.output_dense):
        part.quantize("int8")
    found = layer(states, bias, first_only=True)
    np.testing.assert_allclose(found, layer(states, bias)[:, :1], rtol=0, atol=1e-6)
