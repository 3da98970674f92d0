"""What every reader must do, written once: a test class names its reader and how its data are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pytest

from tltk.data import Dataset, Rows, create_reader, read, stream
from tltk.data.reader import BATCH_ROWS
from tltk.data.report import SourceReport
from tltk.errors import DataError
from tltk.recipe import DataSection

TEXTS = (
    'It\'s "good", they say',
    "naïve café, 5 € — déjà vu",
    "好电影,我喜欢",
    "🎬👍🏽 عظيم",
    "  spaces stay  ",
    "back\\slash and 'quotes'",
    "NaN",
    "null",
)


def rows_like(texts: tuple[str, ...] = TEXTS, *, labels: tuple[str, ...] = ("neg", "pos")) -> list[tuple[str, str]]:
    """Pairs of text and label, the labels in turn."""
    return [(text, labels[number % len(labels)]) for number, text in enumerate(texts)]


class ReaderContract:
    """Base of every reader's tests."""

    tells_missing_from_empty: ClassVar[bool] = True
    """Whether the format has a missing text (None) besides the empty one."""

    def write(self, folder: Path, rows: list[tuple[Any, Any]]) -> dict[str, Any]:
        """Write rows with columns text and label; return what the data section needs to find them."""
        raise NotImplementedError

    def memory(self, rows: list[tuple[Any, Any]]) -> Any:
        """Return the rows as an object in memory; None for readers of files."""
        return None

    def section(self, folder: Path, rows: list[tuple[Any, Any]], **changes: Any) -> DataSection:
        whole = {"validation": None, "test": None}
        return DataSection(**({"split": whole} | self.write(folder, rows) | changes))

    def read(self, tmp_path: Path, rows: list[tuple[Any, Any]], **changes: Any) -> Dataset:
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        section = self.section(folder, rows, **changes)
        return read(section, memory=self.memory(rows), cache=tmp_path / "cache")

    def test_gives_back_what_was_written(self, tmp_path: Path) -> None:
        rows = rows_like()
        train = self.read(tmp_path, rows)["train"]
        assert list(zip(train.texts(), train.labels(), strict=True)) == rows

    def test_many_batches_keep_their_order(self, tmp_path: Path) -> None:
        rows = rows_like(tuple(f"text {number}" for number in range(BATCH_ROWS + 100)))
        train = self.read(tmp_path, rows)["train"]
        assert train.texts() == [text for text, _ in rows]
        assert train.texts([BATCH_ROWS + 1, 0, BATCH_ROWS]) == [
            rows[BATCH_ROWS + 1][0],
            rows[0][0],
            rows[BATCH_ROWS][0],
        ]

    def test_the_table_is_memory_mapped(self, tmp_path: Path) -> None:
        before = pa.total_allocated_bytes()
        train = self.read(tmp_path, rows_like(tuple(f"{number} " * 50 for number in range(1000))))["train"]
        assert train.table.nbytes > 150_000
        assert pa.total_allocated_bytes() - before < 50_000

    def test_two_columns_make_a_pair(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="'hypothesis'"):
            self.read(tmp_path, rows_like(), text=("text", "hypothesis"))

    def test_a_missing_column_is_named_with_the_closest(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="(?s)'texts'.*Did you mean 'text'"):
            self.read(tmp_path, rows_like(), text="texts")
        with pytest.raises(DataError, match="(?s)'lable'.*Did you mean 'label'"):
            self.read(tmp_path, rows_like(), label="lable")

    def test_a_nul_character_is_an_error_with_its_place(self, tmp_path: Path) -> None:
        rows = [*rows_like(), ("with \0 inside", "pos"), ("last", "neg")]
        with pytest.raises(DataError, match="NUL") as caught:
            self.read(tmp_path, rows)
        assert self.place(len(rows) - 2) in str(caught.value)

    def test_a_nul_character_can_be_skipped(self, tmp_path: Path) -> None:
        rows = [("with \0 inside", "pos"), *rows_like()]
        dataset = self.read(tmp_path, rows, on_error="skip")
        assert dataset["train"].texts() == list(TEXTS)
        self.check_skipped(dataset.report.sources["train"], "NUL character")

    def test_a_missing_text_is_never_passed_over_in_silence(self, tmp_path: Path) -> None:
        rows = [*rows_like(), (None, "pos")]
        if not self.tells_missing_from_empty:
            dataset = self.read(tmp_path, rows)
            assert dataset["train"].texts()[-1] == ""
            assert dataset.report.sources["train"].empty_texts == 1
            return
        with pytest.raises(DataError, match="text in column 'text' is missing") as caught:
            self.read(tmp_path, rows)
        assert self.place(len(rows) - 1) in str(caught.value)
        dataset = self.read(tmp_path, rows, on_error="skip")
        assert dataset["train"].texts() == list(TEXTS)
        self.check_skipped(dataset.report.sources["train"], "missing text")

    def test_no_rows_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="no rows"):
            self.read(tmp_path, [])

    def test_limit_draws_rows_of_every_label_in_their_order(self, tmp_path: Path) -> None:
        train = self.read(tmp_path, rows_like(), limit=4)["train"]
        texts = train.texts()
        assert train.label_counts() == {"neg": 2, "pos": 2}
        assert texts == [text for text in TEXTS if text in texts]

    def test_the_second_reading_comes_from_the_cache(self, tmp_path: Path) -> None:
        first = self.read(tmp_path, rows_like())
        second = self.read(tmp_path, rows_like())
        assert first.report.sources["train"].seconds > 0
        assert second.report.sources["train"].seconds == 0
        assert first.fingerprint == second.fingerprint
        assert first["train"].texts() == second["train"].texts()

    def test_other_content_has_another_fingerprint(self, tmp_path: Path) -> None:
        first = self.read(tmp_path, rows_like())
        other = self.read(tmp_path, [*rows_like(), ("one more", "pos")])
        assert first.fingerprint != other.fingerprint
        assert len(other["train"]) == len(first["train"]) + 1

    def test_streams_without_labels(self, tmp_path: Path) -> None:
        section = self.section(tmp_path, rows_like())
        batches = list(stream(section, memory=self.memory(rows_like())))
        assert pa.Table.from_batches(batches).column("text").to_pylist() == list(TEXTS)
        assert "label" not in batches[0].schema.names

    def test_binarize_and_new_names(self, tmp_path: Path) -> None:
        rows = [(f"text {number}", number - 2.5) for number in range(6)]
        changes = {"binarize": {"threshold": 0}, "label_names": {"positive": "good"}}
        train = self.read(tmp_path, rows, **changes)["train"]
        assert train.labels() == ["negative"] * 3 + ["good"] * 3

    def test_whole_numbers_are_spelled_without_a_point(self, tmp_path: Path) -> None:
        train = self.read(tmp_path, [(f"text {number}", number % 3) for number in range(9)])["train"]
        assert train.label_counts() == {"0": 3, "1": 3, "2": 3}

    def test_says_where_a_row_came_from(self, tmp_path: Path) -> None:
        train: Rows = self.read(tmp_path, rows_like())["train"]
        assert train.where(2).endswith(self.place(2))

    def test_the_splits_are_what_was_given(self, tmp_path: Path) -> None:
        section = self.section(tmp_path, rows_like())
        assert create_reader(section, memory=self.memory(rows_like())).splits() == ("train",)

    def place(self, number: int) -> str:
        """How an error names a row: its line in a file with a header, or its number."""
        return f", row {number}"

    def check_skipped(self, report: SourceReport, kind: str) -> None:
        assert report.skipped_reasons == {kind: report.skipped}
        assert report.skipped == 1
        assert report.skipped_file is not None
        (line,) = Path(report.skipped_file).read_text("utf-8").splitlines()
        assert kind in line
