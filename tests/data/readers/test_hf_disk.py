"""Hugging Face datasets on disk; the library that writes them is the oracle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.data.readers.contract import TEXTS, ReaderContract
from tltk.data import read
from tltk.errors import DataError
from tltk.recipe import DataSection

datasets = pytest.importorskip("datasets", reason="the datasets library, the oracle, is not installed")
datasets.disable_progress_bars()

WHOLE = {"validation": None, "test": None, "duplicates": "allow"}


def class_labels(rows: list[tuple[Any, int]]) -> Any:
    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["neg", "pos"])})
    return datasets.Dataset.from_dict({"text": [t for t, _ in rows], "label": [n for _, n in rows]}, features=features)


class TestHuggingFaceDisk(ReaderContract):
    def write(self, folder: Path, rows: list[tuple[Any, Any]]) -> dict[str, Any]:
        texts, labels = [text for text, _ in rows], [label for _, label in rows]
        features = None
        if not rows:
            features = datasets.Features({"text": datasets.Value("string"), "label": datasets.Value("int64")})
        place = folder / f"dataset-{abs(hash(str(rows)))}"
        if not place.exists():
            datasets.Dataset.from_dict({"text": texts, "label": labels}, features=features).save_to_disk(str(place))
        return {"path": str(place)}


def test_splits_shards_and_class_names_are_those_of_the_library(tmp_path: Path) -> None:
    rows = [(text, number % 2) for number, text in enumerate(TEXTS)]
    whole = datasets.DatasetDict({"train": class_labels(rows), "validation": class_labels(rows[:4])})
    whole.save_to_disk(str(tmp_path / "data"), num_shards={"train": 3, "validation": 1})
    dataset = read(DataSection(path=str(tmp_path / "data"), split=WHOLE), cache=tmp_path / "cache")
    oracle = datasets.load_from_disk(str(tmp_path / "data"))
    for split in ("train", "validation"):
        names = oracle[split].features["label"].names
        expected = [(row["text"], names[row["label"]]) for row in oracle[split]]
        assert list(zip(dataset[split].texts(), dataset[split].labels(), strict=True)) == expected
    assert dataset["train"].where(len(TEXTS) - 1).endswith("data-00002-of-00003.arrow, row 1")


def test_a_selection_is_saved_in_its_own_order(tmp_path: Path) -> None:
    class_labels([("a", 0), ("b", 1), ("c", 0)]).select([2, 1]).save_to_disk(str(tmp_path / "data"))
    train = read(DataSection(path=str(tmp_path / "data"), split=WHOLE), cache=tmp_path / "cache")["train"]
    assert train.texts() == ["c", "b"]


def test_a_test_split_with_withheld_labels_is_left_out_and_reported(tmp_path: Path) -> None:
    rows = [(text, number % 2) for number, text in enumerate(TEXTS)]
    hidden = class_labels([(f"secret {number}", -1) for number in range(5)])
    datasets.DatasetDict({"train": class_labels(rows), "test": hidden}).save_to_disk(str(tmp_path / "data"))
    dataset = read(DataSection(path=str(tmp_path / "data"), split=WHOLE), cache=tmp_path / "cache")
    assert list(dataset.splits) == ["train"]
    assert dataset.report.warnings[0].startswith("test: every label is withheld (-1)")
    with pytest.raises(DataError, match="Every label of the training rows is withheld"):
        read(DataSection(path=str(tmp_path / "data"), train_split="test", split=WHOLE), cache=tmp_path / "cache")


def test_a_split_that_is_not_there_is_named(tmp_path: Path) -> None:
    datasets.DatasetDict({"training": class_labels([("a", 0)])}).save_to_disk(str(tmp_path / "data"))
    with pytest.raises(DataError, match="There is no split 'train'.*Did you mean 'training'"):
        read(DataSection(path=str(tmp_path / "data")), cache=tmp_path / "cache")


def test_paths_that_leave_the_folder_are_refused(tmp_path: Path) -> None:
    class_labels([("a", 0), ("b", 1)]).save_to_disk(str(tmp_path / "data"))
    state = tmp_path / "data" / "state.json"
    content = json.loads(state.read_text())
    content["_data_files"] = [{"filename": "../../etc/passwd"}]
    state.write_text(json.dumps(content))
    with pytest.raises(DataError, match=r"Got '\.\./\.\./etc/passwd'; expected the plain name"):
        read(DataSection(path=str(tmp_path / "data")), cache=tmp_path / "cache")


def test_damaged_files_are_named(tmp_path: Path) -> None:
    class_labels([(text, number % 2) for number, text in enumerate(TEXTS * 50)]).save_to_disk(str(tmp_path / "data"))
    (arrow,) = (tmp_path / "data").glob("*.arrow")
    whole = arrow.read_bytes()
    arrow.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"\.arrow: The Arrow file cannot be read"):
        read(DataSection(path=str(tmp_path / "data")), cache=tmp_path / "cache")
    (tmp_path / "data" / "dataset_info.json").write_text("{")
    with pytest.raises(DataError, match=r"dataset_info\.json: The file cannot be read"):
        read(DataSection(path=str(tmp_path / "data")), cache=tmp_path / "cache")
    with pytest.raises(DataError, match="neither dataset_dict"):
        read(DataSection(source="hf_disk", path=str(tmp_path)), cache=tmp_path / "cache")
