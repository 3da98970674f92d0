"""The words of running text, where nobody has divided it."""

from __future__ import annotations

from collections.abc import Iterator

import regex

# Writing without blanks: each character is a word, with the marks on it.
_ALONE = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_RUN = regex.compile(rf"(?P<alone>[{_ALONE}]\p{{M}}*)|[^\s{_ALONE}]+")
_LETTERS = r"\p{L}\p{N}\p{M}_"
_BEFORE = regex.compile(rf"(?:[^{_LETTERS}]\p{{M}}*)*")
_AFTER = regex.compile(rf"(?r)(?:[^{_LETTERS}]\p{{M}}*)*")  # read backwards, or long runs of punctuation take for ever
_SAID_OF = regex.compile(r"(?r)['’][sS]")
_POSSESSIVE = regex.compile(r"['’][sS]|\X")


def split_words(text: str) -> list[tuple[int, int]]:
    """Return where the words of a text stand: (start, end) in characters.

    Words stand between white space; punctuation at their ends and the English `'s` are words by themselves, what stands
    within a word stays (`U.S.A`, `AL-AIN`, `1,234.50`). Of writing without blanks every character is a word.

    Example:
        >>> text = "Ann's home, (anti-war) 北京."
        >>> [text[start:end] for start, end in split_words(text)]
        ['Ann', "'s", 'home', ',', '(', 'anti-war', ')', '北', '京', '.']
    """
    return [place for run in _RUN.finditer(text) for place in _parts(run)]


def _parts(run: regex.Match[str]) -> Iterator[tuple[int, int]]:
    start, end = run.span()
    if run["alone"]:
        yield start, end
        return
    text = run.string
    first = _BEFORE.match(text, start, end).end()
    last = _AFTER.match(text, first, end).start()
    said_of = _SAID_OF.match(text, first, last)
    last = said_of.start() if said_of and said_of.start() > first else last
    yield from (found.span() for found in _POSSESSIVE.finditer(text, start, first))
    if first < last:
        yield first, last
    yield from (found.span() for found in _POSSESSIVE.finditer(text, last, end))
