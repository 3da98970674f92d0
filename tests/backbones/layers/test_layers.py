from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from tltk.backbones.layers import (
    AttentionBias,
    Bottleneck,
    BottleneckAttention,
    BottleneckLayer,
    DisentangledLayer,
    DisentangledSelfAttention,
    DistanceEmbeddings,
    EncoderLayer,
    FeedForward,
    GatedFeedForward,
    LocalAttentionBias,
    NoNorm,
    PreNormLayer,
    RelativePositionBias,
    RotarySelfAttention,
    SelfAttention,
    TokenEmbeddings,
    TrigramEmbeddings,
    WordEmbeddings,
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
    RelativePositionBias(3, buckets=33, initializer_range=0.3, name="k"),
    WordEmbeddings(11, 4, 9, epsilon=1e-3, norm_bias=False, dropout=0.5, initializer_range=0.3, name="f"),
    LocalAttentionBias(1, name="g"),
    RotarySelfAttention(2, theta=5.0, dropout=0.5, initializer_range=0.3, use_bias=False, name="h"),
    GatedFeedForward(7, dropout=0.5, activation="relu", initializer_range=0.3, name="i"),
    PreNormLayer(
        2, 7, theta=5.0, norm_first=False, activation="relu", dropout=0.5, attention_dropout=0.4, epsilon=1e-3, name="j"
    ),
    NoNorm(name="l"),
    TrigramEmbeddings(11, 3, 4, 9, token_types=3, untrained_id=1, dropout=0.5, initializer_range=0.3, name="m"),
    Bottleneck(3, initializer_range=0.3, name="n"),
    BottleneckAttention(2, 6, dropout=0.5, initializer_range=0.3, name="o"),
    BottleneckLayer(
        2, 6, 7, networks=3, activation="gelu", dropout=0.5, attention_dropout=0.4, initializer_range=0.3, name="p"
    ),
    DistanceEmbeddings(9, 4, span=3, steps=3, farthest=6, epsilon=1e-3, initializer_range=0.3, name="q"),
    DisentangledSelfAttention(2, dropout=0.5, initializer_range=0.3, name="r"),
    DisentangledLayer(
        2, 7, activation="relu", dropout=0.5, attention_dropout=0.4, epsilon=1e-3, initializer_range=0.3, name="s"
    ),
]


def arguments(layer: keras.layers.Layer) -> tuple[Any, ...]:
    random = np.random.default_rng(0)
    hidden = random.normal(size=(2, 5, 4)).astype("float32")
    if isinstance(layer, TokenEmbeddings | TrigramEmbeddings):
        return (random.integers(0, 11, (2, 5)), random.integers(0, 3, (2, 5)))
    if isinstance(layer, DisentangledSelfAttention | DisentangledLayer):
        return (hidden, np.zeros((2, 1, 1, 5), "float32"), random.normal(size=(10, 4)).astype("float32"))
    if isinstance(layer, RelativePositionBias | DistanceEmbeddings):
        return (random.integers(0, 11, (2, 5)),)
    if isinstance(layer, WordEmbeddings):
        return (random.integers(0, 11, (2, 5)), np.array([[1, 1, 1, 1, 0]] * 2))
    if isinstance(layer, AttentionBias | LocalAttentionBias):
        return (np.array([[1, 1, 0]]),)
    return (
        (hidden,)
        if isinstance(layer, FeedForward | NoNorm | Bottleneck)
        else (hidden, np.zeros((2, 1, 1, 5), "float32"))
    )


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


def test_a_projection_without_bias_gives_the_first_position_alone_too() -> None:
    for layer in (SelfAttention(heads=2, use_bias=False), RotarySelfAttention(heads=2, theta=3.0, use_bias=False)):
        states = np.random.default_rng(0).normal(size=(2, 5, 8)).astype("float32")
        bias = np.zeros((2, 1, 1, 5), "float32")
        every = layer(states, bias)
        assert len(layer.weights) == 2
        np.testing.assert_allclose(layer(states, bias, first_only=True), every[:, :1], rtol=0, atol=1e-6)


def test_rotary_scores_follow_from_distances_alone() -> None:
    layer = RotarySelfAttention(heads=1, theta=7.0)
    # The same token everywhere: values are equal, so what differs between positions would be the scores.
    random = np.random.default_rng(0)
    states = np.repeat(random.normal(size=(1, 1, 6)).astype("float32"), 9, axis=1)
    layer(states)
    query, key, _ = layer._every_query(states, training=False)
    scores = np.asarray(keras.ops.matmul(query, keras.ops.swapaxes(key, -1, -2)))[0, 0]
    for distance in range(-8, 9):
        along = np.diagonal(scores, distance)
        np.testing.assert_allclose(along, np.full_like(along, along[0]), rtol=1e-3, atol=1e-6)
    assert np.ptp(scores) > 1e-4


def test_a_query_that_sees_no_key_gives_the_offset_alone() -> None:
    layer = RotarySelfAttention(heads=2, theta=3.0)
    states = np.random.default_rng(0).normal(size=(1, 6, 4)).astype("float32")
    found = layer(states, LocalAttentionBias(1)(np.array([[1, 1, 0, 0, 0, 0]])))
    np.testing.assert_array_equal(found[0, 3:], np.broadcast_to(layer.output_dense.bias, (3, 4)))
    assert np.abs(found[0, :3]).min(axis=-1).max() > 0


def test_padding_becomes_zeros_where_a_mask_is_given() -> None:
    layer = WordEmbeddings(9, 4, 8)
    found = np.asarray(layer(np.array([[3, 4, 5]]), np.array([[1, 1, 0]])))
    assert np.abs(found[0, :2]).max() > 0
    assert not found[0, 2].any()
    np.testing.assert_array_equal(found[0, :2], np.asarray(layer(np.array([[3, 4, 5]])))[0, :2])


def test_disentangled_scores_are_sums_of_three() -> None:
    random = np.random.default_rng(0)
    layer, length = DisentangledSelfAttention(1), 6
    hidden, table = random.normal(size=(2, length, 4)), random.normal(size=(2 * length, 4))
    mask = np.array([[1, 1, 1, 1, 1, 1], [1, 0, 1, 1, 0, 0]])
    found = layer(hidden, AttentionBias()(mask), table)
    query, key, value = np.split(hidden @ layer.qkv.kernel.numpy(), 3, axis=-1)
    at_query, at_key, _ = np.split(table @ layer.qkv.kernel.numpy(), 3, axis=-1)
    scores = np.full((2, length, length), -np.inf)
    for row, i, j in np.ndindex(scores.shape):
        distance = length - 1 - (i - j)  # the table begins with the longest distance of a key before its query
        if mask[row, j]:
            content = query[row, i] @ key[row, j]
            scores[row, i, j] = content + query[row, i] @ at_key[distance] + key[row, j] @ at_query[distance]
    weights = np.exp(scores / np.sqrt(3 * 4))
    weights = np.where(mask[..., None], weights, 1.0)  # a padding position attends to all alike
    expected = weights / weights.sum(-1, keepdims=True) @ value @ layer.output_dense.kernel.numpy()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
