"""What sentence-transformers calls modules: how vectors are made, read from checkpoints and written into Bundles.

Format: https://sbert.net/docs/sentence_transformer/usage/custom_models.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tltk.assets.keras_hub import is_preset_folder
from tltk.errors import WeightsError
from tltk.heads.embedding import EmbeddingHead

MODULES, TRANSFORMER_CONFIG = "modules.json", "sentence_bert_config.json"
_POOLING, _DENSE, _NORMALIZE = "1_Pooling", "2_Dense", "Normalize"

# Ours -> the name of the flag, and the newer name of the mode.
_MODES = {"mean": "mean_tokens", "cls": "cls_token", "max": "max_tokens"}
_FLAGS = ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken")
_CHOOSE = "Name a pooling (head.pooling) to use the encoder alone; the vectors are then not the checkpoint's own."


@dataclass(frozen=True)
class SentenceModules:
    """What a sentence-transformers checkpoint does with the hidden states.

    Args:
        pooling: mean, cls or max.
        normalize: whether vectors get length 1.
        max_length: longest input in tokens; None where it does not say.
    """

    pooling: str
    normalize: bool
    max_length: int | None = None


def read_sentence_modules(folder: Path) -> SentenceModules | None:
    """Return what a checkpoint's `modules.json` and the files that it names say; None where there is none.

    Raises:
        WeightsError: a file is missing or damaged, or vectors are made in a way that tltk does not know (another
            pooling, a dense layer).
    """
    if not (folder / MODULES).is_file():
        return None
    modules = _read(folder / MODULES, list)
    kinds = [str(module.get("type", "")).rpartition(".")[2] for module in modules if isinstance(module, dict)]
    unknown = [kind for kind in kinds if kind not in ("Transformer", "Pooling", _NORMALIZE)]
    if unknown or "Pooling" not in kinds:
        found = f"module {unknown[0]!r}" if unknown else "no module that pools"
        raise WeightsError(
            f"Got {found}; tltk reads a transformer, a pooling and a normalisation.",
            where=str(folder / MODULES),
            hint=_CHOOSE,
        )
    path = str(modules[kinds.index("Pooling")].get("path", _POOLING))
    return SentenceModules(_pooling(folder, path), _NORMALIZE in kinds, _max_length(folder))


def write_sentence_modules(folder: Path, head: keras.layers.Layer, *, max_length: int) -> bool:
    """Write the files into an encoder's folder, so that `SentenceTransformer(folder)` gives what the head gives.

    Args:
        folder: a Hugging Face folder.
        head: the head on the encoder.
        max_length: longest input in tokens.

    Returns:
        whether it could be done: an `EmbeddingHead` that pools by mean, cls or max, on an encoder in a Hugging Face
        folder.
    """
    if not isinstance(head, EmbeddingHead) or head.pooling not in _MODES or is_preset_folder(folder):
        return False
    width = int(head.pool_width)
    kinds = [("Transformer", ""), ("Pooling", _POOLING)]
    _write(
        folder / _POOLING / "config.json",
        {"word_embedding_dimension": width} | {f"pooling_mode_{flag}": flag == _MODES[head.pooling] for flag in _FLAGS},
    )
    if head.projection is not None:
        kinds.append(("Dense", _DENSE))
        _write_dense(folder / _DENSE, head.projection, width)
    if head.normalize:
        kinds.append((_NORMALIZE, f"{len(kinds)}_{_NORMALIZE}"))
    modules = [
        {"idx": place, "name": str(place), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for place, (kind, path) in enumerate(kinds)
    ]
    _write(folder / MODULES, modules)
    _write(folder / TRANSFORMER_CONFIG, {"max_seq_length": max_length, "do_lower_case": False})
    return True


def _max_length(folder: Path) -> int | None:
    """Return the longest input; newer releases write that of the tokenizer alone."""
    for name, field in ((TRANSFORMER_CONFIG, "max_seq_length"), ("tokenizer_config.json", "model_max_length")):
        found = _read(folder / name, dict).get(field) if (folder / name).is_file() else None
        if isinstance(found, int) and not isinstance(found, bool):
            return found
    return None


def _pooling(folder: Path, path: str) -> str:
    place = folder / path / "config.json"
    if Path(path).name != path:
        raise WeightsError(
            f"Got path {path!r}, which is no folder beside it.",
            where=str(folder / MODULES),
            hint="Do not use this checkpoint unless you know who made it.",
        )
    config = _read(place, dict)
    modes = config.get("pooling_mode")
    if modes is None:
        modes = [flag for flag in _FLAGS if config.get(f"pooling_mode_{flag}")]
    modes = [modes] if isinstance(modes, str) else list(modes)
    known = {name: ours for ours, flag in _MODES.items() for name in (ours, flag)}
    if len(modes) != 1 or modes[0] not in known:
        raise WeightsError(
            f"Got pooling {' and '.join(map(str, modes)) or 'by nothing'}; tltk pools by mean, cls or max.",
            where=str(place),
            hint=_CHOOSE,
        )
    return known[modes[0]]


def _write_dense(folder: Path, layer: keras.layers.Dense, width: int) -> None:
    from safetensors.numpy import save_file

    config: dict[str, Any] = {"in_features": width, "out_features": layer.units, "bias": True}
    _write(folder / "config.json", {**config, "activation_function": "torch.nn.modules.linear.Identity"})
    kernel = np.ascontiguousarray(np.asarray(layer.kernel, dtype="float32").T)
    tensors = {"linear.weight": kernel, "linear.bias": np.asarray(layer.bias, dtype="float32")}
    save_file(tensors, folder / "model.safetensors")


def _read(path: Path, kind: type) -> Any:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(
            f"It cannot be read ({error}).", where=str(path), hint=f"Fetch it again. {_CHOOSE}"
        ) from error
    if not isinstance(document, kind):
        raise WeightsError(
            f"It holds a {type(document).__name__}; expected a {kind.__name__}.",
            where=str(path),
            hint=f"Fetch it again. {_CHOOSE}",
        )
    return document


def _write(path: Path, document: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
