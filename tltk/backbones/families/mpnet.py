"""MPNet (Song et al. 2020): RoBERTa's positions, and beside them a bias by relative position; no token types."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from tltk.backbones import names
from tltk.backbones.config import BackboneConfig, ConfigReader
from tltk.backbones.families.bert import bert_config
from tltk.backbones.family import ClassificationHead, Family, MaskedLanguageHead, OutputHead, register_family
from tltk.backbones.names import TensorName

LAYER_NAMES = {
    "query": "attention.attn.q",
    "key": "attention.attn.k",
    "value": "attention.attn.v",
    "attention_output": "attention.attn.o",
    "attention_norm": "attention.LayerNorm",
    "inner": "intermediate.dense",
    "outer": "output.dense",
    "norm": "output.LayerNorm",
}


@register_family("mpnet")
class MPNet(Family):
    """MPNet encoders."""

    prefix = "mpnet."
    class_prefixes: ClassVar[Mapping[str, str]] = {"mpnet": "MPNet"}
    classification_head = ClassificationHead(
        dense="classifier.dense",
        activation="tanh",
        output="classifier.out_proj",
        dropout_keys=("hidden_dropout_prob",),
        dropout_before_dense=True,
    )
    token_head = OutputHead("classifier", dropout_keys=("hidden_dropout_prob",))
    masked_language_head = MaskedLanguageHead(
        dense="lm_head.dense",
        norm="lm_head.layer_norm",
        bias=("lm_head.bias", "lm_head.decoder.bias"),
        decoder="lm_head.decoder.weight",
        activation="gelu",
    )
    pooler = ("pooler.dense.weight", "pooler.dense.bias")
    pretraining_heads = (r"lm_head\..*",)

    def read_config(self, raw: Mapping[str, Any], *, where: str | None = None) -> BackboneConfig:
        read = ConfigReader(raw, where=where)
        config = bert_config(read, self.model_type, defaults={"vocab_size": 30527})
        # The family's definition computes 32 buckets whatever the table's size, and counts from 1 whatever the padding.
        buckets = read.count("relative_attention_num_buckets", 32, least=32)
        read.check(config.position_rows > 2, "max_position_embeddings", "more than 2")
        read.finish()
        return dataclasses.replace(
            config, padding_id=1, token_types=0, takes_token_types=False, relative_buckets=buckets
        )

    def tensor_names(self, config: BackboneConfig) -> list[TensorName]:
        rows = names.embeddings(token_types=False)
        rows.append(TensorName("encoder.relative_attention_bias.weight", "position_bias.table"))
        for index in range(config.layers):
            rows += names.encoder_layer(f"encoder.layer.{index}", index, LAYER_NAMES)
        return rows
