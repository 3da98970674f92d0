"""Writes words in other cases."""

from __future__ import annotations

import numpy as np

from tltk.augmentation.edits import Edit
from tltk.augmentation.method import Augmentation, draw, register_augmentation
from tltk.augmentation.pieces import words


@register_augmentation("casing")
class Casing(Augmentation):
    """Writes a share of the words in lower case, in capitals, or with a capital alone; scripts without case stay.

    A checkpoint whose tokenizer lowers every letter sees nothing of it, but for `backbone.case_markup`.

    Example:
        >>> Casing()("a good film", np.random.default_rng(0), 0.3).text
        'a good Film'
    """

    def edits(self, text: str, rng: np.random.Generator, strength: float) -> list[Edit]:
        found = words(text)
        choices = []
        for word in found:
            others = _others(text[word.start : word.end])
            if others:
                choices.append((word, others))
        return [
            Edit(word.start, word.end, others[rng.integers(len(others))])
            for word, others in draw(choices, rng, strength, of=len(found))
        ]


def _others(word: str) -> list[str]:
    """Return the spellings of a word that differ from its own, each once."""
    spellings = (word.lower(), word.upper(), word[:1].upper() + word[1:].lower())
    return [spelling for spelling in dict.fromkeys(spellings) if spelling != word]
