"""One hash for what decides how texts become tokens."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from tltk.data.layout import Layout
from tltk.data.tokenizer_backend import copy_backend

# Raise it when the same texts would be encoded or stored differently.
_VERSION = 3


def tokenizer_fingerprint(tokenizer: Any) -> str:
    """Return the sha256 (hex) of all that a fast tokenizer does with a text.

    Vocabulary, normalisation, special tokens, truncation side and the inputs its models take are in it; padding and
    truncation settings, which change with every call, are not.
    """
    import tokenizers

    settings = {
        "library": tokenizers.__version__,
        "inputs": list(tokenizer.model_input_names),
        "pad": [tokenizer.pad_token_id, getattr(tokenizer, "pad_token_type_id", 0)],
        "truncation_side": getattr(tokenizer, "truncation_side", "right"),
    }
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    digest.update(copy_backend(tokenizer).to_str().encode())
    return digest.hexdigest()


def encoding_fingerprint(
    data: str, tokenizer: Any, *, text_columns: Sequence[str], max_length: int, layout: Layout | None = None
) -> str:
    """Return the sha256 (hex) under which encoded rows are cached.

    Args:
        data: fingerprint of the rows.
        tokenizer: the fast tokenizer.
        text_columns: the columns encoded, in order.
        max_length: most tokens in a row.
        layout: how texts become rows.
    """
    described = (layout or Layout()).describe()
    parts = [_VERSION, data, tokenizer_fingerprint(tokenizer), list(text_columns), max_length, described]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
