from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.augmentation.checkpoint import write_tiny_masked_bert
from tests.augmentation.contract import AugmentationContract, generator
from tests.augmentation.texts import SENTENCE
from tltk.augmentation import Augmentation
from tltk.augmentation.candidates import Candidates
from tltk.augmentation.methods.synonyms import LIKELIEST, Synonyms
from tltk.backbones import load_masked_language_model, load_tokenizer
from tltk.backbones.families.bert import Bert
from tltk.errors import RecipeError


@pytest.fixture(scope="session")
def masked_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_masked_bert(tmp_path_factory.mktemp("masked") / "tiny-bert")


class TestSynonyms(AugmentationContract):
    name = "synonyms"

    @pytest.fixture(scope="class")
    def method(self, masked_bert: Path) -> Augmentation:
        return Synonyms(masked_bert)

    def test_one_of_the_likeliest_other_words_stands_in_the_place(
        self, method: Augmentation, masked_bert: Path
    ) -> None:
        """The ranking of a mask by hand, one text at a time: tokens, whole model, words of the vocabulary file."""
        tokenizer, model = load_tokenizer(masked_bert), load_masked_language_model(masked_bert)
        vocabulary = (masked_bert / "vocab.txt").read_text(encoding="utf-8").split("\n")
        old = "a gripping film with wonderful actors"
        for seed in range(10):
            (edit,) = method(old, generator(seed), 0.1).edits
            masked = old[: edit.start] + tokenizer.mask_token + old[edit.end :]
            inputs = {name: np.asarray([value], "int32") for name, value in tokenizer(masked).items()}
            place = list(inputs["input_ids"][0]).index(tokenizer.mask_token_id)
            ranked = [vocabulary[number] for number in np.argsort(-np.asarray(model.logits(inputs))[0, place])]
            fitting = [
                word for word in ranked if word.isascii() and word.isalpha() and word != old[edit.start : edit.end]
            ]
            assert edit.text in fitting[:LIKELIEST]

    def test_words_give_way_to_words_and_characters_to_characters(self, method: Augmentation) -> None:
        for seed in range(10):
            new, edits = method("Film 北京 2024 1,234.50", generator(seed), 1.0)
            assert {edit.start for edit in edits} == {0, 5, 6}
            assert {edit.text for edit in edits[1:]} <= {"北", "京"}
            assert edits[0].text.istitle()
            assert new.endswith(" 2024 1,234.50")

    def test_what_was_cut_off_stays(self, method: Augmentation) -> None:
        old = "film " * 300
        assert max(edit.end for edit in method(old, generator(0), 1.0).edits) < 5 * 128

    def test_a_checkpoint_without_the_head_is_refused(self, tiny_bert_folder: Path) -> None:
        with pytest.raises(
            RecipeError, match=r"augment.methods: .*cls.predictions.transform.dense.*Leave synonyms out"
        ):
            Synonyms(tiny_bert_folder).check()

    def test_a_family_without_such_a_head_is_refused(self, masked_bert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Bert, "masked_language_head", None)
        with pytest.raises(RecipeError, match=r"augment.methods: .*family 'bert'.*Leave synonyms out"):
            Synonyms(masked_bert).check()

    def test_a_checkpoint_is_needed(self) -> None:
        with pytest.raises(RecipeError, match="none is given"):
            Synonyms()(SENTENCE, generator(0), 0.1)


def test_candidates_are_whole_words_that_are_one_token(masked_bert: Path) -> None:
    tokenizer = load_tokenizer(masked_bert)
    candidates = Candidates(tokenizer, len(tokenizer))
    every = np.zeros(len(tokenizer), "float32")
    words = {text for _, text in candidates.likeliest(every, "", kind="word", most=10_000)}
    assert {"film", "wonderful", "a"} <= words
    assert all(tokenizer.tokenize(word) == [word] for word in words)
    assert not words & {"[MASK]", "mask", "2024", ","}
    assert {text for _, text in candidates.likeliest(every, "北", kind="character", most=9)} == {"京"}
