"""tensorflow_datasets: what its own writer wrote is read back, with GLUE's feature spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tltk.data import AnswersKind, ClassKind, Dataset, LabelKind, NumbersKind, Rows, SpansKind, TagsKind, read
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


WORDS = (["Ada", "sleeps"], ["Bob", "wakes"], ["naïve", "京"])


def prepared(folder: Path, features: dict[str, Any], rows: list[dict[str, Any]]) -> Path:
    """A folder with the dataset `rows/1.0.0` in it."""
    tfds.dataset_builders.store_as_tfds_dataset(
        name="rows",
        version="1.0.0",
        features=tfds.features.FeaturesDict(features),
        split_datasets={"train": list(enumerate(rows))},
        data_dir=folder,
        disable_shuffling=True,
    )
    return folder


def read_rows(folder: Path, kind: LabelKind, **fields: Any) -> Rows:
    whole = {"validation": None, "test": None, "duplicates": "allow"}
    section = DataSection(source="tfds", name="rows", data_dir=str(folder), split=whole, **fields)
    return read(section, cache=folder / "cache", kind=kind)["train"]


@pytest.mark.parametrize("more", [[], ["now"]], ids=["equal lengths", "unequal lengths"])
def test_tokens_and_their_tags_are_lists_of_any_lengths(tmp_path: Path, more: list[str]) -> None:
    words = [*WORDS[:2], [*WORDS[2], *more]]
    features = {
        "tokens": tfds.features.Sequence(tfds.features.Text()),
        "tags": tfds.features.Sequence(tfds.features.ClassLabel(names=["O", "B-X"])),
    }
    rows = [{"tokens": row, "tags": [1] + [0] * (len(row) - 1)} for row in words]
    train = read_rows(prepared(tmp_path, features, rows), TagsKind(), text="tokens", label="tags")
    assert train.texts() == [" ".join(row) for row in words]
    assert [[mark["label"] for mark in marks] for marks in train.labels()] == [
        ["B-X"] + ["O"] * (len(row) - 1) for row in words
    ]


@pytest.mark.parametrize("counts", [(1, 1, 1), (2, 0, 1), (0, 0, 0)])
def test_entities_are_lists_of_mappings_and_their_classes_have_names(tmp_path: Path, counts: tuple[int, ...]) -> None:
    features = {
        "text": tfds.features.Text(),
        "spans": tfds.features.Sequence(
            {"start": np.int32, "end": np.int64, "label": tfds.features.ClassLabel(names=["PER", "LOC"])}
        ),
    }
    spans = [{"start": 0, "end": 3, "label": 0}, {"start": 4, "end": 6, "label": 1}]
    rows = [{"text": f"Ada at {number}", "spans": spans[:count]} for number, count in enumerate(counts)]
    train = read_rows(prepared(tmp_path, features, rows), SpansKind(), label="spans")
    expected = [{"start": 0, "end": 3, "label": "PER"}, {"start": 4, "end": 6, "label": "LOC"}]
    assert train.labels() == [expected[:count] for count in counts]


@pytest.mark.parametrize("in_sequence", [True, False], ids=["a sequence of mappings", "a mapping of sequences"])
@pytest.mark.parametrize("counts", [(1, 1, 1), (2, 0, 1)])
def test_answers_are_those_of_other_readers(tmp_path: Path, counts: tuple[int, ...], in_sequence: bool) -> None:
    text, start = tfds.features.Text(), np.int32
    sequence = tfds.features.Sequence
    answers = (
        sequence({"text": text, "answer_start": start})
        if in_sequence
        else tfds.features.FeaturesDict({"text": sequence(text), "answer_start": sequence(start)})
    )
    features = {"question": text, "context": text, "answers": answers}
    given = [{"text": ["Ada", "is"][:count], "answer_start": [0, 4][:count]} for count in counts]
    rows = [{"question": f"{number}?", "context": "Ada is", "answers": row} for number, row in enumerate(given)]
    columns = ["question", "context"]
    train = read_rows(prepared(tmp_path, features, rows), AnswersKind(), text=columns, label="answers")
    stored = [{"text": "Ada", "start": 0}, {"text": "is", "start": 4}]
    assert train.labels() == [stored[:count] for count in counts]


def test_numbers_of_a_fixed_shape_are_lists(tmp_path: Path) -> None:
    features = {"text": tfds.features.Text(), "label": tfds.features.Tensor(shape=(2,), dtype=np.float64)}
    rows = [{"text": f"{number}", "label": [number, 0.5]} for number in range(3)]
    assert read_rows(prepared(tmp_path, features, rows), NumbersKind()).numbers().tolist() == [
        [number, 0.5] for number in range(3)
    ]


@pytest.mark.parametrize(
    ("feature", "message"),
    [
        (tfds.features.Dataset({"a": np.int32}), "Column 'label' is a data set of its own .*expected text, numbers"),
        (
            tfds.features.Sequence({"a": np.int32}),
            "rows, split train, row 0: .*'label': .*expected a string or a number",
        ),
    ],
)
def test_a_label_of_another_form_is_named(tmp_path: Path, feature: Any, message: str) -> None:
    folder = prepared(tmp_path, {"text": tfds.features.Text(), "label": feature}, [{"text": "a", "label": [{"a": 1}]}])
    with pytest.raises(DataError, match=message):
        read_rows(folder, ClassKind())
