"""From section to dataset: splits, checks, cache."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tltk.data import (
    Dataset,
    LabelKind,
    LabelSetKind,
    NoLabelKind,
    NumbersKind,
    Rows,
    ScoreKind,
    SpansKind,
    TagsKind,
    read,
    readers,
    whole_file,
)
from tltk.data.dataset import ROW
from tltk.errors import DataError
from tltk.recipe import DataSection
from tltk.tasks import Regression


def balanced(rows: int = 100, classes: int = 2) -> tuple[list[str], list[int]]:
    return [f"text {number}" for number in range(rows)], [number % classes for number in range(rows)]


def read_memory(
    tmp_path: Path, data: Any = None, *, kind: LabelKind | None = None, seed: int = 0, **section: Any
) -> Dataset:
    memory = balanced() if data is None else data
    return read(DataSection(**section), memory=memory, cache=tmp_path / "cache", kind=kind, seed=seed)


def test_default_splits_are_views_of_one_table(tmp_path: Path) -> None:
    dataset = read_memory(tmp_path)
    assert dataset.report.rows == {"train": 80, "validation": 10, "test": 10}
    assert dataset.report.labels["test"] == {"0": 5, "1": 5}
    assert len({id(rows.table) for rows in dataset.splits.values()}) == 1
    texts = [text for rows in dataset.splits.values() for text in rows.texts()]
    assert sorted(texts) == sorted(balanced()[0])


def test_the_splits_own_seed_holds_over_runs(tmp_path: Path) -> None:
    first, second = (read_memory(tmp_path, seed=seed, split={"seed": 7}) for seed in (1, 2))
    assert first["test"].texts() == second["test"].texts()
    assert first.fingerprint == second.fingerprint
    assert read_memory(tmp_path, seed=1)["test"].texts() != read_memory(tmp_path, seed=2)["test"].texts()


def test_given_splits_are_kept_and_the_other_held_out(tmp_path: Path) -> None:
    data = {"train": balanced(), "test": (["t 0", "t 1"], [0, 1])}
    dataset = read_memory(tmp_path, data)
    assert list(dataset.splits) == ["train", "validation", "test"]
    assert dataset.report.rows == {"train": 90, "validation": 10, "test": 2}
    assert read_memory(tmp_path, data, split={"validation": None}).report.rows == {"train": 100, "test": 2}


def test_rows_take_any_order_and_convert(tmp_path: Path) -> None:
    rows: Rows = read_memory(tmp_path)["train"]
    chosen = rows.take([5, 3, 5, 0])
    assert chosen.texts() == [rows.texts()[position] for position in (5, 3, 5, 0)]
    frame = chosen.to_pandas()
    assert list(frame["text"]) == chosen.texts()
    assert list(frame.columns) == ["text", "label", ROW]
    assert rows.codes(["1", "0"]).tolist() == [1 - int(label) for label in rows.labels()]
    assert rows.codes(["1"]).min() == -1
    assert sum(len(batch) for batch in rows.batches(size=7)) == len(rows)


def test_an_unknown_split_or_column_is_named(tmp_path: Path) -> None:
    dataset = read_memory(tmp_path)
    with pytest.raises(DataError, match="Did you mean 'validation'"):
        dataset["valid"]
    with pytest.raises(DataError, match="Got column 'txt'.*Did you mean 'text'"):
        dataset["train"].column("txt")


def test_small_classes_are_named_and_stay_in_training(tmp_path: Path) -> None:
    texts, labels = balanced()
    dataset = read_memory(tmp_path, ([*texts, "rare 1", "rare 2"], [*labels, 7, 8]))
    assert "too few rows to stratify (fewer than 3) have the labels '7' (1), '8' (1)" in dataset.report.warnings[0]
    assert {"7", "8"} <= set(dataset.report.labels["train"])


def test_one_class_is_refused_for_training_only(tmp_path: Path) -> None:
    data = (["a", "b", "c", "d"], [1, 1, 1, 1])
    with pytest.raises(DataError, match="Every training row has the label '1'; expected two classes"):
        read_memory(tmp_path, data)
    section = DataSection(split={"validation": None, "test": None})
    assert len(read(section, memory=data, cache=tmp_path, training=False)["train"]) == 4


def test_a_label_that_training_lacks_is_named_with_its_row(tmp_path: Path) -> None:
    data = {"train": balanced(10), "validation": (["x", "y", "z"], [0, 5, 1])}
    with pytest.raises(DataError, match=r"validation data in memory, row 1: .*no training row has: '5'"):
        read_memory(tmp_path, data, split={"test": None})


@pytest.mark.parametrize("rows", [1, 2])
def test_too_few_rows_to_split(tmp_path: Path, rows: int) -> None:
    with pytest.raises(DataError, match=f"{rows} rows are too few to hold out validation and test"):
        read_memory(tmp_path, balanced(rows))


def test_numbers_as_labels(tmp_path: Path) -> None:
    texts, _ = balanced()
    dataset = read_memory(tmp_path, (texts, [number / 8 for number in range(100)]), kind=NumbersKind())
    assert dataset.report.rows == {"train": 80, "validation": 10, "test": 10}
    assert dataset.report.labels == {}
    positions = [int(text.split()[1]) for text in dataset["test"].texts()]
    assert dataset["test"].numbers().tolist() == [[position / 8] for position in positions]
    with pytest.raises(DataError, match="row 1: .*Got label 'much'; expected a number"):
        read_memory(tmp_path, (["a", "b", "c"], ["1", "much", "2"]), kind=NumbersKind())


def test_binarize_needs_numbers(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"row 0: .*Got label 'x'; expected a number to compare with data\.binarize"):
        read_memory(tmp_path, (["a", "b", "c"], ["x", "1", "2"]), binarize={})


def test_a_new_name_that_no_row_takes_is_said(tmp_path: Path) -> None:
    dataset = read_memory(tmp_path, label_names={"0": "neg", "1": "pos", "2": "mixed"})
    assert dataset.report.labels["train"] == {"neg": 40, "pos": 40}
    assert dataset.report.warnings == ["train: no row has the label 'mixed'."]


@pytest.mark.parametrize(
    ("names", "idle"),
    [({"PER": "person"}, ["person"]), ({"B-PER": "B-person", "X": "O"}, []), ({"B-PER": "B-PER", "Y": "I-Z"}, ["Z"])],
)
def test_new_names_of_tags_that_no_row_takes_are_said(tmp_path: Path, names: dict[str, str], idle: list[str]) -> None:
    section = DataSection(label_names=names, split={"validation": None, "test": None})
    memory = {"text": [["Ann", "is"]], "label": [["B-PER", "O"]]}
    warnings = read(section, memory=memory, cache=tmp_path, kind=TagsKind.of(section)).report.warnings
    assert len(warnings) == len(idle)
    for name, warning in zip(idle, warnings, strict=True):
        assert f"no row has the label {name!r}. data.label_names names whole tags" in warning


def test_new_names_of_sets_and_entities_that_no_row_takes_are_said(tmp_path: Path) -> None:
    section = DataSection(label_names={"PER": "person"}, split={"validation": None, "test": None})
    for kind, label in ((SpansKind.of(section), [[0, 3, "LOC"]]), (LabelSetKind.of(section), ["LOC"])):
        dataset = read(section, memory={"text": ["Ann"], "label": [label]}, cache=tmp_path, kind=kind)
        assert dataset.report.warnings == ["train: no row has the label 'person'."]


def test_new_names_where_labels_have_none_are_said(tmp_path: Path) -> None:
    dataset = read_memory(tmp_path, (["a"] * 10, list(range(10))), kind=NumbersKind(), label_names={"1": "one"})
    assert any("data.label_names changes nothing" in warning for warning in dataset.report.warnings)
    scores = ScoreKind.of(DataSection(label_names={"same": "1", "other": "0"}))
    dataset = read_memory(
        tmp_path, (["a", "b", "c"], ["same", "other", "same"]), kind=scores, label_names={"same": "1"}
    )
    assert dataset.report.warnings == []


@pytest.mark.parametrize("named", [True, False])
def test_a_label_that_was_named_and_is_not_read_is_said(tmp_path: Path, named: bool) -> None:
    columns = {"text": ["a", "b", "c"], "same": ["yes", "no", "yes"]}
    changes = {"label": "same"} if named else {}
    dataset = read_memory(tmp_path, columns, kind=NoLabelKind(), **changes)
    assert any("data.label is not read" in warning for warning in dataset.report.warnings) == named


@pytest.mark.parametrize("kind", [NumbersKind(), LabelSetKind(), TagsKind(), SpansKind()])
def test_a_threshold_for_labels_that_are_no_classes_is_refused(tmp_path: Path, kind: LabelKind) -> None:
    with pytest.raises(DataError, match=r"data\.binarize: .*no classes\. Remove it"):
        read_memory(tmp_path, (["a", "b", "c"], [1, 2, 3]), kind=kind, binarize={"threshold": 1})


def test_the_names_of_label_columns_are_kept_apart(tmp_path: Path) -> None:
    data = {"text": ["a", "b", "c"], "price, EUR": [1, 2, 3], "minutes": [3, 2, 1]}
    split = {"validation": None, "test": None}
    rows = read_memory(tmp_path, data, kind=NumbersKind(), label=["price, EUR", "minutes"], split=split)["train"]
    assert rows.source.labels == ("price, EUR", "minutes")
    assert Regression().fit(rows).names_ == ("price, EUR", "minutes")


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"text": "label"}, "both text and label"),
        ({"text": ("a", "a")}, "expected different ones"),
        ({"source": "cvs"}, "data.source: Got reader 'cvs'.*Did you mean 'csv'"),
        ({"name": "glue/sst2"}, "asset or tfds"),
        ({"path": "nowhere.xyz"}, "Cannot tell the format"),
        ({}, "Set data.path"),
        ({"source": "csv"}, "Got source 'csv' and no path"),
        ({"source": "csv", "path": "x.csv", "options": {"sep": ";"}}, "The reader 'csv' has no option 'sep'"),
    ],
)
def test_sections_that_cannot_be_read(tmp_path: Path, section: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(DataSection(**section), cache=tmp_path)


def test_every_reader_is_found() -> None:
    own = {"asset", "conll", "csv", "hf_disk", "jsonl", "memory", "parquet", "squad", "tfds", "tsv"}
    assert own <= set(readers.names())


def test_a_failed_reading_leaves_nothing_half_written(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        read_memory(tmp_path, ([*balanced()[0], None], [*balanced()[1], 1]))
    assert not [file for file in (tmp_path / "cache").iterdir() if file.suffix != ".lock"]


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(whole_file.os, "fsync", full)
    with pytest.raises(DataError, match=r"There is no room left on the disk\. Make room, or set TLTK_CACHE"):
        read_memory(tmp_path)
    assert not [file for file in (tmp_path / "cache").iterdir() if file.suffix != ".lock"]


def test_a_cache_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    with pytest.raises(DataError, match="The cache cannot be used"):
        read_memory(tmp_path)


def test_two_at_once_share_one_reading(tmp_path: Path) -> None:
    found: list[Dataset] = []
    threads = [threading.Thread(target=lambda: found.append(read_memory(tmp_path, balanced(20_000)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({dataset.fingerprint for dataset in found}) == 1
    assert sum(dataset.report.sources["train"].seconds > 0 for dataset in found) == 1
    assert all(dataset["test"].texts() == found[0]["test"].texts() for dataset in found)


def test_the_report_is_plain(tmp_path: Path) -> None:
    import json

    report = json.loads(json.dumps(read_memory(tmp_path).report.to_dict()))
    assert report["rows"] == {"train": 80, "validation": 10, "test": 10}
    assert report["sources"]["train"]["reader"] == "memory"


@pytest.mark.slow
def test_anonymous_memory_grows_by_less_than_24_bytes_a_row(tmp_path: Path) -> None:
    script = Path(__file__).with_name("measure_anonymous_memory.py")
    peaks = {}
    for rows in (50_000, 1_050_000):
        command = [sys.executable, str(script), str(tmp_path / f"{rows}.csv"), str(rows), str(tmp_path / "cache")]
        peaks[rows] = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert (peaks[1_050_000] - peaks[50_000]) / 1_000_000 < 24


def test_reading_never_imports_tensorflow() -> None:
    code = "import sys, tltk.data.read; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("kind", "rows", "remark"),
    [
        (LabelSetKind(), [("a", "rude"), ("b", "rude, spam"), ("c", "")], "'rude, spam' holds a ','; .*by '\\|'"),
        (LabelSetKind(separator=","), [("a", "rude,spam"), ("b", "rude")], None),
        (TagsKind(), [("Ada", "B-PER"), ("lives", "O"), ("Rome", "B-LOC")], "every row is a single word"),
        (TagsKind(), [("Ada", "B-PER"), ("Ada lives", "B-PER O")], None),
        (TagsKind(), [("a " * 60, "O " * 59 + "B-X")], "only row has 60 words; .* empty line"),
    ],
)
def test_labels_of_an_odd_form_are_told(tmp_path: Path, kind: LabelKind, rows: list, remark: str | None) -> None:
    section = DataSection(split={"validation": None, "test": None})
    memory = [{"text": text, "label": label} for text, label in rows]
    warnings = read(section, memory=memory, cache=tmp_path, kind=kind).report.warnings
    assert len(warnings) == (remark is not None)
    if remark:
        assert re.search(f"^train: .*{remark}", warnings[0])


def test_one_long_sentence_is_told_where_rows_are_held_out(tmp_path: Path) -> None:
    memory = [{"text": "a " * 60, "label": "O " * 59 + "B-X"}]
    with pytest.raises(DataError, match="1 rows are too few .* an empty line stands between two sentences"):
        read(DataSection(), memory=memory, cache=tmp_path, kind=TagsKind())
