"""Data in memory: the contract for every kind of object, and what is refused."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tests.data.readers.contract import ReaderContract, rows_like
from tltk.data import Dataset, NumbersKind, read, stream
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


TEXTS, STARS = ["a", "b"], [0, 1]
COLUMNS = {"text": TEXTS, "label": STARS}


@pytest.mark.parametrize(
    "data",
    [
        {"text": dict(enumerate(TEXTS)).values(), "label": dict.fromkeys(STARS).keys()},
        {"text": deque(TEXTS), "label": range(2)},
        {"text": pa.array(TEXTS), "label": pa.chunked_array([[0], [1]])},
        {"text": pd.Series(TEXTS, index=[0.5, 1.5]), "label": pd.Series(STARS, index=["x", "y"])},
        {"text": pd.Index(TEXTS), "label": np.array(STARS)},
        (dict(enumerate(TEXTS)).values(), pa.array(STARS)),
        (pd.DataFrame({"title": TEXTS}), STARS),
        (pd.DataFrame({"title": TEXTS}), pd.DataFrame({"stars": STARS}, index=[7, 8])),
        (pa.table({"title": TEXTS}), pa.RecordBatch.from_pydict({"stars": STARS})),
        ({"title": TEXTS}, STARS),
        (TEXTS, {"stars": STARS}),
        ({"text": "a", "label": 0}, {"text": "b", "label": 1}),
    ],
)
def test_columns_of_any_kind_that_have_a_length_and_an_order(tmp_path: Path, data: Any) -> None:
    train = read_memory(tmp_path, data)["train"]
    assert (train.texts(), train.labels()) == (TEXTS, ["0", "1"])


@pytest.mark.parametrize(
    "data",
    [
        pd.DataFrame({0: TEXTS, 1: STARS}),
        {0: TEXTS, 1: STARS},
        [{0: "a", 1: 0}, {1: 1, 0: "b"}],
        [{np.int64(0): "a", np.int64(1): 0}, {0: "b", 1: 1}],
    ],
)
def test_names_that_are_no_text_are_taken_as_their_text(tmp_path: Path, data: Any) -> None:
    train = read_memory(tmp_path, data, text="0", label="1")["train"]
    assert (train.texts(), train.labels()) == (TEXTS, ["0", "1"])


DOUBLED = pd.DataFrame([["a", "x", 0], ["b", "y", 1]], columns=["text", "text", "label"])


@pytest.mark.parametrize(
    "data",
    [
        DOUBLED,
        DOUBLED[["text", "label"]],
        pa.table([TEXTS, TEXTS, STARS], names=["text", "text", "label"]),
        pa.RecordBatch.from_arrays([pa.array(TEXTS), pa.array(TEXTS), pa.array(STARS)], ["text", "text", "label"]),
    ],
)
@pytest.mark.parametrize("section", [{}, {"text": "label", "label": "text"}])
def test_a_wanted_column_that_is_there_twice_is_named(tmp_path: Path, data: Any, section: dict[str, str]) -> None:
    message = "train data in memory: Column 'text' is there twice"
    with pytest.raises(DataError, match=message):
        read_memory(tmp_path, data, **section)
    with pytest.raises(DataError, match=message):
        list(stream(DataSection(source="memory"), memory=data))


def test_a_column_that_is_there_twice_and_not_wanted_is_passed_over(tmp_path: Path) -> None:
    frame = pd.DataFrame([["a", 0, 0, 1], ["b", 1, 1, 0]], columns=["text", "label", "id", "id"])
    assert read_memory(tmp_path, frame)["train"].labels() == ["0", "1"]
    assert read_memory(tmp_path, pa.table([TEXTS, STARS, STARS, STARS], names=frame.columns))["train"].texts() == TEXTS


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
        (set(TEXTS), "Got data of type set"),
        ([TEXTS, STARS], r"Got data of type list \(of list\)"),
        (pa.array(TEXTS), "Got data of type StringArray"),
        (pd.Series(TEXTS), "Got data of type Series"),
        (COLUMNS | {"text": (text for text in TEXTS)}, r"Column 'text' is of type generator; .*list\(\.\.\.\) makes"),
        (COLUMNS | {"text": set(TEXTS)}, "Column 'text' is of type set; .*no order"),
        (COLUMNS | {"label": 1}, "Column 'label' is of type int; expected a list"),
        (COLUMNS | {"label": None}, "Column 'label' is of type NoneType"),
        (COLUMNS | {"label": np.array(1)}, "Column 'label' is of type ndarray"),
        (COLUMNS | {"text": "ab"}, "Column 'text' is of type str"),
        (COLUMNS | {"text": {"a": 1, "b": 2}}, "Column 'text' is of type dict"),
        ({0: TEXTS, "label": iter(STARS), "text": TEXTS}, "Column 'label' is of type list_iterator"),
        (((text for text in TEXTS), STARS), "Column 'texts' is of type generator"),
        ((TEXTS, {0, 1}), "Column 'labels' is of type set"),
        (
            (pd.DataFrame({"title": TEXTS, "body": TEXTS}), STARS),
            r"2 columns \('title', 'body'\) as the texts .*label in",
        ),
        ((TEXTS, pa.table({"x": STARS, "y": STARS})), r"2 columns \('x', 'y'\) as the labels of a \(texts, labels\)"),
        (({"title": TEXTS, 0: TEXTS}, STARS), r"2 columns \('title', '0'\) as the texts"),
        (({}, STARS), r"0 columns \(none\) as the texts"),
        ([{"text": "a", "label": 1}, "b"], "train data in memory, row 1: Got 'b' of type str; expected a dict"),
        ([{"text": "a", "label": 1}, None], "row 1: Got None of type NoneType"),
        (({"text": "a", "label": 1}, None), "row 1: Got None of type NoneType"),
        ([None, {"text": "a", "label": 1}], "row 0: Got None of type NoneType"),
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
