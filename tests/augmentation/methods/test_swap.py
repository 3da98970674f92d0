from __future__ import annotations

import re

from tests.augmentation.contract import AugmentationContract, generator
from tests.augmentation.texts import SENTENCE
from tltk.augmentation import Augmentation


class TestSwap(AugmentationContract):
    name = "swap"

    def test_the_words_are_the_same_in_another_order(self, method: Augmentation) -> None:
        for seed in range(20):
            new = method(SENTENCE, generator(seed), 0.3).text
            parts = list(zip(re.split("[,.]", SENTENCE), re.split("[,.]", new), strict=True))
            assert all(sorted(old.split()) == sorted(swapped.split()) for old, swapped in parts)
            assert any(old != swapped for old, swapped in parts)

    def test_blanks_keep_their_places(self, method: Augmentation) -> None:
        assert method("one  two", generator(0), 0.5).text == "two  one"
        assert method("好看", generator(0), 0.5).text == "看好"

    def test_nothing_is_exchanged_across_a_line_or_a_mark(self, method: Augmentation) -> None:
        for text in ("one\ntwo", "one, two", "same same"):
            assert method(text, generator(0), 1.0) == (text, [])
