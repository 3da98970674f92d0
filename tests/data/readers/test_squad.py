"""Files of SQuAD's layout: every question once, and what is wrong named by its path in the file."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.questions import make_squad, write_squad
from tltk.data import AnswersKind, Dataset, read
from tltk.errors import DataError
from tltk.recipe import DataSection


def load(path: Path, cache: Path, **fields: Any) -> Dataset:
    given = {"source": "squad", "path": str(path), "text": ["question", "context"], "label": "answers"}
    section = DataSection(**{**given, "split": {"validation": None, "test": None}, **fields})
    return read(section, cache=cache, kind=AnswersKind())


def write(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize("unanswerable", [0.0, 0.5])
def test_every_question_is_a_row(tmp_path: Path, unanswerable: float) -> None:
    document = make_squad(6, unanswerable=unanswerable)
    rows = load(write(tmp_path / "q.json", document), tmp_path)["train"]
    paragraphs = [paragraph for article in document["data"] for paragraph in article["paragraphs"]]
    asked = [(question, paragraph) for paragraph in paragraphs for question in paragraph["qas"]]
    assert rows.texts() == [(question["question"], paragraph["context"]) for question, paragraph in asked]
    for answers, (question, paragraph) in zip(rows.labels(), asked, strict=True):
        assert [answer["text"] for answer in answers] == [answer["text"] for answer in question["answers"]]
        assert all(paragraph["context"].startswith(answer["text"], answer["start"]) for answer in answers)


def test_plausible_answers_are_not_read(tmp_path: Path) -> None:
    document = make_squad(2)
    asked = document["data"][0]["paragraphs"][0]["qas"][0]
    asked |= {"is_impossible": True, "plausible_answers": asked["answers"], "answers": []}
    assert load(write(tmp_path / "q.json", document), tmp_path)["train"].labels()[0] == []


def test_gzip_and_folders_are_read_as_every_file_is(tmp_path: Path) -> None:
    content = write_squad(tmp_path / "q.json", 3).read_bytes()
    (tmp_path / "z.json.gz").write_bytes(gzip.compress(content))
    plain, packed = (load(tmp_path / name, tmp_path)["train"] for name in ("q.json", "z.json.gz"))
    assert packed.texts() == plain.texts()


def change(document: dict, what: str) -> None:
    paragraph = document["data"][1]["paragraphs"][0]
    asked = paragraph["qas"][1]
    match what:
        case "no context":
            del paragraph["context"]
        case "no answers":
            del asked["answers"]
        case "no question":
            del asked["question"]
        case "no start":
            del asked["answers"][0]["answer_start"]
        case "elsewhere":
            asked["answers"][0]["text"] = "nowhere"
        case "impossible":
            asked["is_impossible"] = True
        case "paragraphs":
            document["data"][1]["paragraphs"] = "text"
        case "article":
            document["data"][1] = 7


@pytest.mark.parametrize(
    ("what", "where", "message", "left"),
    [
        ("no context", r"data\[1\]\.paragraphs\[0\]", "no key 'context'", 4),
        ("no answers", r"data\[1\]\.paragraphs\[0\]\.qas\[1\] \(id 'q1-1'\)", "no key 'answers'", 5),
        ("no question", r"data\[1\]\.paragraphs\[0\]\.qas\[1\] \(id 'q1-1'\)", "no key 'question'", 5),
        ("no start", r"data\[1\]\.paragraphs\[0\]\.qas\[1\] \(id 'q1-1'\)", "no answer_start", 5),
        ("elsewhere", r"data\[1\]\.paragraphs\[0\]\.qas\[1\] \(id 'q1-1'\)", "not in the context", 5),
        ("impossible", r"data\[1\]\.paragraphs\[0\]\.qas\[1\] \(id 'q1-1'\)", "is_impossible: true and 1 answers", 5),
        ("paragraphs", r"data\[1\]", "expected a list", 4),
        ("article", r"data\[1\]", "expected an object", 4),
    ],
)
def test_what_is_wrong_is_named_by_its_path_or_skipped(
    tmp_path: Path, what: str, where: str, message: str, left: int
) -> None:
    document = make_squad(3)
    change(document, what)
    path = write(tmp_path / "q.json", document)
    with pytest.raises(DataError, match=rf"q\.json, {where}: .*{message}"):
        load(path, tmp_path)
    dataset = load(path, tmp_path, on_error="skip")
    assert len(dataset["train"]) == left
    assert dataset.report.sources["train"].skipped == 1


def test_a_wrong_start_is_mended_and_told(tmp_path: Path) -> None:
    document = make_squad(3)
    asked = document["data"][0]["paragraphs"][0]["qas"][0]
    right = asked["answers"][0]["answer_start"]
    asked["answers"][0]["answer_start"] -= 2
    path = write(tmp_path / "q.json", document)
    for _ in range(2):  # read, and found in the cache
        dataset = load(path, tmp_path)
        assert dataset["train"].labels()[0][0]["start"] == right
        (warning,) = (line for line in dataset.report.warnings if "answer_start moved" in line)
        assert "in 1 row(s)" in warning
        assert "data[0].paragraphs[0].qas[0] (id 'q0-0')" in warning


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        (f'{{"data": [{"9" * 5000}]}}', r"q\.json: The file has a number that cannot be read .*4300"),
        ('{"data": [', r"q\.json:1.*not JSON"),
        ('{"question": "a"}\n{"question": "b"}\n', r"q\.json:2.*data\.source: jsonl"),
        ("[1]", "no object"),
        ('{"rows": []}', "'rows'.*list 'data'"),
    ],
)
def test_another_layout_is_told(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "q.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=f"(?s){message}"):
        load(tmp_path / "q.json", tmp_path)


def test_columns_it_does_not_have_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no column 'label'.*'answers'"):
        load(write_squad(tmp_path / "q.json"), tmp_path, label="label")


@pytest.mark.parametrize("indent", [None, 1])
def test_json_lines_point_to_this_reader(tmp_path: Path, indent: int | None) -> None:
    path = tmp_path / "q.json"
    path.write_text(json.dumps(make_squad(2), indent=indent), encoding="utf-8")
    with pytest.raises(DataError, match="data.source: squad"):
        load(path, tmp_path, source="auto")


def test_flat_rows_of_other_readers_are_the_same(tmp_path: Path) -> None:
    squad = load(write_squad(tmp_path / "q.json", 4, unanswerable=0.5), tmp_path)["train"]
    lines = [
        {
            "question": question,
            "context": context,
            "answers": {"text": [one["text"] for one in given], "answer_start": [one["start"] for one in given]},
        }
        for (question, context), given in zip(squad.texts(), squad.labels(), strict=True)
    ]
    (tmp_path / "q.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(lines), tmp_path / "q.parquet")
    for name in ("q.jsonl", "q.parquet"):
        flat = load(tmp_path / name, tmp_path, source="auto")["train"]
        assert (flat.texts(), flat.labels()) == (squad.texts(), squad.labels())
