"""A tiny random BERT that has kept the head of its masked language model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from tests.tiny_bert import write_tiny_bert


def write_tiny_masked_bert(folder: Path, *, seed: int = 0) -> Path:
    """Write what `write_tiny_bert` does, and the tensors of `BertForMaskedLM`'s head; return the folder."""
    write_tiny_bert(folder, layers=1, seed=seed)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    width, rows = config["hidden_size"], config["vocab_size"]
    generator = np.random.default_rng(seed)
    shapes = {
        "transform.dense.weight": (width, width),
        "transform.dense.bias": (width,),
        "transform.LayerNorm.weight": (width,),
        "transform.LayerNorm.bias": (width,),
        "bias": (rows,),
    }
    tensors = load_file(folder / "model.safetensors")
    for name, shape in shapes.items():
        tensors[f"cls.predictions.{name}"] = generator.normal(0, 0.5, shape).astype("float32")
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder
