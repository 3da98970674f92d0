"""A stream in, a stream out: in order, with bounded look-ahead, and no thread left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tltk.data import Encoded, FileTokenizer
from tltk.engines import Engine, EngineChoice
from tltk.errors import DataError
from tltk.prediction_chunks import LARGEST
from tltk.predictor import TOKENS_PER_ROW, Predictor
from tltk.tasks import TextClassification, TokenClassification


class LengthEngine(Engine):
    """Gives each row the number of its tokens as a logit, so that every answer tells which text it is for."""

    choice = EngineChoice()
    inputs = ("input_ids", "attention_mask")

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        self.shapes.append(inputs["input_ids"].shape)
        lengths = inputs["attention_mask"].sum(axis=1)
        return np.stack([np.zeros(len(lengths)), lengths / 10], axis=1).astype(np.float32)


@pytest.fixture
def predictor(tiny_bert_folder) -> Predictor:
    return make_predictor(tiny_bert_folder)


def make_predictor(folder, *columns: str) -> Predictor:
    tokenizer = FileTokenizer(folder, ("input_ids", "attention_mask", "token_type_ids"))
    task = TextClassification(labels=("no", "yes"))
    return Predictor(LengthEngine(), task, tokenizer, text_columns=columns or ("text",), max_length=64, batch_size=4)


def texts(number: int) -> list[str]:
    return [f"film {'the ' * (index * 7 % 40)}{index}" for index in range(number)]


def workers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("tltk-")]


def test_the_order_is_that_of_the_texts_and_answers_belong_to_them(predictor: Predictor) -> None:
    given = texts(1500)
    found = list(predictor.stream(iter(given)))
    assert [row["text"] for row in found] == given
    alone = {text: predictor.predict(text)["score"] for text in given[:40]}
    assert [row["score"] for row in found[:40]] == pytest.approx(list(alone.values()), abs=1e-9)
    assert predictor.predict(given) == found
    assert workers() == []


def test_batches_hold_a_budget_of_tokens(predictor: Predictor) -> None:
    predictor.predict(texts(300))
    shapes = predictor.engine.shapes
    assert max(rows * length for rows, length in shapes) <= 4 * TOKENS_PER_ROW
    assert len({rows for rows, _ in shapes}) > 2  # short rows come more at a time than long ones


@pytest.mark.parametrize("number", [0, 1, 2])
def test_few_or_none(predictor: Predictor, number: int) -> None:
    assert len(predictor.predict(texts(number))) == number
    assert len(list(predictor.stream(iter(texts(number))))) == number


def test_pairs(tiny_bert_folder) -> None:
    predictor = make_predictor(tiny_bert_folder, "text", "other")
    pairs = [("a film", "the story"), ("", "x" * 300)]
    found = predictor.predict(pairs)
    assert [row["text"] for row in found] == [list(pair) for pair in pairs]
    assert predictor.predict(pairs[0]) == found[0]
    with pytest.raises(DataError, match=r"item 1: Got 'alone'; expected 2 strings \(text, other\)"):
        predictor.predict([pairs[0], "alone"])


def test_the_first_answer_needs_the_first_text_alone_and_no_more_than_two_chunks_are_held(predictor: Predictor) -> None:
    read = 0

    def source() -> Iterator[str]:
        nonlocal read
        for _ in range(5 * LARGEST):
            read += 1
            yield "film"

    answers = predictor.stream(source())
    next(answers)
    assert read == 1
    ahead = 0
    for answered, _ in enumerate(answers, start=2):
        ahead = max(ahead, read - answered)
    assert answered == read == 5 * LARGEST
    assert ahead <= 2 * LARGEST


def test_an_item_that_is_no_text_is_named_by_its_place_after_the_answers_before_it(predictor: Predictor) -> None:
    answers = predictor.stream([*texts(700), 7, *texts(3)])
    answered = []
    with pytest.raises(DataError, match=r"item 700: Got 7; expected a string"):
        answered.extend(row["text"] for row in answers)
    assert answered == texts(700)[: len(answered)]
    assert len(answered) >= 1 + 8 + 64
    assert workers() == []


def test_a_source_that_fails_does_so_after_the_answers_before_it(predictor: Predictor) -> None:
    def source() -> Iterator[str]:
        yield from texts(20)
        raise OSError("the disk is gone")

    answered = []
    with pytest.raises(OSError, match="the disk is gone"):
        answered.extend(predictor.stream(source()))
    assert len(answered) >= 9
    assert workers() == []


def test_a_stream_that_is_left_takes_its_thread_along(predictor: Predictor) -> None:
    answers = predictor.stream(iter(texts(5000)))
    for _ in range(30):
        next(answers)
    assert workers() == ["tltk-tokenise_0"]
    answers.close()
    assert workers() == []


def test_a_consumer_that_fails_leaves_no_thread(predictor: Predictor) -> None:
    def consume() -> None:
        for row in predictor.stream(iter(texts(5000))):
            raise ValueError(row["text"])

    with pytest.raises(ValueError, match="film"):
        consume()
    assert workers() == []


def test_the_source_is_read_in_the_thread_of_the_caller(predictor: Predictor) -> None:
    """Cursors of databases, for one, may not be read in another."""
    seen = set()

    def source() -> Iterator[str]:
        for text in texts(200):
            seen.add(threading.current_thread())
            yield text

    list(predictor.stream(source()))
    assert seen == {threading.current_thread()}


def test_an_interruption_stops_it(predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    def raw(encoded: Encoded) -> np.ndarray:
        raise KeyboardInterrupt

    monkeypatch.setattr(predictor, "raw", raw)
    with pytest.raises(KeyboardInterrupt):
        list(predictor.stream(iter(texts(5000))))
    assert workers() == []


TABLES = [pd.DataFrame, pa.table]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_without_a_column_or_with_one_twice_is_refused(
    predictor: Predictor, table: Callable[..., Any], tiny_bert_folder
) -> None:
    with pytest.raises(DataError, match=r"no column 'text'; the columns are 'Text'.*Rename"):
        predictor.predict(table({"Text": ["a"]}))
    twice = (
        pa.table([pa.array(["a"])] * 2, names=["text", "text"])
        if table is pa.table
        else pd.DataFrame([["a", "b"]], columns=["text", "text"])
    )
    with pytest.raises(DataError, match=r"texts: Column 'text' is there twice\. Rename one"):
        predictor.predict(twice)


def test_columns_are_known_by_how_their_names_are_written(tiny_bert_folder) -> None:
    frame = pd.DataFrame({0: ["a film"], 1: ["the story"]})
    (found,) = make_predictor(tiny_bert_folder, "1", "0").predict(frame)
    assert found["text"] == ["the story", "a film"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.array("a film"), "Got ndarray for texts. Give a text, a list of texts"),
        (3, "Got int for texts. Give a text, a list of texts"),
        ({"text": ["a", "b"], "other": ["c", "d"]}, r"expected 2 strings \(text, other\).*as a table \(DataFrame\)"),
    ],
)
def test_what_is_neither_a_text_nor_many_is_refused(tiny_bert_folder, given: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        make_predictor(tiny_bert_folder, "text", "other").predict(given)


@pytest.mark.parametrize("table", [*TABLES, lambda columns: [{"tokens": item} for item in columns["tokens"]]])
def test_a_table_of_sentences_or_of_their_words_is_one_of_either(tiny_bert_folder, table: Callable[..., Any]) -> None:
    tokenizer = FileTokenizer(tiny_bert_folder, ("input_ids", "attention_mask", "token_type_ids"))
    predictor = Predictor(LengthEngine(), TokenClassification(), tokenizer, text_columns=("tokens",), max_length=64)

    def fields(items: list[Any]) -> list[Any]:
        given = predictor.items(table({"tokens": items}))
        return [predictor.fields(item, position) for position, item in enumerate(given)]

    assert fields(["New York wakes"]) == [(("New York wakes",), None)]
    words = [{"start": 0, "end": 3}, {"start": 4, "end": 8}]
    assert fields([["New", "York"]]) == [(("New York",), words)]
    if table is not pa.table:
        assert fields([np.array(["New", "York"], object)]) == [(("New York",), words)]
