"""Lines of text to predict, and the one that is broken."""

from __future__ import annotations

import gzip
import io
import json
import os
from typing import Any

import pytest

from tltk.errors import DataError, RecipeError
from tltk.prediction_chunks import arriving_lines
from tltk.prediction_input import chunks_of_lines, file_section, file_texts, is_tabular, line_texts
from tltk.recipe import DataSection
from tltk.tasks import QuestionAnswering, TextClassification, TokenClassification


def test_the_line_that_is_not_utf8_is_named() -> None:
    content = b"fine\n" * 5 + b"caf\xe9\n" + b"fine\n"
    lines = line_texts(io.TextIOWrapper(io.BytesIO(content), "utf-8", "surrogateescape"), where="standard input")
    assert [next(lines) for _ in range(5)] == ["fine"] * 5
    with pytest.raises(DataError, match="standard input:6: Got bytes that are not UTF-8"):
        next(lines)


def test_every_suffix_of_a_table_is_known(tmp_path) -> None:
    assert all(is_tabular(tmp_path / f"rows.{suffix}") for suffix in ("csv", "TSV", "jsonl.gz", "parquet", "pq"))
    assert not is_tabular(tmp_path / "rows.txt")


def test_what_differs_in_a_file_of_lines_is_heeded_or_refused(tmp_path) -> None:
    path = tmp_path / "rows.txt"
    path.write_bytes("café\nfilm\n".encode("latin-1"))
    assert list(file_texts(path, DataSection(), TextClassification(), {"encoding": "latin-1"})) == ["café", "film"]
    with pytest.raises(DataError, match="rows.txt: Got 'text' for a file that is read as one text a line"):
        next(file_texts(path, DataSection(), TextClassification(), {"text": "review"}))


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        (["a", 1], "Got 1 of type int as word 2"),
        (["a", None], "Got None of type NoneType as word 2"),
        ("['a', 'b']", "Python wrote"),
        ([3], "Got 3 of type int"),
    ],
)
def test_words_that_are_no_text_are_named_with_their_line(tmp_path, tokens, message) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps({"tokens": row}) + "\n" for row in (["fine"], tokens)))
    section = DataSection(text="tokens")
    with pytest.raises(DataError, match=rf"rows\.jsonl:2: .*{message}"):
        list(file_texts(path, section, TokenClassification(), {}))
    skipping = {"on_error": "skip"}
    assert list(file_texts(path, section, TokenClassification(), skipping)) == [["fine"]]


def test_words_are_lists_and_all_else_is_text(tmp_path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [["New", "York"], '["a", "b"]', '["quoted" start] he said [end]', "[1]", []]
    path.write_text("".join(json.dumps({"tokens": row}) + "\n" for row in rows))
    read = list(file_texts(path, DataSection(text="tokens"), TokenClassification(), {}))
    assert read == [["New", "York"], ["a", "b"], *rows[2:]]


def test_a_field_that_differs_is_checked_in_the_words_of_recipes(tmp_path) -> None:
    with pytest.raises(RecipeError, match="delimiter: Got 'abc'; expected a single character, or null"):
        file_section(tmp_path / "rows.csv", DataSection(), {"delimiter": "abc"})


def test_what_cannot_be_read_is_told_as_the_input(tmp_path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)

    class Stream(io.StringIO):
        def fileno(self) -> int:
            return folder

    try:
        with pytest.raises(DataError, match=r"standard input: It cannot be read \(Is a directory\)\. Pipe"):
            list(chunks_of_lines(arriving_lines(Stream()), where="standard input"))
    finally:
        os.close(folder)


def test_lines_are_objects_where_the_model_takes_several_texts() -> None:
    def read(*lines: str) -> list[list[Any]]:
        return list(chunks_of_lines([list(lines)], where="standard input", columns=("question", "context")))

    row = {"context": "Max opened it.", "question": "Who?", "id": 3}
    assert read(json.dumps(row) + "\n", "\n", json.dumps(row)) == [[("Who?", "Max opened it.")] * 2]
    for wrong in ("Who opened it?", '{"question": "Who?"}', '["Who?", "Max."]', '{"question": "Who?", "context": 3}'):
        with pytest.raises(DataError, match=r"^standard input:2: Got .*the columns question, context\.$"):
            read(json.dumps(row) + "\n", wrong)
    assert list(chunks_of_lines([['{"text": "a"}\n']], where="standard input")) == [['{"text": "a"}']]


def test_a_file_of_lines_is_refused_where_the_model_takes_several_texts(tmp_path) -> None:
    path = tmp_path / "rows.txt"
    path.write_text("Who opened it?\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"rows\.txt: .*takes 2 texts\. Give a csv .* question, context"):
        list(file_texts(path, DataSection(text=["question", "context"]), QuestionAnswering(), {}))


def test_a_file_of_words_and_tags_is_known_by_the_training_whatever_it_is_called(tmp_path) -> None:
    path = tmp_path / "test.txt"
    path.write_text("New B-LOC\nYork I-LOC\n\nIt O\nrains O\n", encoding="utf-8")
    section = DataSection(source="conll", text="words", label="tags", path="train.txt")
    assert list(file_texts(path, section, TokenClassification(), {})) == [["New", "York"], ["It", "rains"]]
    assert next(file_texts(path, DataSection(), TokenClassification(), {})) == "New B-LOC"


def test_no_row_is_left_out_of_what_is_predicted_though_it_was_of_the_training(tmp_path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "a"}\n{"text": null}\n{"text": "c"}\n', encoding="utf-8")
    skipping = DataSection(on_error="skip", path="train.jsonl")
    with pytest.raises(DataError, match=r"rows\.jsonl:2"):
        list(file_texts(path, skipping, TextClassification(), {}))
    assert list(file_texts(path, skipping, TextClassification(), {"on_error": "skip"})) == ["a", "c"]


def test_what_was_said_of_one_format_is_not_said_of_another(tmp_path) -> None:
    trained = DataSection(path="train.csv", delimiter=";", encoding="latin-1")
    lines, table = tmp_path / "rows.jsonl", tmp_path / "rows.csv.gz"
    lines.write_text('{"text": "café"}\n', encoding="utf-8")
    assert list(file_texts(lines, trained, TextClassification(), {})) == ["café"]
    table.write_bytes(gzip.compress("text;n\ncafé;1\n".encode("latin-1")))
    assert list(file_texts(table, trained, TextClassification(), {})) == ["café"]
    words = tmp_path / "rows.conll"
    words.write_text("New O\nYork O\n", encoding="utf-8")
    assert list(file_texts(words, trained, TokenClassification(), {})) == [["New", "York"]]


def test_json_is_squad_or_lines_whatever_the_training_rows_were(tmp_path) -> None:
    squad, lines = tmp_path / "dev.json", tmp_path / "rows.json"
    asked = {"id": "1", "question": "Who?", "answers": [{"text": "Ada", "answer_start": 7}]}
    squad.write_text(
        json.dumps({"version": "v2", "data": [{"paragraphs": [{"context": "It was Ada.", "qas": [asked]}]}]})
    )
    lines.write_text(json.dumps({"question": "Who?", "context": "It was Ada."}) + "\n")
    for section in (
        DataSection(text=["question", "context"], label="answers", path="train.csv"),
        DataSection(text=["question", "context"], label="answers", source="squad", path="train.json"),
    ):
        for path in (squad, lines):
            assert list(file_texts(path, section, QuestionAnswering(), {})) == [("Who?", "It was Ada.")]
