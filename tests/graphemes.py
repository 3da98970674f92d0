"""Words whose last character is more than one code point, and what it means not to cut one."""

from __future__ import annotations

import numpy as np
import regex

from tltk.data import Encoded

MARKED = (
    "Cafe\u0301",
    "e\u0323\u0301",
    "\u0939\u093f\u0928\u094d\u0926\u0941",  # Hindi, with a vowel sign below its last letter
    "\u0e01\u0e35\u0e48",  # Thai, with a vowel sign and a tone above
    "\u2764\ufe0f",
    "1\ufe0f\u20e3",
    "\U0001f469\u200d\u2764\ufe0f\u200d\U0001f469",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # the flag of England
)
"""A tokenizer that lowers letters drops accents, vowel signs, what colours an emoji, and a flag's tags."""


def cuts_no_mark(text: str, end: int, encoded: Encoded) -> bool:
    """Return whether what follows an end is no part of the character before it, or has a token (of any row)."""
    end_of_grapheme = next(found.end() for found in regex.finditer(r"\X", text) if found.end() >= end)
    dropped = text[end:end_of_grapheme].strip().strip("\u200c\u200d")
    starts, ends = (
        np.concatenate([encoded.place(name, row) for row in range(len(encoded))]) for name in ("starts", "ends")
    )
    return not dropped or bool(np.any((starts <= end) & (ends > end)))
