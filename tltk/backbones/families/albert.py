"""ALBERT (Lan et al. 2019): few layers used many times, under narrow embeddings that are always projected."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from tltk.backbones import names
from tltk.backbones.config import BackboneConfig, ConfigReader
from tltk.backbones.families.bert import bert_config
from tltk.backbones.family import ClassificationHead, Family, MaskedLanguageHead, OutputHead, register_family
from tltk.backbones.names import TensorName

# ALBERT's own defaults are those of its largest model.
_DEFAULTS = {
    "vocab_size": 30000,
    "embedding_size": 128,
    "hidden_size": 4096,
    "num_attention_heads": 64,
    "intermediate_size": 16384,
    "hidden_act": "gelu_new",
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
}

LAYER_NAMES = {
    "query": "attention.query",
    "key": "attention.key",
    "value": "attention.value",
    "attention_output": "attention.dense",
    "attention_norm": "attention.LayerNorm",
    "inner": "ffn",
    "outer": "ffn_output",
    "norm": "full_layer_layer_norm",
}


@register_family("albert")
class Albert(Family):
    """ALBERT encoders.

    A group of `inner_group_num` layers computes at each of `num_hidden_layers` depths; `num_hidden_groups` groups share
    the depths among them. Nothing is dropped out after the feed-forward network.
    """

    prefix = "albert."
    class_prefixes: ClassVar[Mapping[str, str]] = {"albert": "Albert"}
    classification_head = ClassificationHead(
        dense="albert.pooler", activation="tanh", output="classifier", dropout_keys=("classifier_dropout_prob",)
    )
    token_head = OutputHead("classifier", dropout_keys=("classifier_dropout_prob", "hidden_dropout_prob"))
    masked_language_head = MaskedLanguageHead(
        dense="predictions.dense",
        norm="predictions.LayerNorm",
        bias=("predictions.bias", "predictions.decoder.bias"),
        decoder="predictions.decoder.weight",
    )
    pooler = ("pooler.weight", "pooler.bias")
    pretraining_heads = (r"predictions\..*", r"sop_classifier\..*")

    def read_config(self, raw: Mapping[str, Any], *, where: str | None = None) -> BackboneConfig:
        read = ConfigReader(raw, where=where)
        config = bert_config(read, self.model_type, defaults=_DEFAULTS, factorised=True)
        depths, groups, inner = config.layers, read.count("num_hidden_groups", 1), read.count("inner_group_num", 1)
        read.check(groups <= depths, "num_hidden_groups", f"at most num_hidden_layers {depths}")
        read.finish()
        of_depths = [int(depth / (depths / groups)) for depth in range(depths)]
        return dataclasses.replace(
            config,
            projected=True,
            layers=groups * inner,
            layer_order=tuple(group * inner + layer for group in of_depths for layer in range(inner)),
            feed_forward_dropout=0.0,
        )

    def tensor_names(self, config: BackboneConfig) -> list[TensorName]:
        inner = config.raw.get("inner_group_num") or 1
        rows = names.embeddings(token_types=config.token_types > 0)
        rows += names.dense("encoder.embedding_hidden_mapping_in", "embedding_projection")
        for index in range(config.layers):
            group, layer = divmod(index, inner)
            tensor = f"encoder.albert_layer_groups.{group}.albert_layers.{layer}"
            rows += names.encoder_layer(tensor, index, LAYER_NAMES)
        return rows
