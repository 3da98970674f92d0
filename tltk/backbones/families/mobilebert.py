"""MobileBERT (Sun et al. 2020): deep and thin, computing in bottlenecks and normalising nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tltk.backbones import names
from tltk.backbones.config import BackboneConfig, ConfigReader
from tltk.backbones.families.bert import bert_config
from tltk.backbones.family import ClassificationHead, Family, register_family
from tltk.backbones.names import TensorName

if TYPE_CHECKING:
    import keras

_DEFAULTS = {
    "hidden_size": 512,
    "embedding_size": 128,
    "num_attention_heads": 4,
    "intermediate_size": 512,
    "hidden_act": "relu",
    "hidden_dropout_prob": 0.0,
    "num_hidden_layers": 24,
}


@dataclass(frozen=True, kw_only=True)
class MobileBertShape(BackboneConfig):
    """What MobileBERT's layers need beyond what all families have."""

    units: int
    """Width within the bottlenecks."""
    networks: int
    """Feed-forward networks of a layer."""
    untrained_id: int | None
    """The padding id, whose embedding is not trained though its neighbours read it."""

    @property
    def attention_width(self) -> int:
        return self.units


@register_family("mobilebert")
class MobileBert(Family):
    """MobileBERT encoders."""

    prefix = "mobilebert."
    class_prefixes: ClassVar[Mapping[str, str]] = {"mobilebert": "MobileBert"}
    classification_head = ClassificationHead(
        dense="mobilebert.pooler.dense", activation="tanh", output="classifier", dropout_default=0.0
    )
    pooler = ("pooler.dense.weight", "pooler.dense.bias")
    pretraining_heads = (r"cls\..*",)

    def variant(self, raw: Mapping[str, Any]) -> Family:
        return self if raw.get("classifier_activation", True) else WithoutPooler(self.model_type)

    def read_config(self, raw: Mapping[str, Any], *, where: str | None = None) -> BackboneConfig:
        read = ConfigReader(raw, where=where)
        config = bert_config(read, self.model_type, defaults=_DEFAULTS, factorised=True)
        units = read.count("intra_bottleneck_size", 128)
        read.check(units % config.heads == 0, "intra_bottleneck_size", f"a multiple of {config.heads} heads")
        read.check(config.token_types > 0, "type_vocab_size", "at least 1")
        reason = "no published MobileBERT has another"
        for key, value in (
            ("trigram_input", True),
            ("use_bottleneck", True),
            ("use_bottleneck_attention", False),
            ("key_query_shared_bottleneck", True),
            ("normalization_type", "no_norm"),
        ):
            read.refuse(key, (value, None), reason)
        shape = MobileBertShape(
            **{field.name: getattr(config, field.name) for field in dataclasses.fields(config)},
            units=units,
            networks=read.count("num_feedforward_networks", 4),
            untrained_id=read.count("pad_token_id", 0, least=0),
        )
        read.finish()
        return shape

    def tensor_names(self, config: BackboneConfig) -> list[TensorName]:
        assert isinstance(config, MobileBertShape)
        rows = names.embeddings(token_types=True)
        rows += names.dense("embeddings.embedding_transformation", "embeddings.projection")
        for index in range(config.layers):
            rows += _layer_names(f"encoder.layer.{index}", f"layer_{index}", config.networks)
        return rows

    def build(self, config: BackboneConfig) -> keras.Model:
        assert isinstance(config, MobileBertShape)
        return _build(config, name=self.name)


class WithoutPooler(MobileBert):
    """MobileBERT whose config says `classifier_activation: false`: its classes read the first hidden state itself."""

    classification_head = ClassificationHead(dense=None, activation="linear", output="classifier", dropout_default=0.0)


def _layer_names(tensor: str, layer: str, networks: int) -> list[TensorName]:
    attention = f"{layer}.attention"
    rows = [
        *names.dense(f"{tensor}.attention.self.query", f"{attention}.query_key", part=0, parts=2),
        *names.dense(f"{tensor}.attention.self.key", f"{attention}.query_key", part=1, parts=2),
        *names.dense(f"{tensor}.attention.self.value", f"{attention}.value"),
        *_scaled(f"{tensor}.attention.output", f"{attention}.output_dense", f"{layer}.attention_norm"),
        *_scaled(f"{tensor}.bottleneck.input", f"{layer}.narrow.dense", f"{layer}.narrow.norm"),
        *_scaled(f"{tensor}.bottleneck.attention", f"{attention}.shared.dense", f"{attention}.shared.norm"),
        *_scaled(f"{tensor}.output.bottleneck", f"{layer}.widen", f"{layer}.norm"),
    ]
    # The last of the networks has the names that BERT's only one has.
    places = [*(f"{tensor}.ffn.{number}" for number in range(networks - 1)), tensor]
    for number, place in enumerate(places):
        feed_forward = f"{layer}.feed_forward.{number}"
        rows += names.dense(f"{place}.intermediate.dense", f"{feed_forward}.inner")
        rows += _scaled(f"{place}.output", f"{feed_forward}.outer", f"{layer}.feed_forward_norm.{number}")
    return rows


def _scaled(tensor: str, dense: str, norm: str) -> list[TensorName]:
    return names.dense(f"{tensor}.dense", dense) + names.layer_norm(f"{tensor}.LayerNorm", norm)


def _build(config: MobileBertShape, *, name: str) -> keras.Model:
    from tltk.backbones.layers import AttentionBias, BottleneckLayer, TrigramEmbeddings

    import keras  # isort: skip  (after the layers: they make sure of its backend)

    inputs = {key: keras.Input((None,), dtype="int32", name=key) for key in config.inputs}
    embeddings = TrigramEmbeddings(
        config.vocabulary_size,
        config.embedding_size,
        config.hidden_size,
        config.position_rows,
        token_types=config.token_types,
        untrained_id=config.untrained_id,
        dropout=config.dropout,
        initializer_range=config.initializer_range,
        name="embeddings",
    )
    hidden_states = embeddings(inputs["input_ids"], token_type_ids=inputs["token_type_ids"])
    attention_bias = AttentionBias(name="attention_bias")(inputs["attention_mask"])
    for index in range(config.layers):
        layer = BottleneckLayer(
            config.heads,
            config.units,
            config.intermediate_size,
            networks=config.networks,
            activation=config.activation,
            dropout=config.dropout,
            attention_dropout=config.attention_dropout,
            initializer_range=config.initializer_range,
            name=f"layer_{index}",
        )
        hidden_states = layer(hidden_states, attention_bias=attention_bias)
    return keras.Model(inputs, hidden_states, name=name)
