from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from tests.augmentation.contract import AugmentationContract, generator
from tests.augmentation.texts import SENTENCE
from tltk.augmentation import Augmentation


class TestDeletion(AugmentationContract):
    name = "deletion"
    takes_blanks = True

    def test_words_go_and_the_rest_stays_in_order(self, method: Augmentation) -> None:
        for seed in range(20):
            new = method(SENTENCE, generator(seed), 0.3).text
            old = iter(re.findall(r"\w+|[^\w\s]", SENTENCE))
            assert all(any(word == other for other in old) for word in re.findall(r"\w+|[^\w\s]", new))
            assert [mark for mark in new if mark in ",."] == [mark for mark in SENTENCE if mark in ",."]

    def test_no_blank_stands_twice_or_at_an_end(self, method: Augmentation) -> None:
        for seed in range(30):
            new = method("one two three four five", generator(seed), 0.6).text
            assert new == " ".join(new.split())

    def test_line_breaks_stay(self, method: Augmentation) -> None:
        for seed in range(20):
            assert method("one two\nthree\r\nfour five", generator(seed), 0.5).text.count("\n") == 2

    @pytest.mark.parametrize("text", ["word", " word ", "好", "word!"])
    def test_the_last_word_stays(self, method: Augmentation, text: str) -> None:
        assert method(text, generator(0), 1.0).text == text

    def test_characters_of_scripts_without_spaces_are_words(self, method: Augmentation) -> None:
        old = "这部电影很好看"
        counts = Counter(len(method(old, np.random.default_rng(seed), 3 / 7).text) for seed in range(10))
        assert counts == {4: 10}
