"""tensorflow_datasets: what its own writer wrote is read back, with GLUE's feature spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tltk.data import Dataset, read
from tltk.errors import DataError
from tltk.recipe import DataSection

tfds = pytest.importorskip("tensorflow_datasets", reason="tensorflow_datasets is not installed")

SENTENCES = ("a charming journey", 'naïve, "bleak" and desperate', "好电影", "  two  spaces ")


def glue_rows(count: int, *, hidden: bool = False, start: int = 0) -> list[tuple[int, dict[str, Any]]]:
    return [
        (
            number,
            {
                "sentence": f"{SENTENCES[number % 4]} {start + number}",
                "label": -1 if hidden else number % 2,
                "idx": number,
            },
        )
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def glue_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `glue/sst2/1.0.0` in it, its test labels withheld as GLUE's are."""
    folder = tmp_path_factory.mktemp("tensorflow_datasets")
    tfds.disable_progress_bar()
    features = tfds.features.FeaturesDict(
        {
            "sentence": tfds.features.Text(),
            "label": tfds.features.ClassLabel(names=["negative", "positive"]),
            "idx": np.int32,
        }
    )
    tfds.dataset_builders.store_as_tfds_dataset(
        name="glue",
        config="sst2",
        version="1.0.0",
        features=features,
        split_datasets={
            "train": glue_rows(100),
            "validation": glue_rows(20, start=100),
            "test": glue_rows(10, hidden=True, start=120),
        },
        data_dir=folder,
        disable_shuffling=True,
    )
    return folder


def read_glue(folder: Path, tmp_path: Path, **changes: Any) -> Dataset:
    plain = {"source": "tfds", "name": "glue/sst2:1.0.0", "text": "sentence", "data_dir": str(folder)}
    whole = {"validation": None, "test": None}
    return read(DataSection(**({"split": whole} | plain | changes)), cache=tmp_path / "cache")


def test_rows_order_and_class_names(glue_folder: Path, tmp_path: Path) -> None:
    dataset = read_glue(glue_folder, tmp_path)
    for split, rows in (("train", glue_rows(100)), ("validation", glue_rows(20, start=100))):
        expected = [(row["sentence"], ("negative", "positive")[row["label"]]) for _, row in rows]
        assert list(zip(dataset[split].texts(), dataset[split].labels(), strict=True)) == expected


def test_the_test_split_with_withheld_labels_is_not_used_and_that_is_said(glue_folder: Path, tmp_path: Path) -> None:
    dataset = read_glue(glue_folder, tmp_path)
    assert list(dataset.splits) == ["train", "validation"]
    assert "test: every label is withheld (-1), so the source's test split is not used." in dataset.report.warnings
    held_out = read_glue(glue_folder, tmp_path, split={"test": 0.1})
    assert {name: len(rows) for name, rows in held_out.splits.items()} == {"train": 90, "validation": 20, "test": 10}


def test_another_split_can_be_named(glue_folder: Path, tmp_path: Path) -> None:
    dataset = read_glue(glue_folder, tmp_path, train_split="train[:50%]", test_split="validation")
    assert {name: len(rows) for name, rows in dataset.splits.items()} == {"train": 50, "test": 20}
    with pytest.raises(DataError, match=r"There is no split 'dev'; the splits are 'train', 'validation', 'test'"):
        read_glue(glue_folder, tmp_path, validation_split="dev")


def test_columns_are_checked(glue_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no column 'sentences'.*Did you mean 'sentence'"):
        read_glue(glue_folder, tmp_path, text="sentences")
    with pytest.raises(DataError, match="Column 'idx' is a [A-Za-z]+; expected text"):
        read_glue(glue_folder, tmp_path, text="idx")


def test_an_unknown_dataset_is_an_error(glue_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such dataset"):
        read_glue(glue_folder, tmp_path, name="no_such_dataset")


def test_nothing_is_downloaded_when_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TLTK_OFFLINE", "1")
    with pytest.raises(DataError, match="downloads are switched off.*Prepare it on a machine with a network"):
        read_glue(tmp_path / "empty", tmp_path)


def test_the_second_reading_comes_from_the_cache(glue_folder: Path, tmp_path: Path) -> None:
    first, second = read_glue(glue_folder, tmp_path), read_glue(glue_folder, tmp_path)
    assert first.report.sources["train"].seconds > 0 == second.report.sources["train"].seconds
    assert first.fingerprint == second.fingerprint
