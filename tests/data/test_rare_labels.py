"""Labels of a few rows: a split that tltk draws leaves one of each to training; a user's own split is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tltk.data import Dataset, LabelKind, LabelSetKind, SpansKind, TagsKind, read
from tltk.errors import DataError
from tltk.recipe import DataSection


def read_memory(tmp_path: Path, data: Any, kind: LabelKind | None = None, seed: int = 0, **given: Any) -> Dataset:
    options = {name: given.pop(name) for name in ("labels", "training") if name in given}
    section = DataSection(**given)
    return read(section, memory=data, cache=tmp_path / "cache", kind=kind, seed=seed, **options)


def rare_sets(rows: int = 100, rare: int = 10) -> dict[str, list[Any]]:
    labels = [["often"] if number % 2 else [] for number in range(rows)]
    for number in range(rare):
        labels[number * (rows // rare)] = [f"rare{number}"]
    return {"text": [f"text {number}" for number in range(rows)], "label": labels}


def texts_of(dataset: Dataset) -> list[str]:
    return sorted(text for rows in dataset.splits.values() for text in rows.texts())


@pytest.mark.parametrize("seed", range(6))
def test_labels_of_one_row_each_stay_in_training(tmp_path: Path, seed: int) -> None:
    dataset = read_memory(tmp_path, rare_sets(), LabelSetKind(), seed)
    assert {f"rare{number}" for number in range(10)} <= set(dataset.report.labels["train"])
    assert texts_of(dataset) == sorted(rare_sets()["text"])
    moved = 20 - dataset.report.rows["validation"] - dataset.report.rows["test"]
    told = [warning for warning in dataset.report.warnings if "came back to training" in warning]
    assert sum(int(warning.split(": ")[1].split()[0]) for warning in told) == moved
    assert (np.diff(dataset["train"].indices) > 0).all()
    again = read_memory(tmp_path, rare_sets(), LabelSetKind(), seed)
    assert again["train"].texts() == dataset["train"].texts()


def test_a_warning_names_the_labels(tmp_path: Path) -> None:
    data = {"text": list("abcdefghij"), "label": [[]] * 9 + [["only"]]}
    for seed in range(30):  # some draw holds the row out
        warnings = read_memory(tmp_path, data, LabelSetKind(), seed, split={"test": 0.4, "validation": None})
        if any("came back" in warning for warning in warnings.report.warnings):
            break
    assert warnings.report.warnings == [
        "test: 1 row(s) came back to training, where no other row has the label 'only'; 3 are left.",
        "test: no row has the label 'only', so that nothing is measured of it there.",
    ]
    assert warnings.report.labels == {"train": {"only": 1}, "test": {}}


def test_the_only_row_of_a_label_column_stays_in_training(tmp_path: Path) -> None:
    data = {"text": [str(n) for n in range(100)], "rude": [n % 2 for n in range(100)], "threat": [1] + [0] * 99}
    kind = LabelSetKind(("rude", "threat"))
    for seed in range(6):
        dataset = read_memory(tmp_path, data, kind, seed, label=("rude", "threat"))
        assert dataset.report.labels["train"]["threat"] == 1


@pytest.mark.parametrize("seed", range(4))
def test_types_of_tags_and_entities_stay_in_training(tmp_path: Path, seed: int) -> None:
    words = [["Ann", f"w{number}"] for number in range(40)]
    tags = [[f"B-T{number}" if number < 8 else "B-PER", "O"] for number in range(40)]
    dataset = read_memory(tmp_path, {"text": words, "label": tags}, TagsKind(), seed)
    assert len(dataset.report.labels["train"]) == 9
    spans = [[[0, 3, tag[0][2:]]] for tag in tags]
    texts = [" ".join(pair) for pair in words]
    dataset = read_memory(tmp_path, {"text": texts, "label": spans}, SpansKind(), seed)
    assert len(dataset.report.labels["train"]) == 9


@pytest.mark.parametrize("seed", range(4))
def test_whole_groups_come_back(tmp_path: Path, seed: int) -> None:
    labels = [f"rare{number // 4}" if number < 24 else "often" for number in range(80)]
    data = {"text": [f"t{n}" for n in range(80)], "label": labels, "doc": [f"d{n // 4}" for n in range(80)]}
    dataset = read_memory(tmp_path, data, seed=seed, split={"group": "doc"})
    assert len(dataset.report.labels["train"]) == 7
    documents = [{data["doc"][int(text[1:])] for text in rows.texts()} for rows in dataset.splits.values()]
    assert sum(map(len, documents)) == len(set.union(*documents)) == 20


def test_a_class_of_one_row_stays_in_training_without_stratifying(tmp_path: Path) -> None:
    data = ([f"t{n}" for n in range(40)], ["rare"] + ["a", "b"] * 19 + ["a"])
    for seed in range(8):
        dataset = read_memory(tmp_path, data, seed=seed, split={"stratify": False})
        assert dataset.report.labels["train"]["rare"] == 1


def test_a_split_is_never_emptied(tmp_path: Path) -> None:
    data = {"text": list("abcd"), "label": [["a"], ["b"], ["c"], ["d"]]}
    split = {"validation": None, "test": 0.5}
    with pytest.raises(DataError, match=r"test split has labels that no training row has.*task\.labels"):
        read_memory(tmp_path, data, LabelSetKind(), split=split)
    dataset = read_memory(tmp_path, data, LabelSetKind(), split=split, labels=tuple("abcd"))
    assert dataset.report.rows == {"train": 3, "test": 1}


def test_rows_come_back_where_dropped_duplicates_were_a_labels_last(tmp_path: Path) -> None:
    data = {"text": ["same", "same"] * 20, "label": [["a"], ["b"]] * 20}
    data = {"text": [*data["text"], *(f"t{n}" for n in range(60))], "label": [*data["label"], *[["c"]] * 60]}
    dataset = read_memory(tmp_path, data, LabelSetKind(), split={"duplicates": "drop"})
    assert {"a", "b"} <= set(dataset.report.labels["train"])


def given_splits() -> dict[str, Any]:
    return {
        "train": {"text": ["p", "q", "r"], "label": [["a"], ["b"], []]},
        "validation": {"text": ["x", "y"], "label": [["a"], ["new", "a"]]},
    }


def test_a_given_split_with_an_unknown_label_is_refused_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"row 1: .*no training row has: 'new'.*name all labels in task\.labels"):
        read_memory(tmp_path, given_splits(), LabelSetKind(), split={"test": None})


def test_named_labels_are_told_only(tmp_path: Path) -> None:
    dataset = read_memory(tmp_path, given_splits(), LabelSetKind(), split={"test": None}, labels=("a", "b", "new"))
    assert dataset.report.warnings == ["train: no row has the label 'new'."]


def test_columns_name_their_labels(tmp_path: Path) -> None:
    data = {
        "train": {"text": ["p", "q", "r"], "rude": [1, 0, 1], "spam": [0, 0, 0]},
        "validation": {"text": ["x", "y"], "rude": [1, 0], "spam": [0, 1]},
    }
    kind = LabelSetKind(("rude", "spam"))
    dataset = read_memory(tmp_path, data, kind, split={"test": None}, label=("rude", "spam"))
    assert dataset.report.warnings == ["train: no row has the label 'spam'."]


def test_a_limit_that_leaves_a_label_out_of_training_leaves_it_out_elsewhere(tmp_path: Path) -> None:
    data = {"train": rare_sets(200, 50), "validation": rare_sets(200, 50)}
    split = {"test": None, "duplicates": "allow"}
    dataset = read_memory(tmp_path, data, LabelSetKind(), split=split, limit=50)
    assert set(dataset.report.labels["validation"]) <= set(dataset.report.labels["train"])
    assert dataset.report.rows == {"train": 50, "validation": 50}
