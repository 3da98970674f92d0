"""Leaves out words (Wei and Zou 2019, "EDA", random deletion)."""

from __future__ import annotations

import numpy as np

from tltk.augmentation.edits import Edit
from tltk.augmentation.method import Augmentation, draw, register_augmentation
from tltk.augmentation.pieces import Piece, pieces


@register_augmentation("deletion")
class Deletion(Augmentation):
    """Leaves out a share of the words, and with each the blanks that would stand twice; one word always stays.

    Example:
        >>> Deletion()("a good film", np.random.default_rng(0), 0.3).text
        'a good'
    """

    def edits(self, text: str, rng: np.random.Generator, strength: float) -> list[Edit]:
        cut = pieces(text)
        places = [place for place, piece in enumerate(cut) if piece.is_word]
        gone = draw(places, rng, strength, of=len(places), most=len(places) - 1)
        return [_without(cut, first, last) for first, last in _runs(cut, gone)]


def _runs(cut: list[Piece], gone: list[int]) -> list[tuple[int, int]]:
    """Return first and last place of words that go together, since nothing but blanks stands between them."""
    runs: list[tuple[int, int]] = []
    for place in gone:
        if runs and all(piece.kind == "space" for piece in cut[runs[-1][1] + 1 : place]):
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs


def _without(cut: list[Piece], first: int, last: int) -> Edit:
    before = first > 0 and cut[first - 1].kind == "space"
    after = last + 1 < len(cut) and cut[last + 1].kind == "space"
    if after and (before or first == 0):
        last += 1
    elif before:
        first -= 1
    return Edit(cut[first].start, cut[last].end, "")
