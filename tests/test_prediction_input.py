"""Lines of text to predict, and the one that is broken."""

from __future__ import annotations

import io

import pytest

from tltk.errors import DataError
from tltk.prediction_input import file_texts, is_tabular, line_texts
from tltk.recipe import DataSection


def test_the_line_that_is_not_utf8_is_named() -> None:
    content = b"fine\n" * 5 + b"caf\xe9\n" + b"fine\n"
    lines = line_texts(io.TextIOWrapper(io.BytesIO(content), "utf-8", "surrogateescape"), where="standard input")
    assert [next(lines) for _ in range(5)] == ["fine"] * 5
    with pytest.raises(DataError, match="standard input:6: Got bytes that are not UTF-8"):
        next(lines)


def test_every_suffix_of_a_table_is_known(tmp_path) -> None:
    assert all(is_tabular(tmp_path / f"rows.{suffix}") for suffix in ("csv", "TSV", "jsonl.gz", "parquet", "pq"))
    assert not is_tabular(tmp_path / "rows.txt")


def test_what_differs_in_a_file_of_lines_is_heeded_or_refused(tmp_path) -> None:
    path = tmp_path / "rows.txt"
    path.write_bytes("café\nfilm\n".encode("latin-1"))
    assert list(file_texts(path, DataSection(), {"encoding": "latin-1"})) == ["café", "film"]
    with pytest.raises(DataError, match="rows.txt: Got 'text' for a file that is read as one text a line"):
        next(file_texts(path, DataSection(), {"text": "review"}))
