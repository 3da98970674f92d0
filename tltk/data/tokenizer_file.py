"""The tokenizer of a model folder without `transformers`, whose import takes a second."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tltk.errors import AssetError

_TOKENIZER, _SETTINGS = "tokenizer.json", "tokenizer_config.json"


class FileTokenizer:
    """What `TextEncoder` asks of a Hugging Face fast tokenizer, read from the files that one was saved to.

    Args:
        folder: holds `tokenizer.json` and `tokenizer_config.json`.
        inputs: names of the arrays the model takes. The files' own list counts for nothing: it is of the tokenizer's
            class, and the encoder may be of another.

    Attributes:
        backend_tokenizer: the Rust tokenizer, without truncation and padding.
        model_input_names: names of the arrays the model takes.
        pad_token_id: what rows are padded with.
        pad_token_type_id: token type of the padding.
        truncation_side: "right" or "left", where texts that are too long are cut.

    Raises:
        AssetError: a file is missing or cannot be read.
    """

    def __init__(self, folder: Path, inputs: Sequence[str]) -> None:
        from tokenizers import Tokenizer

        try:
            self.backend_tokenizer: Any = Tokenizer.from_file(str(folder / _TOKENIZER))
            settings = json.loads((folder / _SETTINGS).read_text(encoding="utf-8"))
        except Exception as error:  # the Rust library raises bare Exception
            raise AssetError(
                f"The tokenizer cannot be read ({type(error).__name__}: {error}).",
                where=str(folder),
                hint=f"It needs {_TOKENIZER} and {_SETTINGS}, as tokenizer.save_pretrained writes them.",
            ) from error
        self.backend_tokenizer.no_truncation()
        self.backend_tokenizer.no_padding()
        self.model_input_names = list(inputs)
        self.pad_token_type_id = int(settings.get("pad_token_type_id", 0))
        self.truncation_side = settings.get("truncation_side", "right")
        pad = settings.get("pad_token")
        pad = pad.get("content") if isinstance(pad, dict) else pad
        self.pad_token_id: int | None = None if pad is None else self.backend_tokenizer.token_to_id(pad)
