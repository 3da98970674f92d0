"""What a checkpoint folder in Hugging Face layout must hold."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from tltk.assets.pickles import unread_weights
from tltk.errors import AssetError, Problem

WEIGHTS = "model.safetensors"
WEIGHTS_INDEX = "model.safetensors.index.json"
SENTENCEPIECE_FILES = ("sentencepiece.bpe.model", "spiece.model", "spm.model")
TOKENIZER_FILES = ("tokenizer.json", "vocab.txt", "vocab.json", *SENTENCEPIECE_FILES)
HUB_PATTERNS = (
    "config.json",
    "model.safetensors",
    "model-*.safetensors",
    WEIGHTS_INDEX,
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "*.model",
    # What sentence-transformers keeps beside them: how hidden states become one vector.
    "modules.json",
    "sentence_bert_config.json",
    "1_Pooling/config.json",
    "2_Dense/config.json",
    "2_Dense/model.safetensors",
)


def check_layout(folder: Path) -> None:
    """Raise AssetError unless `folder` holds a whole checkpoint: configuration, safetensors weights and tokenizer.

    Weights are checked by their header alone: a file that is empty, cut off or not safetensors is named.

    Raises:
        AssetError: lists everything that is missing or broken; a folder with pickled weights only is refused with
            the way out.
    """
    names = {path.name for path in folder.iterdir()}
    refuse_pickles(names, what=str(folder))
    problems = [*_config_problems(folder), *_weights_problems(folder), *_tokenizer_problems(folder, names)]
    if problems:
        raise AssetError(
            "The folder is not a whole checkpoint in Hugging Face layout.", where=str(folder), problems=problems
        )


def has_weights(names: Collection[str]) -> bool:
    """Return whether safetensors weights, whole or in shards, are among the files `names`."""
    return WEIGHTS in names or WEIGHTS_INDEX in names


def refuse_pickles(names: Collection[str], *, what: str, conversion: str | None = None) -> None:
    """Raise AssetError when the only weights among the files `names` are pickles, or of another library.

    Args:
        names: the files of the folder or repository.
        what: its path or id.
        conversion: the revision that holds safetensors, when one is known (`refs/pr/5`).
    """
    if has_weights(names):
        return
    unread = unread_weights(names, what=what, conversion=conversion)
    if unread is not None:
        reason, way_out = unread
        raise AssetError(reason, where=what, hint=way_out)


def _config_problems(folder: Path) -> list[Problem]:
    path = folder / "config.json"
    if not path.is_file():
        return [Problem("is missing; it says what the model is.", where=str(path), hint="Fetch it too.")]
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        return [Problem(f"is not JSON ({error}).", where=str(path), hint="Fetch it again.")]
    if not isinstance(config, dict):
        return [
            Problem(f"holds a {type(config).__name__}; expected an object.", where=str(path), hint="Fetch it again.")
        ]
    return []


def _weights_problems(folder: Path) -> list[Problem]:
    if (folder / WEIGHTS).is_file():
        return _file_problems(folder, [WEIGHTS])
    index = folder / WEIGHTS_INDEX
    if not index.is_file():
        return [Problem(f"is missing, and so is {WEIGHTS_INDEX}.", where=str(folder / WEIGHTS))]
    try:
        shards = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return [Problem(f"is not an index of weights ({error!r}).", where=str(index))]
    strays = [shard for shard in shards if not isinstance(shard, str) or Path(shard).name != shard]
    if strays:
        return [
            Problem(
                f"names {strays[0]!r}, which leads out of the folder; expected files beside it.",
                where=str(index),
                hint="Do not use this checkpoint unless you know who made it.",
            )
        ]
    return _file_problems(folder, shards)


def _file_problems(folder: Path, names: list[str]) -> list[Problem]:
    from safetensors import SafetensorError, safe_open

    problems = []
    for name in names:
        path = folder / name
        if not path.is_file():
            problems.append(Problem(f"is missing; {WEIGHTS_INDEX} names it.", where=str(path), hint="Fetch it too."))
        elif path.stat().st_size == 0:
            problems.append(Problem("is empty (0 bytes).", where=str(path), hint="Fetch it again."))
        else:
            try:
                with safe_open(str(path), framework="numpy"):
                    pass
            except (SafetensorError, OSError) as error:
                size = path.stat().st_size
                problems.append(
                    Problem(
                        f"is cut off or not safetensors ({size:,} bytes; {error}).",
                        where=str(path),
                        hint="Fetch it again.",
                    )
                )
    return problems


def _tokenizer_problems(folder: Path, names: Collection[str]) -> list[Problem]:
    if any(name in names for name in TOKENIZER_FILES):
        return []
    return [
        Problem(
            f"no tokenizer; expected one of {', '.join(TOKENIZER_FILES)}.",
            where=str(folder),
            hint="Save it beside the model with tokenizer.save_pretrained(folder).",
        )
    ]
