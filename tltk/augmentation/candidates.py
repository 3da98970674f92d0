"""Which tokens of a vocabulary are whole words, and which of them a model finds likeliest."""

from __future__ import annotations

from typing import Any

import numpy as np

from tltk.augmentation.pieces import pieces

_SPARE = 4  # times as many are looked at as wanted: some are the word itself in other spellings


class Candidates:
    """The whole words among a tokenizer's tokens: those that it makes of a word that stands by itself.

    Args:
        tokenizer: a Hugging Face fast tokenizer.
        vocabulary_size: how many logits the model gives; tokens beyond them are left out.
    """

    def __init__(self, tokenizer: Any, vocabulary_size: int) -> None:
        known = sorted(number for number in tokenizer.get_vocab().values() if number < vocabulary_size)
        special = set(tokenizer.all_special_ids)
        texts = {number: tokenizer.decode([number]).strip() for number in known if number not in special}
        alphabetic = {number: text for number, text in texts.items() if text.isalpha()}
        again = tokenizer([f" {text}" for text in alphabetic.values()], add_special_tokens=False)["input_ids"]
        self._words: dict[str, dict[int, str]] = {"word": {}, "character": {}}
        for (number, text), ids in zip(alphabetic.items(), again, strict=True):
            cut = pieces(text)
            if list(ids) == [number] and len(cut) == 1 and cut[0].kind in self._words:
                self._words[cut[0].kind][number] = text
        self._numbers = {kind: np.array(sorted(words), np.int64) for kind, words in self._words.items()}

    def likeliest(self, logits: np.ndarray, word: str, *, kind: str, most: int) -> list[tuple[int, str]]:
        """Return the likeliest words in a place, best first, without the one that stands there.

        Args:
            logits: of every token in that place, [vocabulary].
            word: what stands there.
            kind: "word" or "character", the kind of piece it is.
            most: how many to return.

        Returns:
            token and text of each.
        """
        numbers, texts = self._numbers[kind], self._words[kind]
        values = logits[numbers]
        best = np.argsort(-values, kind="stable") if len(values) <= _SPARE * most else _largest(values, _SPARE * most)
        others = [(int(number), texts[int(number)]) for number in numbers[best]]
        return [(number, text) for number, text in others if text.casefold() != word.casefold()][:most]


def _largest(values: np.ndarray, count: int) -> np.ndarray:
    """Return the places of the largest values, the largest first; sorting all of a vocabulary takes longer."""
    places = np.argpartition(-values, count)[:count]
    return places[np.lexsort((places, -values[places]))]
