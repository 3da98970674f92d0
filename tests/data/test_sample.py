"""`data.limit`: a fair sample of each split, from one reading."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tltk.data import Dataset, LabelKind, NumbersKind, read
from tltk.data.sample import _draw
from tltk.recipe import DataSection

WHOLE = {"validation": None, "test": None}


def read_memory(tmp_path: Path, data: Any, *, kind: LabelKind | None = None, seed: int = 0, **section: Any) -> Dataset:
    return read(DataSection(**section), memory=data, cache=tmp_path / "cache", kind=kind, seed=seed)


def sorted_by_label(**counts: int) -> tuple[list[str], list[str]]:
    labels = [label for label, count in counts.items() for _ in range(count)]
    return [f"{label} {number}" for number, label in enumerate(labels)], labels


def test_labels_keep_their_shares_in_rows_sorted_by_label(tmp_path: Path) -> None:
    dataset = read_memory(tmp_path, sorted_by_label(bad=600, good=300, fine=100), limit=100)
    assert dataset.report.rows == {"train": 80, "validation": 10, "test": 10}
    assert sum((Counter(labels) for labels in dataset.report.labels.values()), Counter()) == {
        "bad": 60,
        "good": 30,
        "fine": 10,
    }
    assert len({text for rows in dataset.splits.values() for text in rows.texts()}) == 100


def test_the_seed_of_the_split_decides(tmp_path: Path) -> None:
    data = sorted_by_label(bad=50, good=50)
    one, two, again = (read_memory(tmp_path, data, limit=20, seed=seed) for seed in (1, 2, 1))
    assert one["train"].texts() == again["train"].texts()
    assert one.fingerprint == again.fingerprint
    assert one["train"].texts() != two["train"].texts()
    kept = [read_memory(tmp_path, data, limit=20, seed=seed, split={"seed": 5}) for seed in (1, 2)]
    assert kept[0]["train"].texts() == kept[1]["train"].texts()


def test_every_limit_is_served_by_one_reading(tmp_path: Path) -> None:
    data = sorted_by_label(bad=50, good=50)
    first = read_memory(tmp_path, data, limit=20)
    other = read_memory(tmp_path, data, limit=40)
    whole = read_memory(tmp_path, data)
    assert first.report.sources["train"].seconds > 0
    assert other.report.sources["train"].seconds == whole.report.sources["train"].seconds == 0
    assert len({first.fingerprint, other.fingerprint, whole.fingerprint}) == 3


def test_each_split_of_the_source_is_limited(tmp_path: Path) -> None:
    data = {name: sorted_by_label(bad=40, good=40) for name in ("train", "validation")}
    data["test"] = sorted_by_label(bad=2, good=3)
    dataset = read_memory(tmp_path, data, limit=10, split={"duplicates": "allow"})
    assert dataset.report.rows == {"train": 10, "validation": 10, "test": 5}


def test_labels_too_rare_for_training_are_left_out_elsewhere(tmp_path: Path) -> None:
    data = {"train": sorted_by_label(a=100, b=100, rare=1), "validation": sorted_by_label(a=10, rare=10, b=10)}
    dataset = read_memory(tmp_path, data, limit=20, split={"test": None, "duplicates": "allow"})
    assert set(dataset.report.labels["train"]) == set(dataset.report.labels["validation"]) == {"a", "b"}


def test_numbers_are_drawn_too(tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(50)]
    rows = read_memory(tmp_path, (texts, list(range(50))), kind=NumbersKind(), limit=10, split=WHOLE)["train"]
    assert len(rows) == 10
    assert rows.numbers()[:, 0].tolist() == [float(text.split()[1]) for text in rows.texts()]
    assert rows.numbers().max() > 10


@pytest.mark.parametrize("limit", [100, 1000])
def test_a_limit_above_the_rows_changes_nothing(tmp_path: Path, limit: int) -> None:
    data = sorted_by_label(bad=50, good=50)
    assert read_memory(tmp_path, data, limit=limit)["train"].texts() == read_memory(tmp_path, data)["train"].texts()


@given(rows=st.integers(1, 5000), limit=st.integers(1, 5000), seed=st.integers(0, 9))
def test_exactly_as_many_rows_as_asked_for(rows: int, limit: int, seed: int) -> None:
    drawn = _draw(rows, limit, seed)
    assert len(drawn) == min(rows, limit)
    assert (drawn[1:] > drawn[:-1]).all()
