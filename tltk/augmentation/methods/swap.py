"""Exchanges neighbouring words (after Wei and Zou 2019, "EDA", random swap)."""

from __future__ import annotations

import numpy as np

from tltk.augmentation.edits import Edit
from tltk.augmentation.method import Augmentation, draw, register_augmentation
from tltk.augmentation.pieces import Piece, pieces


@register_augmentation("swap")
class Swap(Augmentation):
    """Exchanges words with the next one, where nothing but blanks stands between them; the blanks stay.

    Example:
        >>> Swap()("a good film", np.random.default_rng(1), 0.3).text
        'good a film'
    """

    def edits(self, text: str, rng: np.random.Generator, strength: float) -> list[Edit]:
        cut = pieces(text)
        pairs = _pairs(text, cut)
        wanted = draw(pairs, rng, strength, of=sum(piece.is_word for piece in cut))
        edits: list[Edit] = []
        for first, second in wanted:
            if not edits or edits[-1].end <= first.start:  # a word that has changed places stays there
                blanks = text[first.end : second.start]
                swapped = text[second.start : second.end] + blanks + text[first.start : first.end]
                edits.append(Edit(first.start, second.end, swapped))
        return edits


def _pairs(text: str, cut: list[Piece]) -> list[tuple[Piece, Piece]]:
    """Return each word with the next one, without those that are the same."""
    pairs, last = [], None
    for piece in cut:
        if piece.is_word:
            if last is not None and text[last.start : last.end] != text[piece.start : piece.end]:
                pairs.append((last, piece))
            last = piece
        elif piece.kind != "space":
            last = None
    return pairs
