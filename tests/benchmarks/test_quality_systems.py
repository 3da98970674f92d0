"""The systems of the quality benchmark, each on the kinds of rows that it does, from a tiny BERT."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quality import running
from benchmarks.quality.random_bert import character_vocabulary, write_random_bert
from benchmarks.quality.rows.pairs import ScoredPair
from benchmarks.quality.rows.questions import Question
from benchmarks.quality.rows.texts import LabelledText
from benchmarks.quality.rows.words import TaggedWords
from benchmarks.quality.settings import Settings

pytest.importorskip("torch", reason="the peers are PyTorch's, which is not installed")
pytest.importorskip("accelerate", reason="the Trainer needs accelerate, which is not installed")

SETTINGS = Settings(epochs=30, learning_rate=5e-3, batch_size=8, max_length=32)
CONTEXT = "the worst movie of the year was dull , loud and far too long . "


TEXTS = (("gripping wonderful ", "good"), ("dull boring ", "bad"))


def systems(kind: str) -> list[str]:
    """Return the systems that train on a kind of rows."""
    folder = Path(running.__file__).with_name("systems")
    return [name for name in ("Trainer", "tltk") if (folder / name.lower() / f"{kind}.py").is_file()]


def trained(system: str, kind: str, rows: list[Any], checkpoint: Path, settings: Settings = SETTINGS) -> Any:
    return running.find_train(system, kind)(rows, settings, 0, checkpoint)


@pytest.mark.parametrize("system", systems("texts"))
@pytest.mark.parametrize("columns", [1, 2])
def test_texts_and_pairs_of_texts_are_learned_and_predicted_in_their_order(
    tiny_bert_folder: Path, system: str, columns: int
) -> None:
    rows = [
        LabelledText(("a film", text * (1 + place % 3))[-columns:], label)
        for place in range(8)
        for text, label in TEXTS
    ]
    model = trained(system, "texts", rows, tiny_bert_folder, SETTINGS.changed({"epochs": 15}))
    assert model.predict(rows[:7]) == [row.label for row in rows[:7]]
    assert model.seconds > 0
    assert model.rows_per_second > 0


@pytest.mark.parametrize("system", systems("words"))
def test_every_word_has_a_tag_also_those_that_the_tokenizer_drops_or_cuts(tiny_bert_folder: Path, system: str) -> None:
    rows = [TaggedWords(("the", "movie", "by", "actors"), ("O", "O", "O", "B-WHO"))] * 16
    model = trained(system, "words", rows, tiny_bert_folder)
    long = TaggedWords(("the", "\u200d", "actors", *["movie"] * 60), ("O",) * 63)
    first, second = model.predict([long, rows[0]])
    assert (len(first), first[1]) == (63, "O")
    if system == "Trainer":  # tltk reads them in another window
        assert set(first[40:]) == {"O"}
    assert second == list(rows[0].tags)


@pytest.mark.parametrize("system", systems("questions"))
def test_answers_are_learned_in_every_window(tiny_bert_folder: Path, system: str) -> None:
    context = CONTEXT * 3 + "wonderful actors . " + CONTEXT
    row = Question("q", "who ?", context, ("wonderful actors",), (context.index("wonderful"),), 0)
    settings = SETTINGS.changed({"epochs": 40, "stride": 8, "answer_tokens": 30})
    assert trained(system, "questions", [row] * 8, tiny_bert_folder, settings).predict([row]) == {
        "q": "wonderful actors"
    }


@pytest.mark.parametrize("system", systems("pairs"))
def test_pairs_are_learned_and_the_untrained_encoder_is_asked_too(tiny_bert_folder: Path, system: str) -> None:
    rows = [ScoredPair("dull movie", "dull movie", 5.0), ScoredPair("dull movie", "wonderful actors", 0.0)] * 8
    model = trained(system, "pairs", rows, tiny_bert_folder)
    before, after = model.before(rows[:2]), model.predict(rows[:2])
    assert before[0] == pytest.approx(1)
    assert after[0] - after[1] > before[0] - before[1] + 0.3
    assert model.before(rows[:2]) == before
    assert model.predict(rows[:2]) == after


@pytest.mark.parametrize("window", [16, 24, 64])
def test_the_tokens_of_an_answer_are_those_that_it_touches(tiny_bert_folder: Path, window: int) -> None:
    from transformers import AutoTokenizer

    from benchmarks.quality.systems.trainer.questions import _tokens_of

    encoded = AutoTokenizer.from_pretrained(tiny_bert_folder)(
        ["who ?"], [CONTEXT], truncation="only_second", max_length=window, stride=4,
        return_overflowing_tokens=True, return_offsets_mapping=True,
    )  # fmt: skip
    found = []
    for row, offsets in enumerate(encoded["offset_mapping"]):
        start = CONTEXT.index("dull , loud")
        first, last = _tokens_of((start, start + len("dull , loud")), offsets, encoded.sequence_ids(row))
        found.append(CONTEXT[offsets[first][0] : offsets[last][1]])
        assert found[-1] in ("dull , loud", "")
    assert "dull , loud" in found


def test_the_best_span_lies_in_the_context_is_no_longer_than_allowed_and_of_the_greatest_sum() -> None:
    import numpy as np

    from benchmarks.quality.systems.trainer.questions import _best_span

    draw = np.random.default_rng(0)
    for _ in range(20):
        starts, ends = draw.normal(size=(2, 20))
        inside = np.arange(20) >= 5
        sums = {
            (first, last): starts[first] + ends[last]
            for first in range(5, 20)
            for last in range(first, min(first + 3, 20))
        }
        score, *span = _best_span(starts, ends, inside, longest=3)
        assert tuple(span) == max(sums, key=sums.__getitem__)
        assert score == pytest.approx(max(sums.values()))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4))
def test_no_character_of_the_texts_is_missing_from_the_vocabulary(texts: list[str]) -> None:
    from transformers import BertTokenizerFast

    vocabulary = character_vocabulary(texts)
    assert len(set(vocabulary)) == len(vocabulary)
    tokenizer = BertTokenizerFast(vocab={token: place for place, token in enumerate(vocabulary)})
    for text in texts:
        words = tokenizer.backend_tokenizer.normalizer.normalize_str(text).split()
        if all(len(word) <= 100 for word in words):  # WordPiece gives up on longer ones
            assert "[UNK]" not in tokenizer.tokenize(text) or "[UNK]" in text


def test_a_random_bert_is_the_same_for_a_seed_and_opens_with_its_tokenizer(tmp_path: Path) -> None:
    from safetensors.numpy import load_file
    from transformers import AutoTokenizer

    first, second, other = (
        load_file(write_random_bert(tmp_path / str(place), ["北京 2024"], seed, width=16) / "model.safetensors")
        for place, seed in enumerate((0, 0, 1))
    )
    name = "embeddings.word_embeddings.weight"
    assert (first[name] == second[name]).all()
    assert (first[name] != other[name]).any()
    assert AutoTokenizer.from_pretrained(tmp_path / "0").tokenize("北2") == ["北", "2"]
