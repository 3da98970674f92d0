"""BERT (Devlin et al. 2018), and all that keeps its architecture: MiniLM, BGE, E5, Chinese BERTs, ..."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from tltk.backbones import names
from tltk.backbones.config import BackboneConfig, ConfigReader
from tltk.backbones.family import ClassificationHead, Family, MaskedLanguageHead, register_family
from tltk.backbones.names import TensorName

# Under "encoder.layer.<i>."; RoBERTa and ELECTRA kept these names.
LAYER_NAMES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attention_output": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "inner": "intermediate.dense",
    "outer": "output.dense",
    "norm": "output.LayerNorm",
}


@register_family("bert")
class Bert(Family):
    """BERT encoders."""

    prefix = "bert."
    class_prefixes: ClassVar[Mapping[str, str]] = {"bert": "Bert"}
    classification_head = ClassificationHead(dense="bert.pooler.dense", activation="tanh", output="classifier")
    masked_language_head = MaskedLanguageHead(
        dense="cls.predictions.transform.dense",
        norm="cls.predictions.transform.LayerNorm",
        bias=("cls.predictions.bias", "cls.predictions.decoder.bias"),
        decoder="cls.predictions.decoder.weight",
    )
    pooler = ("pooler.dense.weight", "pooler.dense.bias")
    pretraining_heads = (r"cls\..*",)

    def read_config(self, raw: Mapping[str, Any], *, where: str | None = None) -> BackboneConfig:
        return read_bert_config(raw, where=where, model_type=self.model_type)

    def tensor_names(self, config: BackboneConfig) -> list[TensorName]:
        return bert_tensor_names(config)


# What a silent config means.
_DEFAULTS = {
    "vocab_size": 30522,
    "hidden_size": 768,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
    "num_hidden_layers": 12,
}


def read_bert_config(
    raw: Mapping[str, Any],
    *,
    where: str | None,
    model_type: str,
    defaults: Mapping[str, Any] | None = None,
    padding_positions: bool = False,
    factorised: bool = False,
) -> BackboneConfig:
    """Read a config with BERT's keys.

    Args:
        raw: the Hugging Face config.
        where: its file, for errors.
        model_type: the family's name.
        defaults: what differs from BERT's where the config is silent.
        padding_positions: count positions from `pad_token_id` and take no token types, as RoBERTa does.
        factorised: read `embedding_size`, as ELECTRA does.

    Raises:
        WeightsError: values of a wrong type or range, or an architecture that is not an encoder of this kind.
    """
    read = ConfigReader(raw, where=where)
    config = bert_config(
        read, model_type, defaults=defaults, padding_positions=padding_positions, factorised=factorised
    )
    read.finish()
    return config


def bert_config(
    read: ConfigReader,
    model_type: str,
    *,
    defaults: Mapping[str, Any] | None = None,
    padding_positions: bool = False,
    factorised: bool = False,
) -> BackboneConfig:
    """Return what a reader of BERT's keys reads; its problems are still to be told. See `read_bert_config`."""
    silent = {**_DEFAULTS, **(defaults or {})}
    hidden_size = read.count("hidden_size", silent["hidden_size"])
    embedding_size = read.count("embedding_size", silent["embedding_size"]) if factorised else hidden_size
    heads = read.count("num_attention_heads", silent["num_attention_heads"])
    padding_id = read.count("pad_token_id", 1, least=0) if padding_positions else None
    position_rows = read.count("max_position_embeddings", 512)
    token_types = read.count("type_vocab_size", 2, least=0)
    config = BackboneConfig(
        model_type=model_type,
        vocabulary_size=read.count("vocab_size", silent["vocab_size"]),
        hidden_size=hidden_size,
        embedding_size=embedding_size,
        projected=embedding_size != hidden_size,
        layers=read.count("num_hidden_layers", silent["num_hidden_layers"]),
        heads=heads,
        intermediate_size=read.count("intermediate_size", silent["intermediate_size"]),
        activation=read.activation("hidden_act", silent["hidden_act"]),
        dropout=read.number("hidden_dropout_prob", silent["hidden_dropout_prob"], least=0, below=1),
        attention_dropout=read.number(
            "attention_probs_dropout_prob", silent["attention_probs_dropout_prob"], least=0, below=1
        ),
        position_rows=position_rows,
        padding_id=padding_id,
        token_types=token_types,
        takes_token_types=token_types > 0 and not padding_positions,
        epsilon=read.number("layer_norm_eps", 1e-12, least=0, below=1),
        initializer_range=read.number("initializer_range", 0.02, least=0, below=10),
        raw=dict(read.raw),
    )
    read.check(hidden_size % heads == 0, "num_attention_heads", f"a divisor of hidden_size {hidden_size}")
    if config.max_positions < 1:
        read.check(False, "max_position_embeddings", f"more than pad_token_id + 1 = {(padding_id or 0) + 1}")
    read.refuse("position_embedding_type", ("absolute", None), "relative positions are not built here")
    read.refuse("is_decoder", (False, None), "tltk reads encoders")
    read.refuse("add_cross_attention", (False, None), "tltk reads encoders")
    return config


def bert_tensor_names(config: BackboneConfig) -> list[TensorName]:
    """Return the name table of BERT's encoder."""
    rows = names.embeddings(token_types=config.token_types > 0)
    for index in range(config.layers):
        rows += names.encoder_layer(f"encoder.layer.{index}", index, LAYER_NAMES)
    return rows
