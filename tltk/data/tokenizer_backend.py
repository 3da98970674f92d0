"""The Rust part of a Hugging Face fast tokenizer."""

from __future__ import annotations

from typing import Any

from tltk.errors import EnvironmentProblem


def copy_backend(tokenizer: Any) -> Any:
    """Return an own copy of a fast tokenizer's Rust part, without truncation and padding.

    Raises:
        EnvironmentProblem: a slow (pure Python) tokenizer.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise EnvironmentProblem(
            f"Got a {type(tokenizer).__name__}; expected a fast tokenizer (with a tokenizer.json).",
            hint="Save one with AutoTokenizer.from_pretrained(..., use_fast=True).save_pretrained(folder).",
        )
    copy = type(backend).from_str(backend.to_str())
    copy.no_truncation()
    copy.no_padding()
    return copy
