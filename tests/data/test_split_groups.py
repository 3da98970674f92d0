"""Rows that stay together when splits are drawn, by a text column or by another one."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.questions import write_squad
from tltk.data import AnswersKind, Dataset, LabelSetKind, read
from tltk.errors import DataError
from tltk.recipe import DataSection

ROWS = {
    "text": [f"text {row}" for row in range(60)],
    "label": ["a", "b", "b"] * 20,
    "author": [row % 12 for row in range(60)],
}


def load(cache: Path, memory: Any = None, **fields: Any) -> Dataset:
    split = {"validation": 0.2, "test": 0.2, "group": "author", **fields.pop("split", {})}
    return read(DataSection(**fields, split=split), memory=memory, cache=cache)


def authors(dataset: Dataset) -> list[set[int]]:
    found = [{int(text.split()[1]) % 12 for text in rows.texts()} for rows in dataset.splits.values()]
    assert sum(len(rows) for rows in dataset.splits.values()) == 60
    return found


@pytest.mark.parametrize("form", ["dict", "list", "pandas", "csv", "parquet"])
def test_an_author_stands_in_one_split(tmp_path: Path, form: str) -> None:
    frame = pd.DataFrame(ROWS)
    memory: Any = {"dict": ROWS, "list": frame.to_dict("records"), "pandas": frame}.get(form)
    fields = {} if memory is not None else {"path": str(tmp_path / f"rows.{form}")}
    if form == "csv":
        with Path(fields["path"]).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([tuple(ROWS), *zip(*ROWS.values(), strict=True)])
    elif form == "parquet":
        frame.to_parquet(fields["path"])
    found = authors(load(tmp_path, memory, **fields))
    assert [len(part) for part in found] == [8, 2, 2]
    assert len(set().union(*found)) == 12


def test_questions_of_a_context_or_article_stay_together(tmp_path: Path) -> None:
    path = write_squad(tmp_path / "q.json", 20)
    for group in ("context", "title"):
        section = DataSection(
            source="squad",
            path=str(path),
            text=("question", "context"),
            label="answers",
            split={"validation": 0.2, "test": 0.2, "group": group},
        )
        dataset = read(section, cache=tmp_path, kind=AnswersKind())
        contexts = [{context for _, context in rows.texts()} for rows in dataset.splits.values()]
        assert [len(part) for part in contexts] == [12, 4, 4]
        assert len(set().union(*contexts)) == 20


def read_questions(tmp_path: Path, articles: int) -> Dataset:
    path = write_squad(tmp_path / "q.json", articles)
    section = DataSection(source="squad", path=str(path), text=("question", "context"), label="answers")
    return read(section, cache=tmp_path, kind=AnswersKind())


def test_questions_of_a_context_stay_together_unasked(tmp_path: Path) -> None:
    dataset = read_questions(tmp_path, 8)
    contexts = [{context for _, context in rows.texts()} for rows in dataset.splits.values()]
    assert [len(part) for part in contexts] == [6, 1, 1]
    assert len(set().union(*contexts)) == 8
    assert not dataset.report.warnings


def test_contexts_that_are_too_few_are_divided_and_told(tmp_path: Path) -> None:
    dataset = read_questions(tmp_path, 2)
    assert [len(rows) for rows in dataset.splits.values()] == [2, 1, 1]
    assert "test: 1 of 1 values of 'context' stand in other splits too" in " ".join(dataset.report.warnings)


def test_a_label_that_a_drawn_split_lacks_is_told(tmp_path: Path) -> None:
    rows = {"text": [f"text {row}" for row in range(30)], "label": ["rare", *["often"] * 29]}
    dataset = read(DataSection(), memory=rows, cache=tmp_path, kind=LabelSetKind())
    lacking = "no row has the label 'rare', so that nothing is measured of it there."
    assert [f"{name}: {lacking}" in dataset.report.warnings for name in ("validation", "test")] == [True, True]


def test_the_column_decides_the_split(tmp_path: Path) -> None:
    other = {**ROWS, "author": [row // 5 for row in range(60)]}
    first, second = load(tmp_path, ROWS), load(tmp_path, other)
    assert first["test"].texts() != second["test"].texts()


def test_a_row_without_a_group_is_broken(tmp_path: Path) -> None:
    rows = {**ROWS, "author": [None, *ROWS["author"][1:]]}
    with pytest.raises(DataError, match=r"row 0.*'author', which keeps rows together.*None"):
        load(tmp_path, rows)
    assert sum(map(len, load(tmp_path, rows, on_error="skip").splits.values())) == 59


def test_a_column_that_is_not_there_or_tells_nothing_apart_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no column 'writer'"):
        load(tmp_path, ROWS, split={"group": "writer"})
    with pytest.raises(DataError, match=r"data\.split\.group.*2 different value"):
        load(tmp_path, {**ROWS, "author": ["x", "y"] * 30})


def test_given_splits_need_no_such_column(tmp_path: Path) -> None:
    held = {name: ROWS[name][:3] for name in ("text", "label")}
    dataset = load(tmp_path, {"train": ROWS, "validation": held, "test": held}, split={"duplicates": "allow"})
    assert len(dataset["train"]) == 60
