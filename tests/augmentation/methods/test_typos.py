from __future__ import annotations

import difflib

from tests.augmentation.contract import AugmentationContract, generator
from tests.augmentation.texts import SENTENCE
from tltk.augmentation import Augmentation
from tltk.augmentation.methods.typos import _NEIGHBOURS


class TestTypos(AugmentationContract):
    name = "typos"

    def test_every_kind_of_slip_is_made_and_first_letters_stay(self, method: Augmentation) -> None:
        kinds = set()
        for seed in range(60):
            (new, (edit,)) = method("wonderful", generator(seed), 1.0)
            assert new[0] == "w"
            kinds.add((edit.end - edit.start, len(edit.text)))
        assert kinds == {(1, 1), (2, 2), (1, 2), (1, 0)}

    def test_words_stay_alike(self, method: Augmentation) -> None:
        for seed in range(20):
            old, new = SENTENCE.split(), method(SENTENCE, generator(seed), 1.0).text.split()
            assert len(old) == len(new)
            for before, after in zip(old, new, strict=True):
                assert difflib.SequenceMatcher(None, before, after).ratio() > 0.6

    def test_keys_are_neighbours_of_each_other(self) -> None:
        assert set(_NEIGHBOURS) == set("abcdefghijklmnopqrstuvwxyz")
        assert all(key in _NEIGHBOURS[other] for key, others in _NEIGHBOURS.items() for other in others)
        assert set(_NEIGHBOURS["s"]) == set("awedxz")

    def test_short_words_figures_and_chinese_stay(self, method: Augmentation) -> None:
        for text in ("it is so", "2024 1000", "这部电影很好看", "カタカナ"):
            assert method(text, generator(0), 1.0) == (text, [])

    def test_letters_keep_their_accents(self, method: Augmentation) -> None:
        old = "e\u0301a\u0300i\u0302o\u0308"
        for seed in range(20):
            new = method(old, generator(seed), 1.0).text
            assert len(new) % 2 == 0
            assert {new[place : place + 2] for place in range(0, len(new), 2)} <= {
                "e\u0301",
                "a\u0300",
                "i\u0302",
                "o\u0308",
            }
