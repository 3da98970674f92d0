"""Readers of the quality benchmark's rows."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quality.jobs.trec_qc import read_questions
from benchmarks.quality.jobs.weibo_ner import character
from benchmarks.quality.rows.pairs import ScoredPair, read_csv
from benchmarks.quality.rows.questions import read_squad
from benchmarks.quality.rows.texts import LabelledText, read_tsv
from benchmarks.quality.rows.words import TaggedWords, read_columns
from benchmarks.quality.splits import Splits, hold_out

WORDS = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]), min_size=1).filter(
    lambda word: word != "-DOCSTART-"
)


def write(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


def test_quotes_in_a_tab_separated_file_are_characters_and_a_byte_order_mark_is_not(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", '\ufefflabel\tfirst\tsecond\r\n1\t"Yes, he said.\tHe said "yes".\r\n0\ta\tb\n')
    assert read_tsv(path, ["first", "second"], "label") == [
        LabelledText(('"Yes, he said.', 'He said "yes".'), "1"),
        LabelledText(("a", "b"), "0"),
    ]


def test_a_line_with_a_field_too_few_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", "text\tlabel\na\t1\nb\n")
    with pytest.raises(ValueError, match=r"a\.tsv:3: 1 fields"):
        read_tsv(path, ["text"], "label")


@given(st.lists(st.lists(st.tuples(WORDS, st.sampled_from(["O", "B-X", "I-X"])), min_size=1), max_size=5))
def test_tagged_words_come_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[list[tuple[str, str]]]
) -> None:
    lines = ["".join(f"{word}\t{tag}\tignored\n" for word, tag in sentence) for sentence in sentences]
    path = write(tmp_path_factory.mktemp("words") / "a.txt", "\n".join(lines))
    wanted = [TaggedWords(*zip(*sentence, strict=True)) for sentence in sentences]
    assert read_columns(path, "\t") == wanted


def test_the_beginning_of_a_document_is_no_sentence(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "-DOCSTART- O 0\n\nEU B-ORG 0\nsays O 0\n\n\nNo O 1")
    assert read_columns(path, " ") == [TaggedWords(("EU", "says"), ("B-ORG", "O")), TaggedWords(("No",), ("O",))]


def test_a_word_without_a_tag_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"a\.txt:2: no tag in 'says'"):
        read_columns(write(tmp_path / "a.txt", "EU B-ORG\nsays\n"), " ")


@pytest.mark.parametrize(("column", "wanted"), [("科0", "科"), ("310", "3"), ("e12", "e"), ("00", "0")])
def test_the_place_in_its_word_is_no_part_of_a_character(column: str, wanted: str) -> None:
    assert character(column) == wanted


def test_test_questions_lose_their_fine_class(tmp_path: Path) -> None:
    train = write(tmp_path / "train.txt", "DESC:what is a caf\xe9 : a bar ?\n\n", "latin-1")
    test = write(tmp_path / "test.txt", "NUM:dist How far is it ?\n", "latin-1")
    assert read_questions(train) == [LabelledText(("what is a café : a bar ?",), "DESC")]
    assert read_questions(test, fine=True) == [LabelledText(("How far is it ?",), "NUM")]


@pytest.mark.parametrize(("line", "fine"), [("what is this ?", False), ("NUM:dist", True)])
def test_a_question_without_a_class_is_named(tmp_path: Path, line: str, fine: bool) -> None:
    with pytest.raises(ValueError, match=r"a\.txt:2: wanted COARSE:question"):
        read_questions(write(tmp_path / "a.txt", f"\n{line}\n", "latin-1"), fine=fine)


def test_pairs_come_back_as_the_csv_module_writes_them(tmp_path: Path) -> None:
    pairs = [ScoredPair('A "man", eating', "A man\neats.", 4.25), ScoredPair("a", "b", 0.0)]
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([pair.first, pair.second, pair.score] for pair in pairs)
    assert read_csv(tmp_path / "a.csv") == pairs


@pytest.mark.parametrize("line", ["a,b", "a,b,5.5", "a,b,-1"])
def test_a_pair_without_a_score_of_0_to_5_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(ValueError, match=r"a\.csv:1: wanted two sentences"):
        read_csv(write(tmp_path / "a.csv", line))


def squad(path: Path, start: int) -> Path:
    answers = [{"text": "Rome", "answer_start": start}, {"text": "in Rome", "answer_start": 7}]
    paragraph = {"context": "He was in Rome.", "qas": [{"id": "q", "question": "Where?", "answers": answers}]}
    return write(path, json.dumps({"data": [{"paragraphs": []}, {"paragraphs": [paragraph]}]}))


def test_questions_have_all_their_answers_and_the_number_of_their_article(tmp_path: Path) -> None:
    (row,) = read_squad(squad(tmp_path / "a.json", 10))
    assert (row.key, row.answers, row.starts, row.article) == ("q", ("Rome", "in Rome"), (10, 7), 1)


def test_an_answer_that_is_not_in_its_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="question q: 'Rome' is not at 9"):
        read_squad(squad(tmp_path / "a.json", 9))


def test_what_is_held_out_comes_back_for_the_figures() -> None:
    rows = [(number, number // 4) for number in range(40)]
    splits = hold_out(rows, ["test"], share=0.2, group=lambda row: row[1])
    assert len(splits.validation) == 8
    assert not {group for _, group in splits.train} & {group for _, group in splits.validation}
    assert sorted(splits.final) == rows
    assert splits == hold_out(rows, ["test"], share=0.2, group=lambda row: row[1])


def test_equal_rows_are_held_out_one_by_one() -> None:
    splits = hold_out([LabelledText((text,), "1") for text in ["same"] * 20], [])
    assert (len(splits.train), len(splits.validation)) == (18, 2)


def test_validation_rows_of_the_source_are_not_trained_on() -> None:
    assert Splits(["a"], ["b"], ["c"]).final == ["a"]
