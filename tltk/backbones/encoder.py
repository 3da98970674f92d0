"""The encoder itself: a plain functional Keras model on the shared layers."""

from __future__ import annotations

from tltk.backbones.config import BackboneConfig
from tltk.backbones.layers import AttentionBias, EncoderLayer, RelativePositionBias, TokenEmbeddings

import keras  # isort: skip  (after the layers: they make sure of its backend)


def build_encoder(config: BackboneConfig, *, name: str) -> keras.Model:
    """Return a functional model with random weights: a dict of inputs -> the last hidden state.

    Inputs are int32 [batch, length], of any batch and any length up to `config.max_positions`: `input_ids`,
    `attention_mask` (1 for tokens, 0 for padding) and, where the family has them, `token_type_ids`. The output is
    [batch, length, hidden_size] in the compute dtype of the global precision policy.
    """
    inputs = {key: keras.Input((None,), dtype="int32", name=key) for key in config.inputs}
    embeddings = TokenEmbeddings(
        config.vocabulary_size,
        config.embedding_size,
        config.position_rows,
        token_types=config.token_types,
        padding_id=config.padding_id,
        epsilon=config.epsilon,
        dropout=config.dropout,
        initializer_range=config.initializer_range,
        name="embeddings",
    )
    token_types = {"token_type_ids": inputs["token_type_ids"]} if config.takes_token_types else {}
    hidden_states = embeddings(inputs["input_ids"], **token_types)
    if config.projected:
        normal = keras.initializers.RandomNormal(stddev=config.initializer_range)
        project = keras.layers.Dense(config.hidden_size, kernel_initializer=normal, name="embedding_projection")
        hidden_states = project(hidden_states)

    biases = {"attention_bias": AttentionBias(name="attention_bias")(inputs["attention_mask"])}
    if config.relative_buckets:
        relative = RelativePositionBias(
            config.heads,
            buckets=config.relative_buckets,
            initializer_range=config.initializer_range,
            name="position_bias",
        )
        biases["position_bias"] = relative(inputs["input_ids"])
    layers = [
        EncoderLayer(
            config.heads,
            config.intermediate_size,
            activation=config.activation,
            dropout=config.dropout,
            attention_dropout=config.attention_dropout,
            feed_forward_dropout=config.feed_forward_dropout,
            epsilon=config.epsilon,
            initializer_range=config.initializer_range,
            name=f"layer_{index}",
        )
        for index in range(config.layers)
    ]
    for index in config.passes:
        hidden_states = layers[index](hidden_states, **biases)
    return keras.Model(inputs, hidden_states, name=name)


def first_position(encoder: keras.Model) -> keras.Model:
    """Return the encoder up to the last hidden state of the first position alone, [batch, 1, width].

    It shares the encoder's layers and gives what the encoder gives at that position. Its last layer computes queries
    and the feed-forward network for one position a row: of the work of six layers, a seventh is spared. Any model that
    `build_encoder` did not make is returned as it is.

    Example:
        >>> from tltk.backbones import build_backbone
        >>> sizes = {"vocab_size": 9, "hidden_size": 4, "num_attention_heads": 2, "num_hidden_layers": 2}
        >>> encoder = build_backbone({"model_type": "bert", "intermediate_size": 8, **sizes})
        >>> first_position(encoder).output.shape
        (None, 1, 4)
    """
    last, call, _ = encoder.output._keras_history
    if not isinstance(last, EncoderLayer):
        return encoder
    given = last._inbound_nodes[call].arguments
    states = last(*given.args, **{**given.kwargs, "first_only": True})
    return keras.Model(encoder.input, states, name=encoder.name)
