"""A checkpoint of bert-base's size with random weights: speed does not depend on what the weights are."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

_TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json")
_SHAPE = {
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "max_position_embeddings": 512,
}


def write_random_bert(folder: Path, like: Path, *, shape: dict[str, int] | None = None) -> Path:
    """Write config.json, model.safetensors and the tokenizer's files of a random BERT, once; return the folder.

    Args:
        folder: to write to; left as it is where it holds a checkpoint already.
        like: checkpoint whose tokenizer and other settings it takes.
        shape: sizes (default: bert-base's, 110 million weights).
    """
    if (folder / "config.json").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in _TOKENIZER:
        if (like / name).exists():
            shutil.copy(like / name, folder / name)
    config = json.loads((like / "config.json").read_text(encoding="utf-8")) | (shape or _SHAPE)
    config["architectures"] = ["BertModel"]
    save_file(_tensors(config), folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return folder


def _tensors(config: dict) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(0)
    width, wide = config["hidden_size"], config["intermediate_size"]
    found: dict[str, np.ndarray] = {}

    def matrix(name: str, *shape: int) -> None:
        found[name] = draw.normal(0, 0.02, shape).astype(np.float32)

    def dense(name: str, outputs: int, inputs: int) -> None:
        matrix(f"{name}.weight", outputs, inputs)
        found[f"{name}.bias"] = np.zeros(outputs, np.float32)

    def norm(name: str) -> None:
        found[f"{name}.weight"] = np.ones(width, np.float32)
        found[f"{name}.bias"] = np.zeros(width, np.float32)

    matrix("embeddings.word_embeddings.weight", config["vocab_size"], width)
    matrix("embeddings.position_embeddings.weight", config["max_position_embeddings"], width)
    matrix("embeddings.token_type_embeddings.weight", config["type_vocab_size"], width)
    norm("embeddings.LayerNorm")
    for number in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{number}"
        for name in ("query", "key", "value"):
            dense(f"{layer}.attention.self.{name}", width, width)
        dense(f"{layer}.attention.output.dense", width, width)
        norm(f"{layer}.attention.output.LayerNorm")
        dense(f"{layer}.intermediate.dense", wide, width)
        dense(f"{layer}.output.dense", width, wide)
        norm(f"{layer}.output.LayerNorm")
    dense("pooler.dense", width, width)
    return found
