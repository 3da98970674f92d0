"""Data in memory: the contract for every kind of object, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tests.data.readers.contract import ReaderContract, rows_like
from tltk.data import Dataset, NumbersKind, read
from tltk.errors import DataError
from tltk.recipe import DataSection


class MemoryContract(ReaderContract):
    def write(self, folder: Path, rows: list[tuple[Any, Any]]) -> dict[str, Any]:
        return {"source": "memory"}


def columns(rows: list[tuple[Any, Any]]) -> dict[str, list[Any]]:
    return {"text": [text for text, _ in rows], "label": [label for _, label in rows]}


class TestDictOfLists(MemoryContract):
    def memory(self, rows: list[tuple[Any, Any]]) -> Any:
        return columns(rows)


class TestListOfDicts(MemoryContract):
    def memory(self, rows: list[tuple[Any, Any]]) -> Any:
        return [{"text": text, "label": label} for text, label in rows]


class TestPandas(MemoryContract):
    def memory(self, rows: list[tuple[Any, Any]]) -> Any:
        return pd.DataFrame(columns(rows))


class TestArrow(MemoryContract):
    def memory(self, rows: list[tuple[Any, Any]]) -> Any:
        texts = pa.array([text for text, _ in rows], pa.string())
        return pa.table({"text": texts, "label": [label for _, label in rows]})


class TestPair(MemoryContract):
    def memory(self, rows: list[tuple[Any, Any]]) -> Any:
        return tuple(columns(rows).values())

    def test_a_missing_column_is_named_with_the_closest(self, tmp_path: Path) -> None:
        """A pair has no names to miss: the columns take the recipe's."""
        train = self.read(tmp_path, rows_like(), text="review", label="stars")["train"]
        assert train.table.column_names[:2] == ["review", "stars"]

    def test_two_columns_make_a_pair(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="tuple for 2 text columns"):
            self.read(tmp_path, rows_like(), text=("text", "hypothesis"))


def read_memory(tmp_path: Path, data: Any, **changes: Any) -> Dataset:
    section = DataSection(**({"source": "memory", "split": {"validation": None, "test": None}} | changes))
    return read(section, memory=data, cache=tmp_path / "cache")


def test_splits_by_name(tmp_path: Path) -> None:
    data = {
        "train": {"text": ["a", "b"], "label": [0, 1]},
        "validation": pd.DataFrame({"text": ["c"], "label": [1]}),
        "test": (["d"], [0]),
    }
    dataset = read_memory(tmp_path, data)
    assert {name: rows.texts() for name, rows in dataset.splits.items()} == {
        "train": ["a", "b"],
        "validation": ["c"],
        "test": ["d"],
    }


def test_auto_takes_data_in_memory(tmp_path: Path) -> None:
    assert read_memory(tmp_path, (["a", "b"], [0, 1]), source="auto")["train"].texts() == ["a", "b"]


def test_polars_like_objects_come_through_the_arrow_protocol(tmp_path: Path) -> None:
    class Frame:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return pa.table({"text": ["a", "b"], "label": [0, 1]}).__arrow_c_stream__(requested_schema)

    assert read_memory(tmp_path, Frame())["train"].labels() == ["0", "1"]


@pytest.mark.parametrize("missing", [None, np.nan, float("nan"), pd.NA])
def test_nan_text_of_pandas_is_named_by_its_row(tmp_path: Path, missing: Any) -> None:
    frame = pd.DataFrame({"text": ["a", missing, "c"], "label": [0, 1, 1]}, index=[10, 20, 30])
    with pytest.raises(DataError, match="train data in memory, row 1: The text in column 'text' is missing"):
        read_memory(tmp_path, frame)
    assert read_memory(tmp_path, frame, on_error="skip")["train"].texts() == ["a", "c"]


def test_mixed_column_names_the_row_that_is_no_text(tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": ["a", 3.5], "label": [0, 1]})
    with pytest.raises(DataError, match=r"row 1: Got 3\.5 of type float in column 'text'"):
        read_memory(tmp_path, frame)


def test_numpy_and_categorical_labels(tmp_path: Path) -> None:
    texts = ["a", "b", "c"]
    assert read_memory(tmp_path, (texts, np.array([0, 1, 1])))["train"].labels() == ["0", "1", "1"]
    frame = pd.DataFrame({"text": np.array(texts), "label": pd.Categorical(["x", "y", "x"])})
    assert read_memory(tmp_path, frame)["train"].labels() == ["x", "y", "x"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "no data"),
        (5, "Got data of type int"),
        ("rows.csv", "Got data of type str"),
        (["just", "texts"], "Got data of type list"),
        ({"text": ["a"], "label": [0, 1]}, r"differ in length \(text: 1, label: 2\)"),
        ((["a"], [0, 1]), r"differ in length \(texts: 1, labels: 2\)"),
        ({"validation": (["a"], [0])}, "no training rows"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, data: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_memory(tmp_path, data)


def test_arrays_that_differ_where_repr_is_silent_are_told_apart(tmp_path: Path) -> None:
    first, second = np.zeros(2000), np.zeros(2000)
    second[1000] = 1.0
    frames = [pd.DataFrame({"text": ["a", "b"], "label": [array, array]}) for array in (first, second)]
    split = {"validation": None, "test": None}
    found = [read(DataSection(split=split), memory=frame, cache=tmp_path, kind=NumbersKind()) for frame in frames]
    assert [dataset["train"].numbers().sum() for dataset in found] == [0.0, 2.0]
