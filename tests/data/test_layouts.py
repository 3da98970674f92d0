"""Texts become rows as a Layout says: windows, texts apart, places; the same from memory and from the cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import transformers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tltk.data import Encoded, Layout, Ragged, TextEncoder, encode
from tltk.data.encoded import NO_TEXT
from tltk.errors import RecipeError

LONG = "a gripping , funny and deeply moving film with wonderful actors " * 4
TEXTS = ["short", LONG, "", "naïve café 北京 👩‍👩‍👧", LONG + "the end"]
QUESTIONS = ["who ?", "is it funny ?", "", "where", "what is the end ?"]


@pytest.fixture(scope="module")
def bert(tiny_bert_folder: Path) -> Any:
    return transformers.AutoTokenizer.from_pretrained(tiny_bert_folder)


def rows_of(encoded: Encoded) -> list[tuple[int, list[int]]]:
    return [(int(example), encoded.ids(row).tolist()) for row, example in enumerate(encoded.rows)]


def test_windows_are_those_of_the_tokenizer(bert: Any) -> None:
    encoder = TextEncoder(bert, texts=2, max_length=24, layout=Layout(stride=5, places=True))
    encoded = encoder.encode(list(zip(QUESTIONS, TEXTS, strict=True)))
    theirs = bert(
        QUESTIONS,
        TEXTS,
        max_length=24,
        truncation="only_second",
        stride=5,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
    )
    assert rows_of(encoded) == list(zip(theirs["overflow_to_sample_mapping"], theirs["input_ids"], strict=True))
    for row, offsets in enumerate(theirs["offset_mapping"]):
        assert list(zip(encoded.place("starts", row), encoded.place("ends", row), strict=True)) == offsets
        numbers = [NO_TEXT if number is None else number for number in theirs.sequence_ids(row)]
        assert encoded.place("texts", row).tolist() == numbers
    assert encoded.example_count == len(TEXTS)
    assert encoded.truncated == 0


def test_texts_apart_are_each_a_row(bert: Any) -> None:
    encoder = TextEncoder(bert, texts=3, max_length=24, layout=Layout(apart=True))
    triplets = list(zip(TEXTS, QUESTIONS, reversed(TEXTS), strict=True))
    encoded = encoder.encode(triplets)
    flat = [text for triplet in triplets for text in triplet]
    expected = bert(flat, max_length=24, truncation=True)["input_ids"]
    assert rows_of(encoded) == [(row // 3, ids) for row, ids in enumerate(expected)]
    assert (encoded.group, encoded.example_count) == (3, len(TEXTS))
    assert encoded.truncated == sum(len(bert(text)["input_ids"]) > 24 for text in flat)


@pytest.mark.parametrize(
    "layout", [Layout(), Layout(stride="auto", places=True), Layout(apart=True), Layout(places=True)]
)
def test_the_cache_gives_what_memory_gives(bert: Any, layout: Layout, tmp_path: Path) -> None:
    table = pa.table({"question": QUESTIONS, "text": TEXTS})
    given = {"text_columns": ("question", "text"), "max_length": 24, "layout": layout}
    whole = encode(table, bert, **given)
    for _ in range(2):  # made, and found again
        cached = encode(table, bert, **given, cache=tmp_path, fingerprint="f", progress=False)
        assert rows_of(cached) == rows_of(whole)
        assert (cached.group, cached.stride) == (whole.group, whole.stride)
        assert set(cached.places) == set(whole.places)
        for name, column in whole.places.items():
            np.testing.assert_array_equal(cached.places[name].values, column.values)
    other = encode(table, bert, **{**given, "max_length": 20}, cache=tmp_path, fingerprint="f", progress=False)
    assert rows_of(other) != rows_of(whole)


def test_a_stride_as_long_as_the_window_is_refused(bert: Any) -> None:
    with pytest.raises(RecipeError, match=r"task\.options\.stride: Got a stride of 22 for windows of 22 tokens"):
        TextEncoder(bert, texts=1, max_length=24, layout=Layout(stride=22))


@pytest.mark.parametrize(("max_length", "shared"), [(3, 0), (4, 1), (8, 2), (24, 8)])
def test_windows_share_a_third_of_their_length_where_nobody_says_otherwise(
    bert: Any, max_length: int, shared: int
) -> None:
    text = " ".join(["film"] * 50)
    table = pa.table({"text": [text]})
    encoder = TextEncoder(bert, texts=1, max_length=max_length, layout=Layout(stride="auto", places=True))
    (chunk,) = encoder.chunks(table, ["text"])
    tokens = chunk.lengths.sum() - 2 * len(chunk.lengths)  # each window has [CLS] and [SEP]
    assert tokens - 50 == shared * (len(chunk.lengths) - 1)
    assert encoder.stride == encoder.encode([text]).take([0]).stride == shared


@st.composite
def windowed(draw: st.DrawFn) -> tuple[Encoded, list[list[list[int]]]]:
    """Return examples of 1 to 3 rows each, encoded and as lists."""
    rows = st.lists(st.integers(1, 9), min_size=1, max_size=4)
    examples = draw(st.lists(st.lists(rows, min_size=1, max_size=3), min_size=1, max_size=12))
    flat = [row for example in examples for row in example]
    numbers = np.repeat(np.arange(len(examples)), [len(example) for example in examples])
    encoded = Encoded.from_ids(flat).with_targets(labels=Ragged.from_rows(flat))
    return Encoded(encoded.ragged, encoded.lengths, aligned=encoded.aligned, examples=numbers), examples


@given(windowed(), st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_taking_examples_takes_all_their_rows_in_order(
    made: tuple[Encoded, list[list[list[int]]]], data: st.DataObject
) -> None:
    encoded, examples = made
    chosen = data.draw(st.lists(st.integers(0, len(examples) - 1), max_size=15))
    taken = encoded.take_examples(np.array(chosen, np.int64))
    expected = [(number, row) for number, example in enumerate(chosen) for row in examples[example]]
    assert rows_of(taken) == expected
    assert [taken.aligned["labels"][row].tolist() for row in range(len(taken))] == [row for _, row in expected]
    again = taken.take_examples(np.arange(len(chosen))[::-1])
    assert [row for _, row in rows_of(again)] == [row for example in reversed(chosen) for row in examples[example]]


def test_aligned_targets_are_padded_where_there_is_no_token() -> None:
    tags = Ragged.from_rows([[1, 2, 3], [4]], pad=-1)
    encoded = Encoded.from_ids([[7, 8, 9], [7]]).with_targets(labels=tags)
    assert encoded.gather_targets("labels", np.array([1, -1, 0]), 4).tolist() == [
        [4, -1, -1, -1],
        [-1, -1, -1, -1],
        [1, 2, 3, -1],
    ]


def test_aligned_targets_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="lengths of column 'labels'"):
        Encoded.from_ids([[7, 8, 9]]).with_targets(labels=Ragged.from_rows([[1, 2]]))
