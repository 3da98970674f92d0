"""Characters as a reader sees them: a letter and the marks on it, an emoji and what varies it."""

from __future__ import annotations

import regex

_GRAPHEME = regex.compile(r"\X")
_JOINERS = "\u200c\u200d"
"""What stands between two letters or emoji and is nothing at the end of one."""


def grapheme_end(text: str, end: int, limit: int | None = None) -> int:
    """Return where a stretch of a text ends once its last character is taken with all that belongs to it.

    Tokenizers that lower letters drop accents, vowel signs and variation selectors: no token has them, and what is cut
    out of the text by its tokens lacks them at its end.

    Args:
        text: the text.
        end: where the stretch ends; the character before is its last one.
        limit: how far it may reach at the most, such as to the next token; None for the end of the text.

    Example:
        >>> grapheme_end("Cafe\\u0301 Ada", 4), grapheme_end("Cafe Ada", 4), grapheme_end("Ada \\u2764\\ufe0f b", 5)
        (5, 4, 6)
    """
    limit = len(text) if limit is None else limit
    if not 0 < end < limit or text[end].isascii():  # nothing of ASCII belongs to the character before it
        return end
    found = _GRAPHEME.match(text, end - 1, limit)
    assert found is not None
    return end + len(text[end : found.end()].rstrip().rstrip(_JOINERS))
