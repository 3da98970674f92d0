from __future__ import annotations

from tests.augmentation.contract import AugmentationContract, generator
from tests.augmentation.texts import SENTENCE
from tltk.augmentation import Augmentation


class TestCasing(AugmentationContract):
    name = "casing"

    def test_case_alone_changes(self, method: Augmentation) -> None:
        found = set()
        for seed in range(20):
            new = method(SENTENCE, generator(seed), 0.5).text
            assert new.casefold() == SENTENCE.casefold()
            found |= set(new.split())
        assert {"WONDERFUL", "Wonderful", "wonderful", "it"} <= found

    def test_scripts_without_case_stay(self, method: Augmentation) -> None:
        for text in ("北京 很好", "שלום עולם", "123 45"):
            assert method(text, generator(0), 1.0) == (text, [])
