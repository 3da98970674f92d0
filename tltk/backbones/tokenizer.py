"""The tokenizer of a checkpoint folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tltk.assets.keras_hub import is_preset_folder
from tltk.assets.layout import SENTENCEPIECE_FILES, TOKENIZER_FILES
from tltk.backbones.config import read_config_file
from tltk.backbones.load import load_config
from tltk.backbones.preset_tokenizer import make_tokenizer, tokenizer_folder
from tltk.errors import AssetError, EnvironmentProblem

_NO_ADVICE = "TRANSFORMERS_NO_ADVISORY_WARNINGS"


def load_tokenizer(folder: Path | str) -> Any:
    """Return the fast tokenizer (`transformers.PreTrainedTokenizerFast`) of a checkpoint folder.

    Reads local files only and never runs code that comes with a checkpoint.

    Raises:
        AssetError: there are no tokenizer files, they cannot be read, they need code of their own, they make no fast
            tokenizer, or the tokenizer knows more tokens than the encoder has embeddings for.
        EnvironmentProblem: there is a SentencePiece model alone, and sentencepiece is not installed.
    """
    folder = Path(folder)
    if is_preset_folder(folder) and not tokenizer_folder(folder).is_dir():
        tokenizer = make_tokenizer(folder)
    else:
        tokenizer = _read(tokenizer_folder(folder))
    check_vocabulary(tokenizer, folder)
    return tokenizer


def _read(folder: Path) -> Any:
    found = [name for name in TOKENIZER_FILES if (folder / name).is_file()]
    if not found:
        raise AssetError(
            f"Got no tokenizer file; expected one of {', '.join(TOKENIZER_FILES)}.",
            where=str(folder),
            hint="Save the tokenizer beside the weights: tokenizer.save_pretrained(folder).",
        )
    if set(found) <= set(SENTENCEPIECE_FILES):
        _check_sentencepiece(folder, found[0])
    loader = _auto_tokenizer()
    try:
        tokenizer = loader.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False, use_fast=True)
    except Exception as error:  # the libraries below raise bare Exception for a damaged tokenizer.json
        raise AssetError(
            f"The tokenizer cannot be read ({type(error).__name__}: {error}).",
            where=str(folder),
            hint="Fetch the tokenizer files again; tokenizers that bring their own code are not supported.",
        ) from error
    if not tokenizer.is_fast:
        raise AssetError(
            f"Got {type(tokenizer).__name__}, which has no fast (Rust) form.",
            where=str(folder),
            hint="Choose a checkpoint with tokenizer.json.",
        )
    return tokenizer


def _check_sentencepiece(folder: Path, name: str) -> None:
    """Raise unless the library is there that reads SentencePiece models; `transformers` asks for another one then."""
    try:
        import sentencepiece  # noqa: F401
    except ImportError as error:
        raise EnvironmentProblem(
            f"The tokenizer is a SentencePiece model ({name}), and sentencepiece is not installed ({error}).",
            where=str(folder),
            hint="Install it: pip install sentencepiece.",
        ) from None


def _auto_tokenizer() -> Any:
    """Import `AutoTokenizer` without the advice to install PyTorch: tokenizers are all that is wanted of the library.

    Done late, since it takes a second, which `tltk --help` should not.
    """
    before = os.environ.get(_NO_ADVICE)
    os.environ[_NO_ADVICE] = "1"
    try:
        from transformers import AutoTokenizer
    finally:
        if before is None:
            del os.environ[_NO_ADVICE]
        else:
            os.environ[_NO_ADVICE] = before
    return AutoTokenizer


def fit_tokenizer(tokenizer: Any, folder: Path) -> None:
    """Make a tokenizer give the arrays that the encoder of a folder takes, no more and no fewer, wherever it is saved.

    What tokenizers say of it themselves is of no use: those of DeBERTa give token types, of which its encoders know
    none; those of ALBERT, and those without a class of their own, leave out token types that encoders wait for.

    Raises:
        AssetError: the tokenizer gives ids that the encoder has no embedding for.
        WeightsError: the folder's config is of no encoder that tltk reads.
    """
    check_vocabulary(tokenizer, folder)
    names = list(load_config(folder)[1].inputs)
    tokenizer.model_input_names = names
    tokenizer.init_kwargs["model_input_names"] = names  # the settings that save_pretrained writes are these


def check_vocabulary(tokenizer: Any, folder: Path) -> None:
    """Compare a tokenizer's ids with the rows of the word embeddings that a folder's config.json speaks of.

    Raises:
        AssetError: the tokenizer gives ids that the encoder has no embedding for.
    """
    if not (folder / "config.json").is_file():
        return
    raw = read_config_file(folder)
    raw = raw.get("config", raw)  # where KerasHub keeps its settings
    rows = raw.get("vocab_size", raw.get("vocabulary_size"))
    largest = max(tokenizer.get_vocab().values(), default=0)
    if isinstance(rows, int) and largest >= rows:
        raise AssetError(
            f"The tokenizer's largest token id is {largest}; the encoder has {rows} embeddings (vocab_size).",
            where=str(folder),
            hint="Use the tokenizer that belongs to these weights.",
        )
