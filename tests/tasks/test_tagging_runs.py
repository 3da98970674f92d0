"""Whole runs of token classification on the tiny BERT: from a recipe to entities."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import tltk
from tests.tagged_texts import as_spans, make_sentences, tagging_recipe


@pytest.fixture(scope="module")
def columns() -> dict[str, list[list[str]]]:
    return make_sentences()


@pytest.fixture(scope="module")
def run(tiny_bert_folder: Path, tmp_path_factory: pytest.TempPathFactory, columns: dict) -> Any:
    output = tmp_path_factory.mktemp("runs") / "tags"
    recipe = tagging_recipe(tiny_bert_folder)
    recipe["train"] |= {"monitor": "val_entity_f1", "restore_best": False}
    return tltk.fit(recipe, data=columns, output=output)


def test_a_run_learns_entities_and_its_bundle_finds_them(run: Any, columns: dict) -> None:
    assert run.metrics["test"]["f1"] > 0.9
    words, tags = columns["words"][0], columns["tags"][0]
    bundle = tltk.load(run.path)
    in_words, in_text = bundle.predict([words, " ".join(words)])
    assert in_words["tags"] == tags
    assert len(in_words["entities"]) == len(in_text["entities"]) > 0
    for one, other in zip(in_words["entities"], in_text["entities"], strict=True):
        assert one == {**other, "score": pytest.approx(other["score"], abs=1e-6)}
    assert "tags" not in in_text
    for entity in in_text["entities"]:
        assert in_text["text"][entity["start"] : entity["end"]] == entity["text"]


def test_labelled_rows_are_scored_as_in_the_run(run: Any, columns: dict) -> None:
    evaluation = run.bundle.evaluate(columns)
    assert evaluation.metrics["f1"] > 0.9
    assert {row["label"] for row in evaluation.per_class} == {"PER", "LOC"}
    (table,) = evaluation.tables
    assert table["rows"][-2][0] == "all (micro)"
    assert table["rows"][-2][3] == evaluation.metrics["accuracy"]


def test_the_metric_of_training_is_that_of_evaluation(run: Any) -> None:
    # No sentence is as long as 64 tokens, so that there are no windows, which training sees one by one.
    assert run.history["val_entity_f1"][-1] == pytest.approx(run.metrics["validation"]["f1"], abs=1e-4)
    assert run.history["val_accuracy"][-1] == pytest.approx(run.metrics["validation"]["accuracy"], abs=1e-4)


def test_entities_by_characters_are_learned_in_windows(tiny_bert_folder: Path, tmp_path: Path, columns: dict) -> None:
    recipe = tagging_recipe(tiny_bert_folder, 24, format="spans", scheme="bioes")
    run = tltk.fit(recipe, data=as_spans(columns), output=tmp_path / "run")
    assert run.metrics["test"]["f1"] > 0.9
