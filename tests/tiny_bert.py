"""Writes a tiny random BERT in Hugging Face layout, so that whole runs are tested in seconds and without a network."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

CORPUS = (
    "a gripping , funny and deeply moving film with wonderful actors",
    "the worst movie of the year : dull , loud and far too long",
    "an honest story , told with warmth , wit and great care",
    "a lifeless script and a boring plot make this a terrible waste of time",
    "is this sentence acceptable ? they said it was not",
    "The quick brown fox jumps over the lazy dog , and nobody minds .",
    "naïve café 北京 2024 : 1,234.50 dollars (about 10 %)",
)
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def write_tiny_bert(
    folder: Path, *, hidden_size: int = 32, layers: int = 2, heads: int = 2, positions: int = 128, seed: int = 0
) -> Path:
    """Write config.json, model.safetensors and the files of a WordPiece tokenizer; return the folder.

    The tensors carry the names and shapes of `BertModel`, pooler included.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = _make_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    (folder / "vocab.txt").write_text("".join(f"{word}\n" for word, _ in vocabulary), encoding="utf-8")
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "BertTokenizer",
            "do_lower_case": True,
            "model_max_length": positions,
            "pad_token": "[PAD]",
            "unk_token": "[UNK]",
            "cls_token": "[CLS]",
            "sep_token": "[SEP]",
            "mask_token": "[MASK]",
        },
    )
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "vocab_size": len(vocabulary),
        "hidden_size": hidden_size,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": 2 * hidden_size,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "max_position_embeddings": positions,
        "type_vocab_size": 2,
        "initializer_range": 0.02,
        "layer_norm_eps": 1e-12,
        "pad_token_id": 0,
    }
    _write_json(folder / "config.json", config)
    save_file(_random_tensors(config, seed), folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def _make_tokenizer() -> Tokenizer:
    """Return a WordPiece tokenizer of the corpus's words, their halves and their characters.

    Its vocabulary is written down and not trained: trainers break ties in another order in every process.
    """
    tokenizer = Tokenizer(models.WordPiece(_vocabulary(), unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


def _vocabulary() -> dict[str, int]:
    """Return the pieces in order: every third of the long words is known by its halves alone."""
    normalizer, splitter = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    words = sorted({word for line in CORPUS for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(line))})
    characters = sorted(set("".join(words)))
    halved = [word for word in words if len(word) > 4][::3]
    pieces = [*SPECIAL, *characters, *(f"##{character}" for character in characters)]
    pieces += [word for word in words if word not in halved]
    pieces += [piece for word in halved for piece in (word[: len(word) // 2], f"##{word[len(word) // 2 :]}")]
    return {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}


def _random_tensors(config: dict, seed: int) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    width, inner = config["hidden_size"], config["intermediate_size"]

    def normal(*shape: int) -> np.ndarray:
        return generator.normal(0, 0.1, shape).astype("float32")

    tensors = {
        "embeddings.word_embeddings.weight": normal(config["vocab_size"], width),
        "embeddings.position_embeddings.weight": normal(config["max_position_embeddings"], width),
        "embeddings.token_type_embeddings.weight": normal(config["type_vocab_size"], width),
        "pooler.dense.weight": normal(width, width),
        "pooler.dense.bias": normal(width),
    }
    norms = ["embeddings.LayerNorm"]
    for index in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{index}"
        dense = {
            "attention.self.query": (width, width),
            "attention.self.key": (width, width),
            "attention.self.value": (width, width),
            "attention.output.dense": (width, width),
            "intermediate.dense": (inner, width),
            "output.dense": (width, inner),
        }
        for name, shape in dense.items():
            tensors[f"{layer}.{name}.weight"] = normal(*shape)
            tensors[f"{layer}.{name}.bias"] = normal(shape[0])
        norms += [f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"]
    for name in norms:
        tensors[f"{name}.weight"] = 1 + normal(width)
        tensors[f"{name}.bias"] = normal(width)
    return tensors


def _write_json(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
