"""Makes the slips of a hand on a keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tltk.augmentation.edits import Edit
from tltk.augmentation.method import Augmentation, draw, register_augmentation
from tltk.augmentation.pieces import graphemes, words

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SHIFTS = (0.0, 0.25, 0.75)  # of the rows of keys against each other, in widths of a key

Slip = tuple[int, int, str]
"""First letter, the one after the last, and what is typed instead."""


@register_augmentation("typos")
class Typos(Augmentation):
    """Makes one slip in each of a share of the words: a neighbouring key, two letters in the wrong order, a letter
    twice, or one left out.

    Words have at least three letters; first letters, figures, and Chinese and Japanese characters stay. A letter goes
    with its accents. Neighbouring keys are those of an English keyboard, for the letters a to z alone.

    Example:
        >>> Typos()("a wonderful film", np.random.default_rng(0), 0.3).text
        'a wonderful fillm'
    """

    def edits(self, text: str, rng: np.random.Generator, strength: float) -> list[Edit]:
        found = words(text)
        choices = []
        for word in found:
            letters = graphemes(text[word.start : word.end])
            if word.kind == "word" and len(letters) > 2 and all(letter[0].isalpha() for letter in letters):
                choices.append((word.start, letters))
        return [_slipped(start, letters, rng) for start, letters in draw(choices, rng, strength, of=len(found))]


def _slipped(start: int, letters: list[str], rng: np.random.Generator) -> Edit:
    possible = [slips for kind in _KINDS if (slips := list(kind(letters)))]
    slips = possible[rng.integers(len(possible))]
    first, last, typed = slips[rng.integers(len(slips))]
    ends = np.cumsum([start, *map(len, letters)])
    return Edit(int(ends[first]), int(ends[last]), typed)


def _neighbouring_keys(letters: list[str]) -> Iterator[Slip]:
    for place, letter in enumerate(letters[1:], start=1):
        for key in _NEIGHBOURS.get(letter.lower(), ()):
            yield place, place + 1, key.upper() if letter.isupper() else key


def _transpositions(letters: list[str]) -> Iterator[Slip]:
    for place in range(1, len(letters) - 1):
        if letters[place] != letters[place + 1]:
            yield place, place + 2, letters[place + 1] + letters[place]


def _doubled(letters: list[str]) -> Iterator[Slip]:
    for place, letter in enumerate(letters[1:], start=1):
        yield place, place + 1, 2 * letter  # in its place, not beside it: at a word's end it belongs to the word


def _dropped(letters: list[str]) -> Iterator[Slip]:
    for place in range(1, len(letters)):
        yield place, place + 1, ""


def _keyboard() -> dict[str, tuple[str, ...]]:
    places = {
        key: (column + shift, row)
        for row, (keys, shift) in enumerate(zip(_ROWS, _SHIFTS, strict=True))
        for column, key in enumerate(keys)
    }
    return {
        key: tuple(other for other, (u, v) in places.items() if other != key and abs(u - x) <= 1 and abs(v - y) <= 1)
        for key, (x, y) in places.items()
    }


_NEIGHBOURS = _keyboard()
_KINDS: tuple[Callable[[list[str]], Iterator[Slip]], ...] = (_neighbouring_keys, _transpositions, _doubled, _dropped)
