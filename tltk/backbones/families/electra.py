"""ELECTRA (Clark et al. 2020): BERT whose embeddings may be narrower than its layers and are then projected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from tltk.backbones import names
from tltk.backbones.config import BackboneConfig
from tltk.backbones.families.bert import bert_tensor_names, read_bert_config
from tltk.backbones.family import ClassificationHead, Family, MaskedLanguageHead, register_family
from tltk.backbones.names import TensorName

# ELECTRA's own defaults are those of its small model.
_DEFAULTS = {"hidden_size": 256, "embedding_size": 128, "num_attention_heads": 4, "intermediate_size": 1024}


@register_family("electra")
class Electra(Family):
    """ELECTRA encoders, discriminators and generators alike."""

    prefix = "electra."
    class_prefixes: ClassVar[Mapping[str, str]] = {"electra": "Electra"}
    classification_head = ClassificationHead(
        dense="classifier.dense", activation="gelu", output="classifier.out_proj", dropout_before_dense=True
    )
    masked_language_head = MaskedLanguageHead(
        dense="generator_predictions.dense",
        norm="generator_predictions.LayerNorm",
        bias=("generator_lm_head.bias",),
        decoder="generator_lm_head.weight",
        activation="gelu",
    )
    pretraining_heads = (r"discriminator_predictions\..*", r"generator_predictions\..*", r"generator_lm_head\..*")

    def read_config(self, raw: Mapping[str, Any], *, where: str | None = None) -> BackboneConfig:
        return read_bert_config(raw, where=where, model_type=self.model_type, defaults=_DEFAULTS, factorised=True)

    def tensor_names(self, config: BackboneConfig) -> list[TensorName]:
        projection = names.dense("embeddings_project", "embedding_projection") if config.projected else []
        return bert_tensor_names(config) + projection
