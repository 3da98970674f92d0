"""Tags of words, however they come: lists, JSON, text, class numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tltk.data import Rows, TagsKind, WordsKind, read
from tltk.errors import DataError
from tltk.recipe import DataSection

WORDS = [["New", "York", "wakes"], ["É", "🎬 x"], []]
TAGS = [["B-LOC", "I-LOC", "O"], ["O", "B-X"], []]


def rows_of(tmp_path: Path, kind: TagsKind | None = None, memory: Any = None, **section: Any) -> Rows:
    whole = {"validation": None, "test": None}
    given_section = DataSection(**{"split": whole, "text": "words", "label": "tags", **section})
    return read(given_section, memory=memory, cache=tmp_path / "cache", kind=kind or TagsKind())["train"]


def words_and_tags(rows: Rows) -> list[tuple[list[str], list[str]]]:
    return [
        ([text[mark["start"] : mark["end"]] for mark in marks], [mark["label"] for mark in marks])
        for text, marks in zip(rows.texts(), rows.labels(), strict=True)
    ]


EXPECTED = list(zip(WORDS, TAGS, strict=True))


def test_lists_in_memory(tmp_path: Path) -> None:
    assert words_and_tags(rows_of(tmp_path, memory={"words": WORDS, "tags": TAGS})) == EXPECTED


def test_lists_in_parquet_and_arrow(tmp_path: Path) -> None:
    table = pa.table({"words": WORDS, "tags": TAGS})
    pq.write_table(table, tmp_path / "rows.parquet")
    assert words_and_tags(rows_of(tmp_path, path=str(tmp_path / "rows.parquet"))) == EXPECTED
    assert words_and_tags(rows_of(tmp_path, memory=table)) == EXPECTED


def test_lists_in_json_lines_and_json_in_csv(tmp_path: Path) -> None:
    lines = [json.dumps({"words": words, "tags": tags}) for words, tags in EXPECTED]
    (tmp_path / "rows.jsonl").write_text("\n".join(lines), "utf-8")
    assert words_and_tags(rows_of(tmp_path, path=str(tmp_path / "rows.jsonl"))) == EXPECTED
    quoted = (",".join('"' + json.dumps(part).replace('"', '""') + '"' for part in row) for row in EXPECTED[:2])
    (tmp_path / "rows.csv").write_text("\n".join(["words,tags", *quoted]), "utf-8")
    assert words_and_tags(rows_of(tmp_path, path=str(tmp_path / "rows.csv"))) == EXPECTED[:2]


def test_lists_of_pandas_are_read_from_parquet_and_from_memory(tmp_path: Path) -> None:
    pq.write_table(pa.table({"words": WORDS, "tags": TAGS}), tmp_path / "rows.parquet")
    frame = pd.read_parquet(tmp_path / "rows.parquet")
    assert words_and_tags(rows_of(tmp_path, memory=frame)) == EXPECTED


def test_lists_without_a_quote_are_lists_too(tmp_path: Path) -> None:
    (tmp_path / "rows.tsv").write_text('words\ttags\nNew York\t[3, 0]\n[]\t[]\n["a"]\t[1]\n[1]\tO\n', "utf-8")
    assert words_and_tags(rows_of(tmp_path, path=str(tmp_path / "rows.tsv"))) == [
        (["New", "York"], ["3", "0"]),
        ([], []),
        (["a"], ["1"]),
        (["[1]"], ["O"]),
    ]


@pytest.mark.parametrize(
    ("words", "tags", "message"),
    [
        ("['New', 'York']", '["B-LOC", "I-LOC"]', "Column 'words': Got .*Python wrote.*double quotes"),
        ("['New' 'York']", '["B-LOC", "I-LOC"]', "Column 'words': Got .*Python wrote"),
        ("New York", "['B-LOC', 'I-LOC']", "Column 'tags': Got .*Python wrote.*double quotes"),
        ("New York", "['B-LOC' 'I-LOC']", "Column 'tags': Got .*Python wrote"),
        ("New York", "[B-LOC, I-LOC]", "Column 'tags': Got .*not a JSON list; write JSON"),
        ("New York", "[3 4]", "Column 'tags': Got .*not a JSON list; write JSON"),
    ],
)
def test_lists_as_python_writes_them_are_refused(tmp_path: Path, words: str, tags: str, message: str) -> None:
    pd.DataFrame({"words": [words], "tags": [tags]}).to_csv(tmp_path / "rows.csv", index=False)
    with pytest.raises(DataError, match=rf"rows\.csv:2: {message}"):
        rows_of(tmp_path, path=str(tmp_path / "rows.csv"))


@pytest.mark.parametrize("text", ['["quoted" start] he said [end]', "[1]", "[sic]", "[ a ]", "[it's]"])
def test_text_in_brackets_is_text(tmp_path: Path, text: str) -> None:
    rows = rows_of(tmp_path, memory={"words": [text], "tags": [["O"] * len(text.split())]})
    assert rows.texts() == [text]
    assert WordsKind().read(text) == text


def test_text_at_white_space(tmp_path: Path) -> None:
    (tmp_path / "rows.tsv").write_text("words\ttags\nNew York wakes\tB-LOC I-LOC O\n[ x ]\tO O B-X\n", "utf-8")
    assert words_and_tags(rows_of(tmp_path, path=str(tmp_path / "rows.tsv"))) == [
        EXPECTED[0],
        (["[", "x", "]"], ["O", "O", "B-X"]),
    ]


def test_classes_of_a_dataset_on_disk_get_their_names(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    names = ["O", "B-LOC", "I-LOC", "B-X"]
    features = datasets.Features(
        {
            "words": datasets.Sequence(datasets.Value("string")),
            "tags": datasets.Sequence(datasets.ClassLabel(names=names)),
        }
    )
    numbers = [[names.index(tag) for tag in tags] for tags in TAGS]
    datasets.Dataset.from_dict({"words": WORDS, "tags": numbers}, features).save_to_disk(str(tmp_path / "disk"))
    assert words_and_tags(rows_of(tmp_path, path=str(tmp_path / "disk"))) == EXPECTED


def test_classes_of_a_tensorflow_dataset_get_their_names(tmp_path: Path) -> None:
    tfds = pytest.importorskip("tensorflow_datasets")
    tfds.disable_progress_bar()
    tag = tfds.features.ClassLabel(names=["O", "B-LOC", "I-LOC", "B-X"])
    features = {"words": tfds.features.Sequence(tfds.features.Text()), "tags": tfds.features.Sequence(tag)}
    rows = [(number, {"words": words, "tags": tags}) for number, (words, tags) in enumerate(EXPECTED)]
    tfds.dataset_builders.store_as_tfds_dataset(
        name="words",
        version="1.0.0",
        features=tfds.features.FeaturesDict(features),
        split_datasets={"train": rows},
        data_dir=tmp_path / "tfds",
        disable_shuffling=True,
    )
    rows_read = rows_of(tmp_path, source="tfds", name="words:1.0.0", data_dir=str(tmp_path / "tfds"))
    assert words_and_tags(rows_read) == EXPECTED


def test_new_names_are_those_of_tags(tmp_path: Path) -> None:
    memory = {"words": WORDS, "tags": [[1, 2, 0], [0, 1], []]}
    names = {"0": "O", "1": "B-X", "2": "I-X"}
    section = DataSection(label_names=names)
    assert [tags for _, tags in words_and_tags(rows_of(tmp_path, TagsKind.of(section), memory))] == [
        ["B-X", "I-X", "O"],
        ["O", "B-X"],
        [],
    ]


@pytest.mark.parametrize(
    ("words", "tags", "message"),
    [
        (["a", "b"], ["O"], "Got 1 tags for 2 words"),
        (["a", 3], ["O", "O"], r"expected text"),
        (["a"], None, "missing"),
        (["a"], [None], "missing"),
        (["a"], ["B-"], "names no type"),
        (["a"], '["B-X",]', "not a JSON list"),
        (["a"], 7, "expected a list of tags"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_row(tmp_path: Path, words: Any, tags: Any, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        rows_of(tmp_path, memory=[{"words": ["x"], "tags": ["O"]}, {"words": words, "tags": tags}])
    assert "row 1" in str(caught.value)


@given(st.lists(st.text(max_size=4), max_size=6), st.sampled_from(["", " "]))
def test_places_cut_the_words_out_of_the_text(words: list[str], joiner: str) -> None:
    kind = TagsKind(joiner=joiner)
    (text,), marks = kind.clean([words], [["O"] * len(words)])
    assert text == joiner.join(words)
    assert [text[start:end] for start, end, _ in marks] == words
