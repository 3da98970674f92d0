"""Lines of text to predict, and the one that is broken."""

from __future__ import annotations

import io

import pytest

from tltk.errors import DataError
from tltk.prediction_input import is_tabular, line_texts


def test_the_line_that_is_not_utf8_is_named() -> None:
    content = b"fine\n" * 5 + b"caf\xe9\n" + b"fine\n"
    lines = line_texts(io.TextIOWrapper(io.BytesIO(content), "utf-8", "surrogateescape"), where="standard input")
    assert [next(lines) for _ in range(5)] == ["fine"] * 5
    with pytest.raises(DataError, match="standard input:6: Got bytes that are not UTF-8"):
        next(lines)


def test_every_suffix_of_a_table_is_known(tmp_path) -> None:
    assert all(is_tabular(tmp_path / f"rows.{suffix}") for suffix in ("csv", "TSV", "jsonl.gz", "parquet", "pq"))
    assert not is_tabular(tmp_path / "rows.txt")
