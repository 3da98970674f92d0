"""The encoding a text file is read in: its mark's, or the declared one."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.data.readers.test_delimited import read_csv


@pytest.mark.parametrize(
    ("declared", "written", "found"),
    [
        *((declared, "utf-8-sig", "utf-8-sig") for declared in ("cp1252", "latin-1", "ascii", "cp1251", "gb18030")),
        *((declared, "utf-16", "utf-16") for declared in ("cp1252", "utf-8-sig", "utf-16")),
        *((declared, "utf-32", "utf-32") for declared in ("latin-1", "utf-8", "utf-32")),
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_a_byte_order_mark_wins_over_the_declared_encoding(
    tmp_path: Path, declared: str, written: str, found: str, zipped: bool
) -> None:
    content = "text,label\nnaïve 京,1\n".encode(written)
    name = "rows.csv.gz" if zipped else "rows.csv"
    dataset = read_csv(tmp_path, gzip.compress(content) if zipped else content, name, encoding=declared)
    assert dataset["train"].texts() == ["naïve 京"]
    assert dataset.report.sources["train"].encodings == [found]


def test_a_mark_that_the_declared_wide_encoding_keeps_is_no_text(tmp_path: Path) -> None:
    content = b"\xff\xfe" + "text,label\n京,1\n".encode("utf-16-le")
    assert read_csv(tmp_path, content, encoding="utf-16-le")["train"].texts() == ["京"]


def test_letters_that_are_the_bytes_of_a_mark_stay_letters(tmp_path: Path) -> None:
    content = "яю,label\nда,1\n".encode("cp1251")
    assert read_csv(tmp_path, content, encoding="cp1251", text="яю")["train"].texts() == ["да"]
