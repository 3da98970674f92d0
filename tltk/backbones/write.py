"""Writes an encoder as a checkpoint folder in Hugging Face layout."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors.numpy import save_file

from tltk.backbones.config import BackboneConfig
from tltk.backbones.weights import encoder_tensors

if TYPE_CHECKING:
    import keras

    from tltk.backbones.family import Family

# Say where the original came from or in which precision it was stored: not true of what is written here.
_STALE = ("_name_or_path", "torch_dtype", "dtype", "quantization_config", "auto_map")


def write_backbone(
    model: keras.Model,
    family: Family,
    config: BackboneConfig,
    tokenizer: Any,
    folder: Path | str,
    *,
    head_tensors: Mapping[str, np.ndarray] | None = None,
    architectures: Sequence[str] | None = None,
    changes: Mapping[str, Any] | None = None,
) -> list[Path]:
    """Write config.json, model.safetensors (float32) and the tokenizer's files; PyTorch `transformers` opens them.

    Args:
        model: the encoder, as `load_backbone` or `build_backbone` made it.
        family: its family.
        config: its configuration.
        tokenizer: a `transformers` tokenizer, or None to write none.
        folder: is made if it is not there.
        head_tensors: further tensors, under their full names in the Hugging Face class that holds them
            ("bert.pooler.dense.weight", "classifier.weight"). With them the encoder's tensors get the family's prefix;
            without, the folder is a bare encoder.
        architectures: the Hugging Face classes the folder claims to be. Default: the family's sequence
            classification class with `head_tensors`, its bare model without.
        changes: further entries of config.json (`id2label`, `label2id`, `problem_type`, ...).

    Returns:
        the files written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = encoder_tensors(model, family, config)
    if head_tensors:
        tensors = {family.prefix + name: tensor for name, tensor in tensors.items()}
        tensors |= {name: np.ascontiguousarray(tensor, dtype=np.float32) for name, tensor in head_tensors.items()}
    default = family.class_name("ForSequenceClassification" if head_tensors else "Model")

    raw = {key: value for key, value in config.raw.items() if key not in _STALE}
    raw |= {"model_type": family.model_type, "architectures": list(architectures or (default,)), "dtype": "float32"}
    raw |= dict(changes or {})
    text = json.dumps(raw, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / "config.json").write_text(text, encoding="utf-8")
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    written = [folder / "config.json", folder / "model.safetensors"]
    if tokenizer is not None:
        written += [Path(path) for path in tokenizer.save_pretrained(folder) if Path(path).is_file()]
    return written
