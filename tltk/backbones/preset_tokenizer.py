"""The Hugging Face tokenizer of a KerasHub preset: kept beside it, or made from its vocabulary."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tltk.assets.keras_hub import is_preset_folder
from tltk.errors import AssetError

KEPT = "tokenizer"
"""Folder, within a preset that tltk wrote, of the Hugging Face tokenizer."""

_ASSETS = Path("assets", "tokenizer")
_WORDPIECE = ("BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer")


def tokenizer_folder(folder: Path) -> Path:
    """Return where the files of an encoder's Hugging Face tokenizer lie: in its folder, or beside a preset's own."""
    return folder / KEPT if is_preset_folder(folder) else folder


def make_tokenizer(folder: Path) -> Any:
    """Return a Hugging Face fast tokenizer of a preset's vocabulary.

    Its ids are those of KerasHub's own, but for letters that KerasHub folds where BERT lowers them (ß to ss, full-width
    letters to plain ones): there they are those that the weights were pretrained with.

    Raises:
        AssetError: the preset has no tokenizer, or one (of SentencePiece) that cannot be made anew exactly.
    """
    path = folder / "tokenizer.json"
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        kind, settings = described["class_name"], described["config"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AssetError(
            f"The preset's tokenizer cannot be read ({type(error).__name__}: {error}).",
            where=str(path),
            hint="Save it into the preset (tokenizer.save_to_preset), or give backbone.tokenizer.",
        ) from None
    if kind in _WORDPIECE:
        return _wordpiece(folder / _ASSETS, settings)
    if kind == "RobertaTokenizer":
        return _byte_pairs(folder / _ASSETS)
    raise AssetError(
        f"Got a {kind}, which tltk cannot make a Hugging Face tokenizer of.",
        where=str(path),
        hint="Set backbone.tokenizer to a folder with the Hugging Face tokenizer of the same vocabulary.",
    )


def _wordpiece(assets: Path, settings: dict[str, Any]) -> Any:
    from transformers import BertTokenizer

    words = _read(assets / "vocabulary.txt").splitlines()
    lower = bool(settings.get("lowercase", False))
    return BertTokenizer(
        vocab={word: number for number, word in enumerate(words)},
        do_lower_case=lower,
        strip_accents=bool(settings.get("strip_accents", False)),
        tokenize_chinese_chars=bool(settings.get("split_on_cjk", True)),
    )


def _byte_pairs(assets: Path) -> Any:
    from transformers import RobertaTokenizer

    vocabulary = json.loads(_read(assets / "vocabulary.json"))
    lines = _read(assets / "merges.txt").splitlines()
    merges = [tuple(line.split(" ")) for line in lines if line and not line.startswith("#version")]
    return RobertaTokenizer(vocab=vocabulary, merges=merges)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AssetError(
            f"The preset's vocabulary cannot be read ({error}).",
            where=str(path),
            hint="Fetch it again, or give the tokenizer by backbone.tokenizer.",
        ) from None
