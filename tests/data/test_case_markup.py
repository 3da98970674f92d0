from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

import tltk
from tests.data.tokenizers import make_tokenizer
from tltk.data import Layout, TextEncoder
from tltk.data.case_markup import CAPITAL, CAPITALS, mark_case
from tltk.errors import DataError, RecipeError

MARKS = {CAPITAL, CAPITALS}
PLAIN = make_tokenizer("wordpiece")
MARKED = make_tokenizer("wordpiece with case markup")


@pytest.fixture
def checkpoint(tiny_bert_folder: Path, tmp_path: Path) -> Path:
    """The tiny BERT with two pieces that no text uses, as BERT's own vocabulary has."""
    folder = shutil.copytree(tiny_bert_folder, tmp_path / "uncased")
    path = folder / "tokenizer.json"
    described = json.loads(path.read_text())
    vocabulary = described["model"]["vocab"]
    for piece, mark in (("##%", CAPITAL), ("##(", CAPITALS)):
        vocabulary[mark] = vocabulary.pop(piece)
    path.write_text(json.dumps(described))
    (folder / "vocab.txt").unlink()
    return folder


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("angela", []),
        ("Angela", [CAPITAL]),
        ("ANGELA", [CAPITALS]),
        ("A", [CAPITAL]),
        ("AngelA McX", [CAPITAL, CAPITAL]),
        ("xAngela 3X", []),
        ("U.S. X-x (New", [CAPITAL, CAPITAL, CAPITAL, CAPITAL]),
        ("Ángela ÁNGELA", [CAPITAL, CAPITALS]),
        ("A\u0301ngela A\u0301NGELA", [CAPITAL, CAPITALS]),
        ("北X", [CAPITAL]),
        ("€X", []),
        ("", []),
    ],
)
def test_words_with_a_capital_are_marked(text: str, marks: list[str]) -> None:
    assert [piece for piece in MARKED.tokenize(text) if piece in MARKS] == marks


@given(st.text(max_size=40))
def test_without_its_marks_a_text_is_what_it_was(text: str) -> None:
    """All other pieces keep their order and their characters, but where the text itself spells a mark."""
    plain = PLAIN(text, return_offsets_mapping=True)
    marked = MARKED(text, return_offsets_mapping=True)
    ids = set(MARKED.convert_tokens_to_ids(sorted(MARKS)))
    kept = [place for place, number in enumerate(marked["input_ids"]) if number not in ids]
    assert [marked["input_ids"][place] for place in kept] == plain["input_ids"]
    assert [marked["offset_mapping"][place] for place in kept] == plain["offset_mapping"]


@given(st.text(alphabet="AbÉé x.Ωω北'1", max_size=30))
def test_a_mark_stands_on_the_capital_letter_of_the_piece_that_follows(text: str) -> None:
    marked = MARKED(text, return_offsets_mapping=True)
    pieces = MARKED.convert_ids_to_tokens(marked["input_ids"])
    for place, piece in enumerate(pieces):
        if piece in MARKS:
            start, end = marked["offset_mapping"][place]
            assert text[start:end].isupper()
            assert marked["offset_mapping"][place + 1][0] == start


def test_a_mark_has_no_characters_of_its_own_for_tasks_of_tokens() -> None:
    """So a word's label is learned where the word itself stands; a mark that the text spells out is a word."""
    encoded = TextEncoder(MARKED, texts=1, max_length=16, layout=Layout(places=True)).encode([f"ANGELA {CAPITAL}"])
    pieces = MARKED.convert_ids_to_tokens(encoded.ragged["input_ids"].values.tolist())
    spans = list(zip(encoded.places["starts"].values, encoded.places["ends"].values, strict=True))
    assert (pieces[1], spans[1]) == (CAPITALS, (0, 0))
    assert spans[2][0] == 0 < spans[2][1]
    assert (pieces[-2], spans[-2]) == (CAPITAL, (7, 7 + len(CAPITAL)))


def test_the_file_alone_says_it_all(tmp_path: Path) -> None:
    MARKED.save_pretrained(tmp_path)
    text = "Angela visited the U.S."
    assert Tokenizer.from_file(str(tmp_path / "tokenizer.json")).encode(text).ids == MARKED(text)["input_ids"]


def test_a_question_with_more_marks_than_there_is_room_for_is_named() -> None:
    encoder = TextEncoder(MARKED, texts=2, max_length=32, layout=Layout(stride=8, places=True))
    with pytest.raises(DataError, match=r"row 0: The first text has \d+ tokens; of windows of 32 tokens it may take"):
        encoder.encode([("A.C.D.E.F.G.A.C.", "a film . " * 20)])


def test_the_tokenizer_is_left_as_it_was() -> None:
    before = PLAIN.backend_tokenizer.to_str()
    mark_case(PLAIN)
    assert PLAIN.backend_tokenizer.to_str() == before


def test_a_tokenizer_that_keeps_capitals_is_refused() -> None:
    described = json.loads(PLAIN.backend_tokenizer.to_str())
    described["normalizer"]["lowercase"] = False
    cased = PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(json.dumps(described)))
    with pytest.raises(
        RecipeError, match=r"backbone\.case_markup: .*BertNormalizer, which keeps capitals, .*Remove backbone"
    ):
        mark_case(cased)


def test_a_tokenizer_without_a_normalizer_is_refused() -> None:
    described = json.loads(PLAIN.backend_tokenizer.to_str()) | {"normalizer": None, "pre_tokenizer": None}
    bare = PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(json.dumps(described)))
    with pytest.raises(RecipeError, match=r"its normalizer is none, and it divides text by none"):
        mark_case(bare)


def test_a_vocabulary_without_unused_pieces_is_refused(tiny_bert_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"vocabulary has no \[unused1\] and no \[unused2\]"):
        tltk.fit(
            {"data": {"text": "t", "label": "l"}, "backbone": {"name": str(tiny_bert_folder), "case_markup": True}},
            data={"t": ["a", "b"] * 10, "l": ["x", "y"] * 10},
            output=tmp_path / "run",
        )


def test_what_only_capitals_tell_is_learned_and_stays_in_the_bundle(checkpoint: Path, tmp_path: Path) -> None:
    rows = {"text": ["a Film", "a film", "the Movie", "the movie"] * 16, "label": ["name", "word"] * 32}
    recipe = {
        "data": {"text": "text", "label": "label", "split": {"duplicates": "allow"}},
        "backbone": {"name": str(checkpoint), "case_markup": True, "max_length": 16},
        "train": {"epochs": 6, "batch_size": 8, "learning_rate": 5e-3},
    }
    run = tltk.fit(recipe, data=rows, output=tmp_path / "run")
    assert run.metrics["test"]["accuracy"] == 1.0
    for engine in ("keras", "onnx"):
        found = tltk.load(run.path / "bundle", engine=engine).predict(["the Film", "the film"])
        assert [prediction["label"] for prediction in found] == ["name", "word"]
    (file,) = run.export("onnx").parent.rglob("tokenizer.json")
    assert CAPITAL in Tokenizer.from_file(str(file)).encode("the Film").tokens
