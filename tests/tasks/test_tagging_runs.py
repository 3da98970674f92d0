"""Whole runs of token classification on the tiny BERT: from a recipe to entities."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tltk
from tests.tagged_texts import as_spans, make_sentences, tagging_recipe
from tltk.evaluation import ReportContent, report_html
from tltk.exporting import exporters
from tltk.tasks.tagging.paths import path_probabilities


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
    assert bundle.predict([[]]) == [{"text": "", "entities": [], "tags": []}]
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


def test_files_of_words_are_predicted_word_by_word_and_scored(run: Any, columns: dict, tmp_path: Path) -> None:
    tagged, bare = tmp_path / "tagged.conll", tmp_path / "bare.conll"
    sentences = list(zip(columns["words"][:4], columns["tags"][:4], strict=True))
    tagged.write_text(
        "\n\n".join("\n".join(f"{w} {t}" for w, t in zip(*pair, strict=True)) for pair in sentences), "utf-8"
    )
    bare.write_text("\n\n".join("\n".join(words) for words, _ in sentences), "utf-8")
    for file in (tagged, bare):
        assert [row["tags"] for row in run.bundle.predict(file)] == [tags for _, tags in sentences]
    assert run.bundle.evaluate(tagged).metrics["f1"] == 1.0


@pytest.fixture(scope="module")
def crf_run(tiny_bert_folder: Path, tmp_path_factory: pytest.TempPathFactory, columns: dict) -> Any:
    recipe = {**tagging_recipe(tiny_bert_folder, 24), "head": "crf"}
    return tltk.fit(recipe, data=columns, output=tmp_path_factory.mktemp("runs") / "crf")


def test_a_crf_learns_entities_over_windows(crf_run: Any, columns: dict) -> None:
    assert crf_run.metrics["test"]["f1"] > 0.9
    assert crf_run.bundle.task.pieces == "all"
    # The number at the front is learned as the first word only.
    (prediction,) = crf_run.predict([columns["words"][0][1:] * 3])
    assert prediction["tags"] == columns["tags"][0][1:] * 3
    assert all(0 < entity["score"] <= 1 for entity in prediction["entities"])


@pytest.mark.parametrize("format", ["savedmodel", "onnx"])
def test_the_exported_graph_of_a_crf_gives_the_best_path(
    crf_run: Any, columns: dict, tmp_path: Path, format: str
) -> None:
    folder = crf_run.export(format, tmp_path / "export")
    tokens = crf_run.bundle.tokenizer(
        [" ".join(words[:8]) for words in columns["words"][:5]], padding=True, return_tensors="np"
    )
    inputs = {name: value.astype("int32") for name, value in tokens.items()}
    found = exporters.get(format)().load(folder)(inputs)
    edges = crf_run.bundle.model(inputs, training=False).numpy()
    lengths = inputs["attention_mask"].sum(axis=1)
    for row, length in enumerate(lengths):
        best, _ = path_probabilities(edges[row, :length], np.array([length]))
        np.testing.assert_array_equal(found[row, :length], best)


@pytest.mark.parametrize("name", ["run", "crf_run"])
def test_onnxruntime_finds_the_same_entities(name: str, request: pytest.FixtureRequest, columns: dict) -> None:
    path = request.getfixturevalue(name).path
    sentences = columns["words"][:8]
    expected, found = tltk.load(path).predict(sentences), tltk.load(path, engine="onnx").predict(sentences)
    assert [row["tags"] for row in found] == [row["tags"] for row in expected]


@pytest.mark.parametrize("format", ["savedmodel", "onnx"])
def test_exported_probabilities_are_those_of_the_tokens(run: Any, columns: dict, tmp_path: Path, format: str) -> None:
    folder = run.export(format, tmp_path / "export")
    tokens = run.bundle.tokenizer(
        [" ".join(words) for words in columns["words"][:5]], padding=True, return_tensors="np"
    )
    inputs = {name: value.astype("int32") for name, value in tokens.items()}
    found = exporters.get(format)().load(folder)(inputs)
    expected = run.bundle.task.activation(run.bundle.model(inputs, training=False).numpy())
    there = inputs["attention_mask"] == 1
    np.testing.assert_allclose(found[there], expected[there], atol=1e-5)


def test_pytorch_transformers_finds_the_same_entities(run: Any, columns: dict) -> None:
    pytest.importorskip("torch")
    from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

    folder = run.bundle.path / "encoder"
    model = AutoModelForTokenClassification.from_pretrained(folder)
    assert list(model.config.id2label.values()) == list(run.bundle.task.labels_)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tag = pipeline("token-classification", model=model, tokenizer=tokenizer, aggregation_strategy="first")
    for words in columns["words"][:12]:
        text = " ".join(words)
        expected = [
            (one["entity_group"], one["start"], one["end"], pytest.approx(one["score"], abs=1e-4)) for one in tag(text)
        ]
        found = run.predict(text)["entities"]
        assert [(one["label"], one["start"], one["end"], one["score"]) for one in found] == expected


def test_the_report_marks_what_was_mistaken(run: Any) -> None:
    from tltk.evaluation import entity_mistakes

    texts = ["Ann <b>sings</b> in York"]
    true = [[{"start": 0, "end": 3, "label": "PER"}, {"start": 20, "end": 24, "label": "LOC"}]]
    found = [[{"start": 0, "end": 3, "label": "LOC", "score": 0.8}]]
    (mistake,) = entity_mistakes(texts, true, found)
    assert "".join(piece["text"] for piece in mistake["segments"]) == texts[0]
    assert [(piece["text"], piece["verdict"]) for piece in mistake["segments"] if "verdict" in piece] == [
        ("Ann", "wrong"),
        ("York", "missed"),
    ]
    content = {"name": "x", "evaluations": {"test": run.bundle.evaluate(make_sentences(4)).to_dict()}}
    html = report_html(ReportContent(**content, mistakes=[mistake]))
    assert '<mark class="wrong">Ann<sub>LOC</sub></mark>' in html
    assert "&lt;b&gt;sings" in html
    assert "Single tags" in html
