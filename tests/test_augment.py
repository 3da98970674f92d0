"""A recipe's `augment` section, end to end: changed copies are trained on, and nothing else is touched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tltk
from tests.augmentation.checkpoint import write_tiny_masked_bert
from tests.reviews import make_reviews, recipe_on_file, tiny_recipe
from tltk.prepare import Prepared, prepare
from tltk.recipe import load_recipe

METHODS = {"deletion": 0.2, "typos": 0.1, "swap": 0.1}


def prepared(checkpoint: Path, data: Any = None, **changes: Any) -> Prepared:
    return prepare(load_recipe(tiny_recipe(checkpoint, **changes)), data=data or make_reviews(60), progress=False)


def token_rows(encoded: Any) -> list[list[int]]:
    return [encoded.ids(row).tolist() for row in range(len(encoded))]


def told_of_reading(found: Prepared) -> dict[str, Any]:
    """Return the report but for the time that reading took, which is none where the table lay in the cache."""
    report = found.dataset.report.to_dict()
    return {**report, "sources": {name: {**part, "seconds": None} for name, part in report["sources"].items()}}


@pytest.fixture(scope="module")
def plain(tiny_bert_folder: Path) -> Prepared:
    return prepared(tiny_bert_folder)


@pytest.fixture(scope="module")
def augmented(tiny_bert_folder: Path) -> Prepared:
    return prepared(tiny_bert_folder, augment={"methods": METHODS, "copies": 2})


def test_copies_of_training_rows_come_after_them_with_their_labels(plain: Prepared, augmented: Prepared) -> None:
    given, train = plain.encoded["train"], augmented.encoded["train"]
    rows = len(given)
    assert len(train) == 3 * rows
    assert token_rows(train)[:rows] == token_rows(given) == token_rows(augmented.given["train"])
    assert train.dense["labels"][:rows].tolist() == given.dense["labels"].tolist()
    copies = augmented.copies
    assert copies is not None
    labels = dict(zip(plain.dataset["train"].texts(), plain.dataset["train"].labels(), strict=True))
    by_number = {text.rpartition(" ")[2]: label for text, label in labels.items()}
    tokens = augmented.tokenizer(copies.rows.texts(), truncation=True, max_length=32)["input_ids"]
    assert token_rows(train)[rows:] == tokens
    names = augmented.labels
    assert [names[code] for code in train.dense["labels"][rows:]] == copies.rows.labels()
    unharmed = [
        (text.rpartition(" ")[2], label) for text, label in zip(copies.rows.texts(), copies.rows.labels(), strict=True)
    ]
    known = [(number, label) for number, label in unharmed if number in by_number]
    assert len(known) > rows
    assert all(by_number[number] == label for number, label in known)


def test_validation_and_test_rows_are_never_touched(plain: Prepared, augmented: Prepared) -> None:
    assert set(augmented.encoded) == set(plain.encoded) == {"train", "validation", "test"}
    for split in ("validation", "test"):
        assert token_rows(augmented.encoded[split]) == token_rows(plain.encoded[split])
        assert augmented.dataset[split].texts() == plain.dataset[split].texts()
    assert augmented.dataset["train"].texts() == plain.dataset["train"].texts()
    assert told_of_reading(augmented) == told_of_reading(plain)
    assert augmented.dataset.fingerprint == plain.dataset.fingerprint
    held_out = {text for split in ("validation", "test") for text in plain.dataset[split].texts()}
    places = set(plain.dataset["train"].column("__row__").to_pylist())
    assert augmented.copies is not None
    assert set(augmented.copies.rows.column("__row__").to_pylist()) == places
    assert not held_out & set(augmented.copies.rows.texts())


def test_the_same_recipe_makes_the_same_rows(
    tiny_bert_folder: Path, augmented: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TLTK_CACHE", str(tmp_path))
    again = prepared(tiny_bert_folder, augment={"methods": METHODS, "copies": 2})
    other = prepared(tiny_bert_folder, augment={"methods": METHODS, "copies": 2, "seed": 1})
    assert token_rows(again.encoded["train"]) == token_rows(augmented.encoded["train"])
    assert token_rows(other.encoded["train"]) != token_rows(augmented.encoded["train"])


def test_pairs_shares_and_synonyms(tmp_path: Path) -> None:
    checkpoint = write_tiny_masked_bert(tmp_path / "bert")
    texts = make_reviews(60)
    data = {"a": texts["text"], "b": texts["text"][::-1], "label": texts["label"]}
    found = prepared(
        checkpoint,
        data,
        data__text=("a", "b"),
        augment={"methods": {"synonyms": 0.2}, "share": 0.5},
        data__split__test=None,
    )
    train = found.encoded["train"]
    assert (len(found.dataset["train"]), len(train)) == (48, 72)
    batch = train.batch(np.array([0, 71]), length=32)
    assert (batch["token_type_ids"].max(axis=1) == 1).all()


@pytest.mark.parametrize("split", [{"validation": 0.2, "test": None}, {"validation": None, "test": None}])
def test_a_copy_counts_as_equal_to_its_original_and_to_no_other_text(
    tiny_bert_folder: Path, split: dict[str, Any]
) -> None:
    texts = make_reviews(40)["text"]
    found = prepared(
        tiny_bert_folder,
        {"query": texts, "answer": ["the same answer", *texts[:0:-1]]},
        task={"name": "similarity", "options": {"objective": "multiple-negatives"}},
        data__text=["query", "answer"],
        data__split=split,
        augment={"methods": METHODS, "copies": 2, "share": 0.7},
    )
    rows, copies = found.dataset["train"], found.copies
    assert copies is not None
    numbers = found.encoded["train"].dense["labels"][:, 0].reshape(-1, 2)
    by_place = dict(zip(rows.column("__row__").to_pylist(), numbers[: len(rows)].tolist(), strict=True))
    assert numbers[len(rows) :].tolist() == [by_place[place] for place in copies.rows.column("__row__").to_pylist()]
    assert len(copies.rows) > len(rows)


def test_texts_without_words_are_left_alone_and_it_is_said(tiny_bert_folder: Path) -> None:
    data = {"text": [f"{'!' * (row + 1)}" for row in range(40)], "label": ["a", "b"] * 20}
    found = prepared(tiny_bert_folder, data, augment={"methods": ["deletion"]})
    assert len(found.encoded["train"]) == len(found.dataset["train"])
    assert any("nothing" in line or "no text" in line for line in found.dataset.report.warnings)


def test_a_run_trains_on_copies_scores_without_them_and_tells(tiny_bert_folder: Path, tmp_path: Path) -> None:
    recipe = recipe_on_file(
        tiny_bert_folder, tmp_path / "reviews.csv", 80, train__epochs=1, augment={"methods": METHODS}
    )
    run = tltk.fit(recipe, output=tmp_path / "run")
    data = json.loads((run.path / "data.json").read_text())
    assert data["rows"] == {"train": 48, "validation": 16, "test": 16}
    assert data["tokens"]["train"]["rows"] == 48
    assert data["augmented"]["rows"] == 48
    assert data["augmented"]["methods"] == METHODS
    assert data["augmented"]["examples"][0]["where"].startswith(str(tmp_path / "reviews.csv"))
    assert {name: part["n"] for name, part in json.loads((run.path / "evaluation.json").read_text()).items()} == {
        "validation": 16,
        "test": 16,
    }
    page = run.report().read_text()
    assert "<del>" in page
    assert "<ins>" in page
    assert tltk.load_recipe(run.path / "recipe.yaml").augment.methods == METHODS
    finished = (run.path / "run.json").read_text()
    assert tltk.fit(recipe, output=tmp_path / "run").path == run.path
    assert (run.path / "run.json").read_text() == finished
    with pytest.raises(tltk.TltkError, match="run"):
        tltk.fit({**recipe, "augment": {"methods": {**METHODS, "typos": 0.2}}}, output=tmp_path / "run")


def test_a_search_trains_on_copies(tiny_bert_folder: Path) -> None:
    tune = {"parameters": {"train.learning_rate": {"choice": [1e-3, 1e-2]}}}
    model = tltk.hypermodel(
        tiny_recipe(tiny_bert_folder, tune=tune, augment={"methods": ["typos"]}), data=make_reviews(60)
    )
    assert len(model.prepared(model.recipe).encoded["train"]) == 72
    other = load_recipe(model.recipe, {"augment.copies": 2})
    assert len(model.prepared(other).encoded["train"]) == 108
