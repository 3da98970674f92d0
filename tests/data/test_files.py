"""Folders of files: one format is read, and several are refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tltk.data import read
from tltk.errors import DataError
from tltk.recipe import DataSection

CONTENT = {
    "a.csv": "text,label\ncsv,1\n",
    "b.jsonl": '{"text": "jsonl", "label": 1}\n',
    "c.tsv": "text\tlabel\ntsv\t1\n",
    "d.conll": "conll O\n",
    "about.json": '{"name": "reviews"}\n',
    "README.md": "# Reviews\n",
    "LICENSE": "",
}


def folder_of(tmp_path: Path, *names: str) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    for name in names:
        content = CONTENT.get(name.removesuffix(".gz"), "").encode()
        (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        if name.endswith(".parquet"):
            pq.write_table(pa.table({"text": ["parquet"], "label": ["1"]}), folder / name)
    return folder


def section(path: Path, **fields: object) -> DataSection:
    return DataSection(path=str(path), split={"validation": None, "test": None}, **fields)


@pytest.mark.parametrize(
    ("names", "listed"),
    [
        (
            ["a.csv", "b.jsonl", "c.tsv"],
            r"csv \(a\.csv\), jsonl \(b\.jsonl\), tsv \(c\.tsv\); expected one.*csv or jsonl or",
        ),
        (["a.csv", "e.csv", "c.tsv", "README.md"], r"csv \(a\.csv\), tsv \(c\.tsv\)"),
        (["a.csv", "about.json"], r"csv \(a\.csv\), jsonl \(about\.json\)"),
        (["a.csv.gz", "b.jsonl.gz"], r"csv \(a\.csv\.gz\), jsonl \(b\.jsonl\.gz\)"),
        (["d.conll", "x.parquet"], r"conll \(d\.conll\), parquet \(x\.parquet\)"),
    ],
)
def test_a_folder_of_several_formats_is_refused(tmp_path: Path, names: list[str], listed: str) -> None:
    folder = folder_of(tmp_path, *names)
    with pytest.raises(DataError, match=rf"data\.path .*data: The folder has files of several formats: .*{listed}"):
        read(section(folder), cache=tmp_path / "cache")


@pytest.mark.parametrize("source", ["csv", "jsonl", "tsv", "parquet"])
def test_a_source_that_is_named_chooses_its_files(tmp_path: Path, source: str) -> None:
    folder = folder_of(tmp_path, "a.csv", "b.jsonl", "c.tsv", "x.parquet")
    assert read(section(folder, source=source), cache=tmp_path / "cache", training=False)["train"].texts() == [source]


@pytest.mark.parametrize("others", [[], ["README.md", "LICENSE"]])
def test_files_that_are_no_data_are_passed_over(tmp_path: Path, others: list[str]) -> None:
    folder = folder_of(tmp_path, "c.tsv", *others)
    assert read(section(folder), cache=tmp_path / "cache", training=False)["train"].texts() == ["tsv"]


def test_a_document_among_json_lines_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"about\.json:1: There is no key 'text'"):
        read(section(folder_of(tmp_path, "b.jsonl", "about.json")), cache=tmp_path / "cache")


@pytest.mark.parametrize("field", ["validation_path", "test_path"])
def test_folders_of_other_splits_are_looked_at_too(tmp_path: Path, field: str) -> None:
    folder = folder_of(tmp_path, "a.csv", "b.jsonl")
    with pytest.raises(DataError, match=rf"data\.{field} .*several formats"):
        read(section(folder / "a.csv", **{field: str(folder)}), cache=tmp_path / "cache")
