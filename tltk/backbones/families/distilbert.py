"""DistilBERT (Sanh et al. 2019): BERT without token types and pooler, under names of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from tltk.backbones import names
from tltk.backbones.config import BackboneConfig, ConfigReader
from tltk.backbones.family import ClassificationHead, Family, MaskedLanguageHead, OutputHead, register_family
from tltk.backbones.names import TensorName

LAYER_NAMES = {
    "query": "attention.q_lin",
    "key": "attention.k_lin",
    "value": "attention.v_lin",
    "attention_output": "attention.out_lin",
    "attention_norm": "sa_layer_norm",
    "inner": "ffn.lin1",
    "outer": "ffn.lin2",
    "norm": "output_layer_norm",
}


@register_family("distilbert")
class DistilBert(Family):
    """DistilBERT encoders."""

    prefix = "distilbert."
    class_prefixes: ClassVar[Mapping[str, str]] = {"distilbert": "DistilBert"}
    classification_head = ClassificationHead(
        dense="pre_classifier",
        activation="relu",
        output="classifier",
        dropout_keys=("seq_classif_dropout",),
        dropout_default=0.2,
    )
    masked_language_head = MaskedLanguageHead(
        dense="vocab_transform",
        norm="vocab_layer_norm",
        bias=("vocab_projector.bias",),
        decoder="vocab_projector.weight",
    )
    token_head = OutputHead("classifier", dropout_keys=("dropout",))
    question_head = OutputHead("qa_outputs", dropout_keys=("qa_dropout",))
    dropout_keys = ("dropout", "attention_dropout")
    pretraining_heads = (r"vocab_transform\..*", r"vocab_layer_norm\..*", r"vocab_projector\..*")

    def read_config(self, raw: Mapping[str, Any], *, where: str | None = None) -> BackboneConfig:
        read = ConfigReader(raw, where=where)
        width = read.count("dim", 768)
        heads = read.count("n_heads", 12)
        config = BackboneConfig(
            model_type=self.model_type,
            vocabulary_size=read.count("vocab_size", 30522),
            hidden_size=width,
            embedding_size=width,
            layers=read.count("n_layers", 6),
            heads=heads,
            intermediate_size=read.count("hidden_dim", 3072),
            activation=read.activation("activation"),
            dropout=read.number("dropout", 0.1, least=0, below=1),
            attention_dropout=read.number("attention_dropout", 0.1, least=0, below=1),
            position_rows=read.count("max_position_embeddings", 512),
            padding_id=None,
            token_types=0,
            takes_token_types=False,
            epsilon=1e-12,  # fixed in the family's definition; its configs have no such key
            initializer_range=read.number("initializer_range", 0.02, least=0, below=10),
            raw=dict(raw),
        )
        read.check(width % heads == 0, "n_heads", f"a divisor of dim {width}")
        read.finish()
        return config

    def tensor_names(self, config: BackboneConfig) -> list[TensorName]:
        rows = names.embeddings(token_types=False)
        for index in range(config.layers):
            rows += names.encoder_layer(f"transformer.layer.{index}", index, LAYER_NAMES)
        return rows
