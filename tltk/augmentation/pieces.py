"""Cuts a text into words, characters that are words, white space and the rest, never inside of a visible character."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

_PATTERN = r"""
    (?P<character> (?=[\p{Han}\p{Hiragana}\p{Katakana}])\X )
  | (?P<word> (?:{letter})+ (?: (?=['’])\X(?<=['’]) (?:{letter})+ )* )
  | (?P<space> (?: (?=[\p{Zs}\t])\X(?<=[\p{Zs}\t]) )+ )
  | (?P<other> \X )
""".replace("{letter}", r"(?=[\p{L}\p{N}_])(?![\p{Han}\p{Hiragana}\p{Katakana}])\X")


class Piece(NamedTuple):
    """A piece of a text.

    Args:
        kind: "word" (a run of letters and digits, with the apostrophes inside of it), "character" (a Chinese or
            Japanese character, in whose scripts no space tells words apart), "space" (a run of blanks, without line
            breaks), or "other" (a single visible character of any other kind).
        start: its first character.
        end: the one after its last.
    """

    kind: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it counts as a word."""
        return self.kind in ("word", "character")


def pieces(text: str) -> list[Piece]:
    """Return the pieces of a text, which together are the whole of it.

    No piece begins or ends inside of an extended grapheme cluster (Unicode Standard Annex 29): a letter keeps its
    accents, an emoji its skin.

    Example:
        >>> [text[start:end] for text in ["It's 北京!"] for _, start, end in pieces(text)]
        ["It's", ' ', '北', '京', '!']
    """
    return [Piece(str(match.lastgroup), *match.span()) for match in _compiled(_PATTERN).finditer(text)]


def words(text: str) -> list[Piece]:
    """Return the words of a text, single characters of scripts without spaces among them.

    Example:
        >>> len(words("A good film - 很好"))
        5
    """
    return [piece for piece in pieces(text) if piece.is_word]


def graphemes(text: str) -> list[str]:
    """Return the visible characters of a text: its extended grapheme clusters.

    Example:
        >>> [len(grapheme) for grapheme in graphemes("e\\u0301a")]
        [2, 1]
    """
    found: list[str] = _compiled(r"\X").findall(text)
    return found


@lru_cache
def _compiled(pattern: str) -> Any:
    import regex

    return regex.compile(pattern, regex.VERBOSE)
