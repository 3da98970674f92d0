"""What a file looks like whose name or header says too little: advice only, nothing is read by it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

_TAGGED = re.compile(r"\S+[ \t].*?(?:O|[BIESLUM]-\S+)\s*")
_LINES = 50
_DELIMITERS = (";", "\t", "|", ",")


def looks_like_conll(place: Path) -> bool:
    """Tell whether the first lines of a file are words with tags beside them, or empty.

    Example:
        >>> looks_like_conll(Path("not/there.txt"))
        False
    """
    try:
        with place.open(encoding="utf-8") as stream:
            lines = [line for line in islice(stream, _LINES) if line.strip() and not line.startswith("-DOCSTART-")]
    except (OSError, UnicodeError):
        return False
    return bool(lines) and all(_TAGGED.fullmatch(line) for line in lines)


def other_delimiter(header: Sequence[str]) -> str | None:
    """Return what sets the columns of a header apart that was read as a single one; None where nothing seems to.

    Example:
        >>> other_delimiter(["text;stars"]), other_delimiter(["text", "stars"])
        (';', None)
    """
    return next((mark for mark in _DELIMITERS if len(header) == 1 and mark in header[0]), None)


def delimiter_advice(delimiter: str) -> str:
    """Return how a recipe names a delimiter.

    Example:
        >>> print(delimiter_advice("\\t"))
        Set data.delimiter: "\\t".
    """
    written = r'"\t"' if delimiter == "\t" else repr(delimiter)
    return f"Set data.delimiter: {written}."
