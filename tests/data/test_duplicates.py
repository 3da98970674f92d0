"""Texts that stand in two splits."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tltk.data import Dataset, read
from tltk.errors import DataError
from tltk.recipe import DataSection

DATA = {
    "train": (["A  good film", "a bad film", "unique", "fine"], [1, 0, 0, 1]),
    "validation": (["a BAD film ", "new", "fine"], [0, 1, 1]),
    "test": (["a good film", "other", "fine"], [1, 0, 1]),
}


def read_splits(tmp_path: Path, duplicates: str, data: object = DATA) -> Dataset:
    return read(DataSection(split={"duplicates": duplicates}), memory=data, cache=tmp_path / "cache")


def test_they_are_counted_whatever_their_case_and_white_space(tmp_path: Path) -> None:
    dataset = read_splits(tmp_path, "warn")
    report = dataset.report.duplicates
    assert report.counts == {"validation in test": 1, "train in validation": 2, "train in test": 2}
    assert {"a bad film", "A  good film"} <= {example["text"] for example in report.examples}
    assert dataset.report.rows == {"train": 4, "validation": 3, "test": 3}
    assert "2 train in test" in dataset.report.warnings[0]


def test_drop_takes_them_out_of_the_earlier_split(tmp_path: Path) -> None:
    dataset = read_splits(tmp_path, "drop", DATA | {"train": (["x", *DATA["train"][0]], [1, *DATA["train"][1]])})
    assert dataset["train"].texts() == ["x", "unique"]
    assert dataset["validation"].texts() == ["a BAD film ", "new"]
    assert dataset["test"].texts() == DATA["test"][0]
    assert dataset.report.duplicates.dropped == {"validation": 1, "train": 3}


def test_error_names_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"validation data in memory, row 2: Rows stand in two splits: 1 validation in"):
        read_splits(tmp_path, "error")


def test_allow_does_not_look(tmp_path: Path) -> None:
    assert read_splits(tmp_path, "allow").report.duplicates.counts == {}


def test_pairs_are_compared_whole(tmp_path: Path) -> None:
    data = {
        "train": {"a": ["x", "x", "y"], "b": ["1", "2", "1"], "label": [0, 1, 0]},
        "validation": {"a": ["x", "z"], "b": ["2", "1"], "label": [0, 1]},
    }
    section = DataSection(text=("a", "b"), split={"test": None})
    report = read(section, memory=data, cache=tmp_path / "cache").report
    assert report.duplicates.counts == {"train in validation": 1}
    assert report.duplicates.examples[0]["text"] == "x | 2"


few_texts = st.lists(st.sampled_from(["a", "A", "b", " b", "c", "d", "e"]), min_size=1, max_size=12)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(train=few_texts, validation=few_texts, test=few_texts)
def test_counts_are_those_of_python_sets(
    tmp_path: Path, train: list[str], validation: list[str], test: list[str]
) -> None:
    texts = {"train": ["one", "two", *train], "validation": validation, "test": test}
    data = {name: (part, [str(number % 2) for number in range(len(part))]) for name, part in texts.items()}
    found = read_splits(tmp_path, "warn", data).report.duplicates.counts
    plain = {name: [text.casefold().strip() for text in part] for name, part in texts.items()}
    expected = {
        f"{one} in {other}": sum(text in set(plain[other]) for text in plain[one])
        for one, other in (("train", "validation"), ("train", "test"), ("validation", "test"))
    }
    assert found == {pair: count for pair, count in expected.items() if count}
