"""ModernBERT (Warner et al. 2024): rotary positions, attention that is local in most layers, gated feed-forward."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tltk.backbones.config import BackboneConfig, ConfigReader
from tltk.backbones.family import ClassificationHead, Family, MaskedLanguageHead, OutputHead, register_family
from tltk.backbones.names import TensorName

if TYPE_CHECKING:
    import keras

_GLOBAL, _LOCAL = "full_attention", "sliding_attention"
_THETAS = {_GLOBAL: 160_000.0, _LOCAL: 10_000.0}
_THETA_KEYS = {_GLOBAL: "global_rope_theta", _LOCAL: "local_rope_theta"}
_SCALED = "scaled rotary positions are not built here"


@dataclass(frozen=True, kw_only=True)
class ModernBertShape(BackboneConfig):
    """What ModernBERT's layers need beyond what all families have."""

    embedding_dropout: float
    local: tuple[bool, ...]
    """Of each layer: whether its attention is local."""
    window: int
    """How many positions to either side local attention sees."""
    global_theta: float
    """Base of the rotary angles where attention is global."""
    local_theta: float


@register_family("modernbert")
class ModernBert(Family):
    """ModernBERT encoders, mmBERT and Ettin among them.

    `backbone.dropout` is that of the feed-forward networks; the embeddings keep the checkpoint's.
    """

    prefix = "model."
    class_prefixes: ClassVar[Mapping[str, str]] = {"modernbert": "ModernBert"}
    classification_head = ClassificationHead(
        dense="head.dense",
        activation="gelu",
        output="classifier",
        dropout_keys=("classifier_dropout",),
        dropout_default=0.0,
        dense_bias=False,
        norm="head.norm",
        pooling_key="classifier_pooling",
    )
    masked_language_head = MaskedLanguageHead(
        dense="head.dense",
        norm="head.norm",
        bias=("decoder.bias",),
        decoder="decoder.weight",
        activation="gelu",
        offsets=False,
    )
    # The dense layer and the norm stand in front of every position's outputs too.
    token_head = question_head = OutputHead(
        "classifier",
        dropout_keys=("classifier_dropout",),
        dropout_default=0.0,
        dense="head.dense",
        activation="gelu",
        dense_bias=False,
        norm="head.norm",
    )
    dropout_keys = ("mlp_dropout", "attention_dropout")
    pretraining_heads = (r"head\..*", r"decoder\..*")

    def read_config(self, raw: Mapping[str, Any], *, where: str | None = None) -> BackboneConfig:
        read = ConfigReader(raw, where=where)
        width, heads = read.count("hidden_size", 768), read.count("num_attention_heads", 12)
        layers = read.count("num_hidden_layers", 22)
        config = ModernBertShape(
            model_type=self.model_type,
            vocabulary_size=read.count("vocab_size", 50368),
            hidden_size=width,
            embedding_size=width,
            layers=layers,
            heads=heads,
            intermediate_size=read.count("intermediate_size", 1152),
            activation=read.activation("hidden_activation"),
            dropout=read.number("mlp_dropout", 0.0, least=0, below=1),
            attention_dropout=read.number("attention_dropout", 0.0, least=0, below=1),
            position_rows=read.count("max_position_embeddings", 8192),
            padding_id=None,
            token_types=0,
            takes_token_types=False,
            epsilon=read.number("norm_eps", 1e-5, least=0, below=1),
            initializer_range=read.number("initializer_range", 0.02, least=0, below=10),
            raw=dict(raw),
            embedding_dropout=read.number("embedding_dropout", 0.0, least=0, below=1),
            local=_local_layers(read, layers),
            window=read.count("local_attention", 128) // 2,
            global_theta=_theta(read, _GLOBAL),
            local_theta=_theta(read, _LOCAL),
        )
        read.check(width % (2 * heads) == 0, "num_attention_heads", f"heads of an even part of hidden_size {width}")
        for key in ("attention_bias", "mlp_bias", "norm_bias", "classifier_bias"):
            read.refuse(key, (False, None), "no published ModernBERT has such biases, and none are built here")
        read.refuse("rope_scaling", (None,), _SCALED)
        read.refuse("classifier_activation", ("gelu", None), "no published ModernBERT has another")
        read.finish()
        return config

    def tensor_names(self, config: BackboneConfig) -> list[TensorName]:
        rows = [
            TensorName("embeddings.tok_embeddings.weight", "embeddings.word.embeddings"),
            TensorName("embeddings.norm.weight", "embeddings.norm.gamma"),
            TensorName("final_norm.weight", "final_norm.gamma"),
        ]
        for index in range(config.layers):
            rows += _layer_names(index)
        return rows

    def build(self, config: BackboneConfig) -> keras.Model:
        assert isinstance(config, ModernBertShape)
        return _build(config, name=self.name)


def _layer_names(index: int) -> list[TensorName]:
    kernels = {
        "attn.Wqkv": "attention.qkv",
        "attn.Wo": "attention.output_dense",
        "mlp.Wi": "feed_forward.inner",
        "mlp.Wo": "feed_forward.outer",
    }
    # The embeddings come normalised, so the first layer does not normalise them again.
    norms = {**({"attn_norm": "attention_norm"} if index else {}), "mlp_norm": "norm"}
    tensor, layer = f"layers.{index}", f"layer_{index}"
    return [
        *(
            TensorName(f"{tensor}.{name}.weight", f"{layer}.{variable}.kernel", transpose=True)
            for name, variable in kernels.items()
        ),
        *(TensorName(f"{tensor}.{name}.weight", f"{layer}.{variable}.gamma") for name, variable in norms.items()),
    ]


def _build(config: ModernBertShape, *, name: str) -> keras.Model:
    from tltk.backbones.layers import AttentionBias, LocalAttentionBias, PreNormLayer, WordEmbeddings

    import keras  # isort: skip  (after the layers: they make sure of its backend)

    inputs = {key: keras.Input((None,), dtype="int32", name=key) for key in config.inputs}
    embeddings = WordEmbeddings(
        config.vocabulary_size,
        config.hidden_size,
        config.max_positions,
        epsilon=config.epsilon,
        norm_bias=False,
        dropout=config.embedding_dropout,
        initializer_range=config.initializer_range,
        name="embeddings",
    )
    hidden_states = embeddings(inputs["input_ids"])
    everywhere = AttentionBias(name="attention_bias")(inputs["attention_mask"])
    nearby = LocalAttentionBias(config.window, name="local_attention_bias")(inputs["attention_mask"])
    for index, local in enumerate(config.local):
        layer = PreNormLayer(
            config.heads,
            config.intermediate_size,
            theta=config.local_theta if local else config.global_theta,
            norm_first=index > 0,
            activation=config.activation,
            dropout=config.dropout,
            attention_dropout=config.attention_dropout,
            epsilon=config.epsilon,
            initializer_range=config.initializer_range,
            name=f"layer_{index}",
        )
        hidden_states = layer(hidden_states, attention_bias=nearby if local else everywhere)
    norm = keras.layers.LayerNormalization(epsilon=config.epsilon, center=False, name="final_norm")
    return keras.Model(inputs, norm(hidden_states), name=name)


def _local_layers(read: ConfigReader, layers: int) -> tuple[bool, ...]:
    """Return of each layer whether its attention is local: as listed, or all but every third."""
    kinds = read.raw.get("layer_types")
    if kinds is None:
        every = read.count("global_attn_every_n_layers", 3)
        return tuple(index % every != 0 for index in range(layers))
    known = isinstance(kinds, list) and len(kinds) == layers and set(kinds) <= {_GLOBAL, _LOCAL}
    read.check(known, "layer_types", f"{layers} times {_GLOBAL!r} or {_LOCAL!r}")
    return tuple(kind == _LOCAL for kind in kinds) if known else (False,) * layers


def _theta(read: ConfigReader, kind: str) -> float:
    """Return the base of the angles, as `transformers` 5 writes it, or as versions before did."""
    theta = read.number(_THETA_KEYS[kind], _THETAS[kind], least=1, below=1e12)
    given = read.raw.get("rope_parameters")
    if isinstance(given, Mapping) and isinstance(given.get(kind), Mapping):
        inner = ConfigReader(given[kind], where=f"{read.where or 'config.json'} rope_parameters.{kind}")
        inner.refuse("rope_type", ("default", None), _SCALED)
        theta = inner.number("rope_theta", theta, least=1, below=1e12)
        read.problems.extend(inner.problems)
    return theta
