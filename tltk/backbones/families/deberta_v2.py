"""DeBERTa version 3 (He et al. 2021): attention by content and by distance, and no position embeddings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tltk.backbones import names
from tltk.backbones.config import BackboneConfig, ConfigReader
from tltk.backbones.families.bert import LAYER_NAMES
from tltk.backbones.family import ClassificationHead, Family, MaskedLanguageHead, OutputHead, register_family
from tltk.backbones.names import TensorName

if TYPE_CHECKING:
    import keras

_LAYER_NAMES = {**LAYER_NAMES, **{part: f"attention.self.{part}_proj" for part in ("query", "key", "value")}}
_WHY = "the published checkpoints of DeBERTa-v3 all have it so, and nothing else is built here"


@dataclass(frozen=True, kw_only=True)
class DebertaShape(BackboneConfig):
    """What DeBERTa's layers need beyond what all families have."""

    span: int
    """Half the rows of the table of distances."""
    steps: int
    """Rows that are shared by steps of the logarithm; 0 where each distance has its own."""
    farthest: int
    """Distance from which all share one row."""


@register_family("deberta-v2")
class DebertaV2(Family):
    """DeBERTa-v3 encoders, mDeBERTa-v3 among them; their `model_type` is that of version 2.

    The published checkpoints of version 2 itself have a convolution, and are refused.
    """

    prefix = "deberta."
    class_prefixes: ClassVar[Mapping[str, str]] = {"deberta-v2": "DebertaV2"}
    classification_head = ClassificationHead(
        dense="pooler.dense",
        activation="gelu",
        output="classifier",
        dropout_keys=("cls_dropout", "hidden_dropout_prob"),
    )
    masked_language_head = MaskedLanguageHead(
        dense="cls.predictions.transform.dense",
        norm="cls.predictions.transform.LayerNorm",
        bias=("cls.predictions.bias", "cls.predictions.decoder.bias"),
        decoder="cls.predictions.decoder.weight",
    )
    token_head = OutputHead("classifier", dropout_keys=("hidden_dropout_prob",))
    pooler = ("pooler.dense.weight", "pooler.dense.bias")
    pretraining_heads = (
        *(r"cls\..*", r"lm_predictions\..*", r"mask_predictions\..*"),
        r"embeddings\.position_embeddings\..*",  # pretraining's mask decoder alone reads them
    )

    def read_config(self, raw: Mapping[str, Any], *, where: str | None = None) -> BackboneConfig:
        read = ConfigReader(raw, where=where)
        width, heads = read.count("hidden_size", 1536), read.count("num_attention_heads", 24)
        positions = read.count("max_position_embeddings", 512)
        # -1, of which transformers speaks, stands for "none of its own".
        farthest = max(read.count("max_relative_positions", -1, least=-1), 0) or positions
        steps = max(read.count("position_buckets", -1, least=-1), 0)
        config = DebertaShape(
            model_type=self.model_type,
            vocabulary_size=read.count("vocab_size", 128100),
            hidden_size=width,
            embedding_size=width,
            layers=read.count("num_hidden_layers", 24),
            heads=heads,
            intermediate_size=read.count("intermediate_size", 6144),
            activation=read.activation("hidden_act"),
            dropout=read.number("hidden_dropout_prob", 0.1, least=0, below=1),
            attention_dropout=read.number("attention_probs_dropout_prob", 0.1, least=0, below=1),
            position_rows=positions,
            padding_id=None,
            token_types=0,
            takes_token_types=False,
            epsilon=read.number("layer_norm_eps", 1e-7, least=0, below=1),
            initializer_range=read.number("initializer_range", 0.02, least=0, below=10),
            raw=dict(raw),
            span=steps or farthest,
            steps=steps,
            farthest=farthest,
        )
        read.check(width % heads == 0, "num_attention_heads", f"a divisor of hidden_size {width}")
        read.check(
            steps == 0 or 2 <= steps < 2 * (farthest - 1),
            "position_buckets",
            f"-1, or from 2 to below {2 * (farthest - 1)}: steps up to distance {farthest}",
        )
        _refuse_others(read, width)
        read.finish()
        return config

    def tensor_names(self, config: BackboneConfig) -> list[TensorName]:
        rows = [
            TensorName("embeddings.word_embeddings.weight", "embeddings.word.embeddings"),
            *names.layer_norm("embeddings.LayerNorm", "embeddings.norm"),
            TensorName("encoder.rel_embeddings.weight", "distances.table"),
            *names.layer_norm("encoder.LayerNorm", "distances.norm"),
        ]
        for index in range(config.layers):
            rows += names.encoder_layer(f"encoder.layer.{index}", index, _LAYER_NAMES)
        return rows

    def build(self, config: BackboneConfig) -> keras.Model:
        assert isinstance(config, DebertaShape)
        return _build(config, name=self.name)


def _refuse_others(read: ConfigReader, width: int) -> None:
    """Note a problem with each setting that makes another architecture, by what `transformers` takes when silent."""
    read.check(read.raw.get("relative_attention") is True, "relative_attention", f"True: {_WHY}")
    read.check(read.raw.get("share_att_key") is True, "share_att_key", f"True: {_WHY}")
    read.check(read.raw.get("position_biased_input") is False, "position_biased_input", f"False: {_WHY}")
    kinds = read.raw.get("pos_att_type")
    kinds = kinds.lower().split("|") if isinstance(kinds, str) else kinds
    both = isinstance(kinds, list) and sorted(str(kind).strip() for kind in kinds) == ["c2p", "p2c"]
    read.check(both, "pos_att_type", f"['p2c', 'c2p']: {_WHY}")
    norm = str(read.raw.get("norm_rel_ebd")).lower()
    read.check("layer_norm" in norm.split("|"), "norm_rel_ebd", f"'layer_norm': {_WHY}")
    read.refuse("type_vocab_size", (0, None), _WHY)
    read.refuse("embedding_size", (width, None), _WHY)
    read.refuse(
        "conv_kernel_size",
        (0, None),
        "convolutions (DeBERTa-v2 xlarge, xxlarge) are not built here; DeBERTa-v3 has none",
    )
    read.refuse("pooler_hidden_act", ("gelu", None), _WHY)
    read.refuse("pooler_hidden_size", (width, None), _WHY)


def _build(config: DebertaShape, *, name: str) -> keras.Model:
    from tltk.backbones.layers import AttentionBias, DisentangledLayer, DistanceEmbeddings, WordEmbeddings

    import keras  # isort: skip  (after the layers: they make sure of its backend)

    inputs = {key: keras.Input((None,), dtype="int32", name=key) for key in config.inputs}
    shared: dict[str, Any] = {"epsilon": config.epsilon, "initializer_range": config.initializer_range}
    embeddings = WordEmbeddings(
        config.vocabulary_size,
        config.hidden_size,
        config.max_positions,
        dropout=config.dropout,
        name="embeddings",
        **shared,
    )
    distances = DistanceEmbeddings(
        config.max_positions,
        config.hidden_size,
        span=config.span,
        steps=config.steps,
        farthest=config.farthest,
        name="distances",
        **shared,
    )
    hidden_states = embeddings(inputs["input_ids"], attention_mask=inputs["attention_mask"])
    biases = {
        "attention_bias": AttentionBias(name="attention_bias")(inputs["attention_mask"]),
        "position_bias": distances(inputs["input_ids"]),
    }
    for index in range(config.layers):
        layer = DisentangledLayer(
            config.heads,
            config.intermediate_size,
            activation=config.activation,
            dropout=config.dropout,
            attention_dropout=config.attention_dropout,
            name=f"layer_{index}",
            **shared,
        )
        hidden_states = layer(hidden_states, **biases)
    return keras.Model(inputs, hidden_states, name=name)
