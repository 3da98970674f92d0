"""Well-known checkpoints of every family on the Hugging Face hub, and their shapes: told without fetching anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class PublishedCheckpoint:
    """A checkpoint of the hub, as far as its published config.json says what the encoder is made of.

    Args:
        name: its id on the hub.
        title: what it is.
        licence: of its weights, as its publishers state it.
        config: what its config.json says besides the defaults of its family.
    """

    name: str
    title: str
    licence: str
    config: Mapping[str, Any] = field(hash=False)


_ROBERTA = {"max_position_embeddings": 514, "type_vocab_size": 1, "layer_norm_eps": 1e-5, "pad_token_id": 1}
_DEBERTA = {
    "model_type": "deberta-v2",
    "vocab_size": 128100,
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "layer_norm_eps": 1e-7,
    "max_relative_positions": -1,
    "norm_rel_ebd": "layer_norm",
    "pos_att_type": "p2c|c2p",
    "position_biased_input": False,
    "position_buckets": 256,
    "relative_attention": True,
    "share_att_key": True,
    "type_vocab_size": 0,
}

PUBLISHED = (
    PublishedCheckpoint(
        "google-bert/bert-base-uncased",
        "BERT of English in small letters",
        "Apache-2.0",
        {"model_type": "bert", "vocab_size": 30522},
    ),
    PublishedCheckpoint(
        "google-bert/bert-base-cased",
        "BERT of English, which tells capital letters: for names",
        "Apache-2.0",
        {"model_type": "bert", "vocab_size": 28996},
    ),
    PublishedCheckpoint(
        "google-bert/bert-base-chinese",
        "BERT of Chinese, by characters",
        "Apache-2.0",
        {"model_type": "bert", "vocab_size": 21128},
    ),
    PublishedCheckpoint(
        "google-bert/bert-base-multilingual-cased",
        "BERT of 104 languages",
        "Apache-2.0",
        {"model_type": "bert", "vocab_size": 119547},
    ),
    PublishedCheckpoint(
        "distilbert/distilbert-base-uncased",
        "half of BERT's layers, nearly its figures",
        "Apache-2.0",
        {"model_type": "distilbert", "vocab_size": 30522},
    ),
    PublishedCheckpoint(
        "google/electra-small-discriminator",
        "small, of English in small letters",
        "Apache-2.0",
        {
            "model_type": "electra",
            "vocab_size": 30522,
            "embedding_size": 128,
            "hidden_size": 256,
            "num_attention_heads": 4,
            "intermediate_size": 1024,
        },
    ),
    PublishedCheckpoint(
        "albert/albert-base-v2",
        "twelve passes through one layer: few weights, as much work",
        "Apache-2.0",
        {
            "model_type": "albert",
            "vocab_size": 30000,
            "embedding_size": 128,
            "hidden_size": 768,
            "num_hidden_layers": 12,
            "num_attention_heads": 12,
            "intermediate_size": 3072,
            "hidden_act": "gelu_new",
        },
    ),
    PublishedCheckpoint(
        "google/mobilebert-uncased",
        "narrow and deep, of English in small letters",
        "Apache-2.0",
        {"model_type": "mobilebert", "vocab_size": 30522},
    ),
    PublishedCheckpoint(
        "FacebookAI/roberta-base",
        "RoBERTa of English",
        "MIT",
        {"model_type": "roberta", "vocab_size": 50265, **_ROBERTA},
    ),
    PublishedCheckpoint(
        "FacebookAI/xlm-roberta-base",
        "RoBERTa of 100 languages",
        "MIT",
        {"model_type": "xlm-roberta", "vocab_size": 250002, **_ROBERTA},
    ),
    PublishedCheckpoint(
        "almanach/camembert-base",
        "RoBERTa of French",
        "MIT",
        {"model_type": "camembert", "vocab_size": 32005, **_ROBERTA},
    ),
    PublishedCheckpoint(
        "sentence-transformers/all-mpnet-base-v2",
        "sentence embeddings of English",
        "Apache-2.0",
        {"model_type": "mpnet", "vocab_size": 30527, "max_position_embeddings": 514, "layer_norm_eps": 1e-5},
    ),
    PublishedCheckpoint(
        "microsoft/deberta-v3-small",
        "DeBERTa of English, half of its layers",
        "MIT",
        {**_DEBERTA, "num_hidden_layers": 6},
    ),
    PublishedCheckpoint("microsoft/deberta-v3-base", "DeBERTa of English", "MIT", _DEBERTA),
    PublishedCheckpoint(
        "answerdotai/ModernBERT-base",
        "of English and code, up to 8,192 tokens",
        "Apache-2.0",
        {"model_type": "modernbert", "vocab_size": 50368, "tie_word_embeddings": True},
    ),
)
