"""What every augmentation promises, written once; a method's own test is a subclass of a few lines."""

from __future__ import annotations

from itertools import accumulate
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.augmentation.texts import SENTENCE, pieced, texts
from tltk.augmentation import Augmentation, apply_edits, augmentations
from tltk.augmentation.pieces import graphemes, words

# Every subclass runs the tests below; a text that fails for one of them is tried on the others, which does no harm.
inherited = settings(deadline=None, suppress_health_check=[HealthCheck.differing_executors])

strengths = st.floats(0.01, 1)
seeds = st.integers(0, 2**31 - 1)


def generator(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


class AugmentationContract:
    """Set `name`; override `make` where the method needs a checkpoint."""

    name: ClassVar[str]
    takes_blanks: ClassVar[bool] = False
    """Whether blanks go with the words."""

    @pytest.fixture(scope="class")
    def method(self) -> Augmentation:
        return augmentations.get(self.name)()

    @settings(inherited, max_examples=40)
    @given(text=texts, seed=seeds, strength=strengths)
    def test_it_keeps_its_promises(self, method: Augmentation, text: str, seed: int, strength: float) -> None:
        new, edits = method(text, generator(seed), strength)
        assert (new, edits) == method(text, generator(seed), strength)
        assert new == apply_edits(text, edits)
        assert all(text[edit.start : edit.end] != edit.text for edit in edits)
        new.encode("utf-8")
        edges = set(accumulate(map(len, graphemes(text)), initial=0))
        assert {edge for edit in edits for edge in (edit.start, edit.end)} <= edges
        assert bool(words(new)) == bool(words(text))
        assert bool(new) == bool(text)
        for edit in edits:
            gone = [character for character in text[edit.start : edit.end] if character.isspace()]
            if self.takes_blanks:
                assert not edit.text
                assert not any(character.splitlines() == [""] for character in gone)
            else:
                assert [character for character in edit.text if character.isspace()] == gone

    @settings(inherited, max_examples=20)
    @given(seed=seeds, strength=strengths)
    def test_a_sentence_changes_by_the_strength(self, method: Augmentation, seed: int, strength: float) -> None:
        new, edits = method(SENTENCE, generator(seed), strength)
        assert new != SENTENCE
        assert len(edits) <= max(1, round(strength * len(words(SENTENCE))))

    @settings(inherited, max_examples=10)
    @given(several=st.lists(pieced, max_size=4), strength=strengths)
    def test_many_texts_are_changed_as_each_by_itself(
        self, method: Augmentation, several: list[str], strength: float
    ) -> None:
        together = method.edits_of(several, [generator(seed) for seed in range(len(several))], strength)
        assert together == [method.edits(text, generator(seed), strength) for seed, text in enumerate(several)]

    @pytest.mark.parametrize("text", ["", "   ", "!? …", "👍🏽", "\u0301\u200d"])
    def test_texts_without_words_stay(self, method: Augmentation, text: str) -> None:
        assert method(text, generator(0), 1.0) == (text, [])

    @pytest.mark.parametrize("strength", [0, -0.1, 1.1])
    def test_a_strength_is_a_share(self, method: Augmentation, strength: float) -> None:
        with pytest.raises(ValueError, match=f"strength of {strength}"):
            method(SENTENCE, generator(0), strength)

    def test_another_seed_makes_another_text(self, method: Augmentation) -> None:
        assert len({method(SENTENCE, generator(seed), 0.2).text for seed in range(12)}) > 3
