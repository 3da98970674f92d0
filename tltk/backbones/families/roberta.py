"""RoBERTa (Liu et al. 2019), XLM-RoBERTa and CamemBERT: BERT with positions counted from the padding id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from tltk.backbones.config import BackboneConfig
from tltk.backbones.families.bert import bert_tensor_names, read_bert_config
from tltk.backbones.family import ClassificationHead, Family, MaskedLanguageHead, register_family
from tltk.backbones.names import TensorName


@register_family("roberta", "xlm-roberta", "camembert")
class Roberta(Family):
    """RoBERTa encoders.

    Their tokenizers give no token types, so the model takes none: row 0 of the token type table goes to every token.
    """

    prefix = "roberta."
    class_prefixes: ClassVar[Mapping[str, str]] = {
        "roberta": "Roberta",
        "xlm-roberta": "XLMRoberta",
        "camembert": "Camembert",
    }
    descriptions: ClassVar[Mapping[str, str]] = {
        "roberta": "RoBERTa (Liu et al. 2019): BERT with positions counted from the padding id.",
        "xlm-roberta": "XLM-RoBERTa (Conneau et al. 2020): RoBERTa of 100 languages; multilingual E5 and BGE-M3 too.",
        "camembert": "CamemBERT (Martin et al. 2020): RoBERTa of French.",
    }
    classification_head = ClassificationHead(
        dense="classifier.dense", activation="tanh", output="classifier.out_proj", dropout_before_dense=True
    )
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
        vocabulary = {"vocab_size": 50265} if self.model_type == "roberta" else {}
        return read_bert_config(
            raw, where=where, model_type=self.model_type, defaults=vocabulary, padding_positions=True
        )

    def tensor_names(self, config: BackboneConfig) -> list[TensorName]:
        return bert_tensor_names(config)
