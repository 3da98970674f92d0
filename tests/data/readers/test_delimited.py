"""Comma- and tab-separated files: the contract, and all the ways in which such files are broken."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.data.readers.contract import TEXTS, ReaderContract, rows_like
from tltk.data import Dataset, read
from tltk.errors import DataError
from tltk.recipe import DataSection


def read_csv(tmp_path: Path, content: bytes | str, name: str = "rows.csv", **changes: Any) -> Dataset:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    whole = {"validation": None, "test": None}
    return read(DataSection(path=str(file), split=whole, **changes), cache=tmp_path / "cache", training=False)


def skipped(dataset: Dataset) -> list[dict[str, str]]:
    file = dataset.report.sources["train"].skipped_file
    assert file is not None
    return [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]


class TestCsv(ReaderContract):
    tells_missing_from_empty = False

    def write(self, folder: Path, rows: list[tuple[Any, Any]]) -> dict[str, Any]:
        with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["text", "label"])
            writer.writerows(rows)
        return {"path": str(folder / "rows.csv")}

    def place(self, number: int) -> str:
        return f"rows.csv:{number + 2}"


class TestTsv(ReaderContract):
    tells_missing_from_empty = False

    def write(self, folder: Path, rows: list[tuple[Any, Any]]) -> dict[str, Any]:
        lines = ["text\tlabel", *(f"{text or ''}\t{label}" for text, label in rows)]
        (folder / "rows.tsv").write_text("\n".join(lines) + "\n", "utf-8")
        return {"path": str(folder / "rows.tsv")}

    def place(self, number: int) -> str:
        return f"rows.tsv:{number + 2}"


class TestGzippedCsv(TestCsv):
    def write(self, folder: Path, rows: list[tuple[Any, Any]]) -> dict[str, Any]:
        super().write(folder, rows)
        packed = folder / "rows.csv.gz"
        packed.write_bytes(gzip.compress((folder / "rows.csv").read_bytes(), mtime=0))
        return {"path": str(packed)}

    def place(self, number: int) -> str:
        return f"rows.csv.gz:{number + 2}"


any_text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(any_text, st.sampled_from(["a", "b", "ü,\"'"])), min_size=1, max_size=20))
def test_whatever_csv_writes_is_read_back(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    file = tmp_path / "rows.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["text", "label"])
        writer.writerows(rows)
    section = DataSection(path=str(file), split={"validation": None, "test": None})
    train = read(section, cache=tmp_path / "cache", training=False)["train"]
    assert list(zip(train.texts(), train.labels(), strict=True)) == rows


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | st.text('a,"\n\r\té\0', max_size=60).map(str.encode))
def test_any_bytes_give_rows_or_an_error_of_ours(tmp_path: Path, content: bytes) -> None:
    for on_error in ("raise", "skip"):
        faults = []
        try:
            rows = len(read_csv(tmp_path, b"text,label\n" + content, on_error=on_error)["train"])
        except DataError as error:
            faults.append(str(error))
            rows = 0
        assert rows > 0 or "rows.csv" in faults[0]


def test_numbers_in_text_are_spelled_as_numbers_are_elsewhere(tmp_path: Path) -> None:
    labels = ["1", "0", "1.0", "0.0", "-2.00", "1.10", "01.0", "1.0.0", "0.5"]
    content = "text,label\n" + "".join(f"text {number},{label}\n" for number, label in enumerate(labels))
    rows = read_csv(tmp_path, content)["train"]
    assert rows.labels() == ["1", "0", "1", "0", "-2", "1.10", "01.0", "1.0.0", "0.5"]
    named = read_csv(tmp_path, content, label_names={"1.0": "yes", "0": "no"})["train"]
    assert named.labels()[:4] == ["yes", "no", "yes", "no"]


def test_a_record_over_several_lines_counts_by_its_first(tmp_path: Path) -> None:
    content = 'text,label\n"one\ntwo",a\n\n"three",b\nbroken\n'
    with pytest.raises(DataError, match=r"rows\.csv:6: The row has 1 fields; expected 2.*Give every row its fields"):
        read_csv(tmp_path, content)
    train = read_csv(tmp_path, content, on_error="skip")["train"]
    assert train.texts() == ["one\ntwo", "three"]
    assert [train.where(position).rsplit(":", 1)[1] for position in range(2)] == ["2", "5"]


def test_too_many_and_too_few_fields_are_skipped_and_written_down(tmp_path: Path) -> None:
    dataset = read_csv(tmp_path, "text,label\na,1\nb,2,3\nc\nd,0\n", on_error="skip")
    assert dataset["train"].texts() == ["a", "d"]
    assert [(entry["kind"], entry["raw"]) for entry in skipped(dataset)] == [
        ("wrong number of fields", "b,2,3"),
        ("wrong number of fields", "c"),
    ]
    assert "2 broken rows were skipped: wrong number of fields (2)" in dataset.report.warnings[0]


def test_an_unclosed_quote_is_named_where_it_opens_and_costs_one_row(tmp_path: Path) -> None:
    content = 'text,label\ngood,1\n"never closed,1\nbad,0\nfine,1\n'
    with pytest.raises(DataError, match=r"rows\.csv:3: A quote is opened here and never closed"):
        read_csv(tmp_path, content)
    dataset = read_csv(tmp_path, content, on_error="skip")
    assert dataset["train"].texts() == ["good", "bad", "fine"]
    (entry,) = skipped(dataset)
    assert entry["where"].endswith(":3")
    assert entry["raw"].startswith('"never closed,1')


def test_a_stray_quote_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"rows\.csv:2: The row cannot be parsed"):
        read_csv(tmp_path, 'text,label\n"a"b,1\n')


def test_quotes_are_characters_where_quoting_is_off(tmp_path: Path) -> None:
    train = read_csv(tmp_path, 'text\tlabel\n"unbalanced\t1\nplain\t0\n', "rows.tsv")["train"]
    assert train.texts() == ['"unbalanced', "plain"]
    train = read_csv(tmp_path, 'text\tlabel\n"a\tb"\t1\n', "quoted.tsv", quoting=True)["train"]
    assert train.texts() == ["a\tb"]


def test_an_empty_label_is_a_broken_row(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"rows\.csv:3: Column 'label': The label is empty"):
        read_csv(tmp_path, "text,label\na,1\nb,\n")


def test_empty_texts_are_counted(tmp_path: Path) -> None:
    dataset = read_csv(tmp_path, "text,label\n,1\n  ,0\nx,0\n")
    assert dataset.report.sources["train"].empty_texts == 2
    assert dataset.report.warnings == ["train: 2 texts are empty or white space only."]


def test_latin_1_is_an_error_with_line_byte_and_the_likely_encoding(tmp_path: Path) -> None:
    lines = ["text,label"] + [f"plain {number},1" for number in range(20)]
    lines += ["Une soirée très agréable à côté de chez moi et le café était délicieux,0"] * 3
    content = "\n".join(lines).encode("cp1252")
    with pytest.raises(DataError) as caught:
        read_csv(tmp_path, content)
    place = content.index(b"\xe9")
    message = str(caught.value)
    assert "rows.csv:22" in message
    assert f"Byte 0xe9 at byte {place} of the file is not utf-8" in message
    guess = message.rsplit("it looks like ", 1)[1].split()[0]
    assert read_csv(tmp_path, content, encoding=guess)["train"].texts()[-1].startswith("Une soirée très agréable")


def test_one_undecodable_row_can_be_skipped(tmp_path: Path) -> None:
    dataset = read_csv(tmp_path, b"text,label\nfine,1\ncaf\xe9,0\nlast,0\n", on_error="skip")
    assert dataset["train"].texts() == ["fine", "last"]
    assert skipped(dataset)[0]["kind"] == "undecodable bytes"
    assert "caf" in skipped(dataset)[0]["raw"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le-with-mark"])
def test_a_byte_order_mark_is_honoured(tmp_path: Path, encoding: str) -> None:
    text = "text,label\nnaïve,1\n好,0\n"
    content = b"\xff\xfe" + text.encode("utf-16-le") if encoding == "utf-16-le-with-mark" else text.encode(encoding)
    dataset = read_csv(tmp_path, content)
    assert dataset["train"].texts() == ["naïve", "好"]
    assert dataset.report.sources["train"].encodings != ["utf-8"]


@pytest.mark.parametrize("encoding", ["latin-1", "gb18030", "shift_jis", "utf-16-be"])
def test_declared_encodings(tmp_path: Path, encoding: str) -> None:
    text = "é" if encoding == "latin-1" else "日本"
    dataset = read_csv(tmp_path, f"text,label\n{text},1\n".encode(encoding), encoding=encoding)
    assert dataset["train"].texts() == [text]


def test_half_a_wide_character_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not utf-16"):
        read_csv(tmp_path, "text,label\na,1\n".encode("utf-16") + b"\x00")


@pytest.mark.parametrize("encoding", ["utf-9", "hex", "no such thing"])
def test_an_unknown_encoding_is_an_error(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(DataError, match=f"data.encoding: Got encoding '{encoding}'"):
        read_csv(tmp_path, "text,label\na,1\n", encoding=encoding)


def test_a_file_without_a_header(tmp_path: Path) -> None:
    dataset = read_csv(tmp_path, "1,a\n0,b\n", columns=("label", "text"))
    assert dataset["train"].texts() == ["a", "b"]
    assert dataset["train"].where(0).endswith("rows.csv:1")


def test_another_delimiter(tmp_path: Path) -> None:
    assert read_csv(tmp_path, "text;label\na,b;1\n", delimiter=";")["train"].texts() == ["a,b"]


def test_a_doubled_column_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'text' is there twice"):
        read_csv(tmp_path, "text,text,label\na,b,1\n")


@pytest.mark.parametrize(("content", "message"), [("", "The file is empty"), ("text,label\n", "There are no rows")])
def test_empty_files_are_errors(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(DataError, match=rf"rows\.csv: {message}"):
        read_csv(tmp_path, content)


def test_all_rows_skipped_is_an_error_that_shows_the_first(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"All 2 rows are broken.*rows\.csv:2: The row has 1 fields"):
        read_csv(tmp_path, "text,label\na\nb\n", on_error="skip")


def test_damaged_gzip_is_named(tmp_path: Path) -> None:
    packed = gzip.compress(("text,label\n" + "some text,1\n" * 5000).encode())
    with pytest.raises(DataError, match=r"rows\.csv\.gz: The gzip file is damaged or cut short"):
        read_csv(tmp_path, packed[: len(packed) // 2], "rows.csv.gz")
    with pytest.raises(DataError, match=r"rows\.csv\.gz: The gzip file is damaged"):
        read_csv(tmp_path, "text,label\na,1\n", "rows.csv.gz")
    with pytest.raises(DataError, match=r"compressed with gzip.*data.compression: gzip"):
        read_csv(tmp_path, packed)
    assert len(read_csv(tmp_path, packed, compression="gzip")["train"]) == 5000


def test_a_missing_file_offers_the_closest(tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_text("text,label\na,1\n")
    with pytest.raises(DataError, match=r"There is no such file. Did you mean 'reviews.csv'"):
        read(DataSection(path=str(tmp_path / "review.csv")), cache=tmp_path / "cache")


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    folder = tmp_path / "shards"
    folder.mkdir()
    for shard in range(3):
        (folder / f"{shard}.csv").write_text("text,label\n" + "".join(f"{shard} {row},{row}\n" for row in range(2)))
    section = DataSection(path=str(folder), split={"validation": None, "test": None})
    train = read(section, cache=tmp_path / "cache")["train"]
    assert train.texts() == ["0 0", "0 1", "1 0", "1 1", "2 0", "2 1"]
    assert train.where(4).endswith("2.csv:2")


def test_a_text_longer_than_the_csv_modules_limit(tmp_path: Path) -> None:
    long = "word " * 100_000
    assert read_csv(tmp_path, f"text,label\n{long},1\n")["train"].texts() == [long]


def test_a_moved_file_is_found_in_the_cache_and_named_by_its_new_place(tmp_path: Path) -> None:
    read_csv(tmp_path, "text,label\na,1\n", "old.csv")
    moved = read_csv(tmp_path, "text,label\na,1\n", "new.csv")
    assert moved.report.sources["train"].seconds == 0
    assert moved["train"].where(0).endswith("new.csv:2")


def test_all_texts_survive_pairs(tmp_path: Path) -> None:
    with (tmp_path / "rows.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("a", "b", "label"), *((text, text[::-1], label) for text, label in rows_like())])
    section = DataSection(path=str(tmp_path / "rows.csv"), text=("a", "b"), split={"validation": None, "test": None})
    assert read(section, cache=tmp_path)["train"].texts() == [(text, text[::-1]) for text in TEXTS]
