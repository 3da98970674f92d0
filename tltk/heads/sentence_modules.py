"""What sentence-transformers calls modules: how vectors are made, read from checkpoints and written into Bundles.

Format: https://sbert.net/docs/sentence_transformer/usage/custom_models.html
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from tltk.assets.keras_hub import is_preset_folder
from tltk.errors import WeightsError
from tltk.heads.embedding import EmbeddingHead
from tltk.heads.sentence_dense import SentenceDense, read_sentence_dense, write_sentence_dense
from tltk.heads.sentence_documents import USE_ENCODER_ALONE, read_document, write_document

MODULES, TRANSFORMER_CONFIG = "modules.json", "sentence_bert_config.json"
_POOLING, _DENSE = "1_Pooling", "2_Dense"
_ORDERS = tuple(
    ("Transformer", "Pooling", *dense, *normalize) for dense in ((), ("Dense",)) for normalize in ((), ("Normalize",))
)

# Ours -> the name of the flag, and the newer name of the mode.
_MODES = {"mean": "mean_tokens", "cls": "cls_token", "max": "max_tokens"}
_FLAGS = ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken")


@dataclass(frozen=True)
class SentenceModules:
    """What a sentence-transformers checkpoint does with the hidden states.

    Args:
        pooling: mean, cls or max.
        normalize: whether vectors get length 1.
        dense: the dense layer between the two; None where there is none.
        max_length: longest input in tokens; None where it does not say.
    """

    pooling: str
    normalize: bool
    dense: SentenceDense | None = None
    max_length: int | None = None


def read_sentence_modules(folder: Path) -> SentenceModules | None:
    """Return what a checkpoint's `modules.json` and the files that it names say; None where there is none.

    Raises:
        WeightsError: a file is missing or damaged, or vectors are made in a way that tltk does not know (another
            pooling, two dense layers).
    """
    if not (folder / MODULES).is_file():
        return None
    modules = read_document(folder / MODULES, list)
    kinds = tuple(map(_kind, modules))
    if kinds not in _ORDERS:
        raise WeightsError(
            f"Got {'the modules ' if kinds else 'no modules'}{', '.join(kinds)}; tltk reads Transformer and Pooling, "
            "after them maybe Dense, then maybe Normalize.",
            where=str(folder / MODULES),
            hint=USE_ENCODER_ALONE,
        )
    paths = {kind: str(module.get("path", "")) for kind, module in zip(kinds, modules, strict=True)}
    dense = read_sentence_dense(_beside(folder, paths["Dense"])) if "Dense" in paths else None
    pooling = _pooling(_beside(folder, paths["Pooling"] or _POOLING))
    return SentenceModules(pooling, "Normalize" in kinds, dense, _max_length(folder))


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
    write_document(
        folder / _POOLING / "config.json",
        {"word_embedding_dimension": width} | {f"pooling_mode_{flag}": flag == _MODES[head.pooling] for flag in _FLAGS},
    )
    if head.projection is not None:
        kinds.append(("Dense", _DENSE))
        write_sentence_dense(folder / _DENSE, head.projection, width)
    if head.normalize:
        kinds.append(("Normalize", f"{len(kinds)}_Normalize"))
    modules = [
        {"idx": place, "name": str(place), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for place, (kind, path) in enumerate(kinds)
    ]
    write_document(folder / MODULES, modules)
    write_document(folder / TRANSFORMER_CONFIG, {"max_seq_length": max_length, "do_lower_case": False})
    return True


def _max_length(folder: Path) -> int | None:
    """Return the longest input; newer releases write that of the tokenizer alone."""
    for name, field in ((TRANSFORMER_CONFIG, "max_seq_length"), ("tokenizer_config.json", "model_max_length")):
        found = read_document(folder / name, dict).get(field) if (folder / name).is_file() else None
        if isinstance(found, int) and not isinstance(found, bool):
            return found
    return None


def _kind(module: Any) -> str:
    return str(module.get("type", "") if isinstance(module, dict) else module).rpartition(".")[2]


def _beside(folder: Path, path: str) -> Path:
    """Return the folder of a module, which is no other than one within the checkpoint's."""
    if Path(path).name != path or path in ("", ".."):
        raise WeightsError(
            f"Got path {path!r}, which is no folder beside it.",
            where=str(folder / MODULES),
            hint="Do not use this checkpoint unless you know who made it.",
        )
    return folder / path


def _pooling(folder: Path) -> str:
    place = folder / "config.json"
    config = read_document(place, dict)
    modes = config.get("pooling_mode")
    if modes is None:
        modes = [flag for flag in _FLAGS if config.get(f"pooling_mode_{flag}")]
    modes = [modes] if isinstance(modes, str) else list(modes)
    known = {name: ours for ours, flag in _MODES.items() for name in (ours, flag)}
    if len(modes) != 1 or modes[0] not in known:
        raise WeightsError(
            f"Got pooling {' and '.join(map(str, modes)) or 'by nothing'}; tltk pools by mean, cls or max.",
            where=str(place),
            hint=USE_ENCODER_ALONE,
        )
    return known[modes[0]]
