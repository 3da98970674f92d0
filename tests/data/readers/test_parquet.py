"""Parquet: the contract, types, and damaged files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.data.readers.contract import ReaderContract
from tltk.data import read
from tltk.errors import DataError
from tltk.recipe import DataSection

WHOLE = {"validation": None, "test": None}


class TestParquet(ReaderContract):
    def write(self, folder: Path, rows: list[tuple[Any, Any]]) -> dict[str, Any]:
        texts, labels = [text for text, _ in rows], [label for _, label in rows]
        table = pa.table({"text": pa.array(texts, pa.string()), "label": labels or pa.array([], pa.int64())})
        pq.write_table(table, folder / "rows.parquet", row_group_size=1000)
        return {"path": str(folder / "rows.parquet")}


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())])
def test_every_kind_of_text_column(tmp_path: Path, kind: pa.DataType) -> None:
    texts = pa.array(["a", "b", "a"]).cast(kind)
    pq.write_table(pa.table({"text": texts, "label": pa.array([1.0, 0.0, None])}), tmp_path / "rows.parquet")
    section = DataSection(path=str(tmp_path / "rows.parquet"), split=WHOLE, on_error="skip")
    train = read(section, cache=tmp_path / "cache")["train"]
    assert (train.texts(), train.labels()) == (["a", "b"], ["1", "0"])


def test_a_text_column_of_numbers_is_an_error(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": [1, 2], "label": [0, 1]}), tmp_path / "rows.parquet")
    with pytest.raises(DataError, match="Column 'text' holds values of type int64; expected text"):
        read(DataSection(path=str(tmp_path / "rows.parquet")), cache=tmp_path / "cache")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"text": ["a"] * 1000, "label": [0, 1] * 500}), file)
    whole = file.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"text,label\na,1\n", b""):
        file.write_bytes(damaged)
        with pytest.raises(DataError, match=r"rows\.parquet: The Parquet file cannot be read"):
            read(DataSection(path=str(file)), cache=tmp_path / "cache")
