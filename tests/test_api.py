"""From recipe to Run and Bundle, end to end, on a tiny checkpoint."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from safetensors.numpy import load_file

import tltk
from tests.reviews import make_reviews, tiny_recipe


@pytest.fixture(scope="module")
def run(tiny_bert_folder, tmp_path_factory):
    output = tmp_path_factory.mktemp("runs") / "tiny"
    return tltk.fit(tiny_recipe(tiny_bert_folder, train__epochs=6), data=make_reviews(), output=output)


def test_a_run_learns_and_leaves_its_files(run):
    assert run.metrics["test"]["accuracy"] > 0.8
    assert set(run.metrics) == {"validation", "test"}
    assert json.loads((run.path / "metrics.json").read_text())["test"]["f1_macro"] == run.metrics["test"]["f1_macro"]
    assert set(run.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert len(run.history["loss"]) == 6
    assert run.report().read_text().startswith("<!doctype html>")
    assert "recipe.yaml" in {path.name for path in run.path.iterdir()}
    assert not (run.path / "checkpoints").exists()
    assert tltk.load_recipe(run.path / "recipe.yaml").train.epochs == 6


def test_a_run_is_shown_in_a_notebook(run):
    assert "&lt;svg" in run._repr_html_()


def test_the_saved_metrics_are_those_of_the_bundle(run):
    data = make_reviews()
    whole = tltk.load(run.path).evaluate(data)
    assert whole.n == 160
    assert whole.metrics["accuracy"] > 0.8


def test_rows_to_score_may_have_columns_of_other_names(run):
    data = make_reviews()
    renamed = {"review": data["text"], "stars": data["label"]}
    assert run.bundle.evaluate(renamed, text="review", label="stars").metrics == run.bundle.evaluate(data).metrics
    with pytest.raises(tltk.TltkError, match=r"Got 2 text column\(s\) \(text, other\); the model takes 1"):
        run.bundle.evaluate({**data, "other": data["text"]}, text=["text", "other"])


def test_predict_takes_one_many_streams_and_files(run, tmp_path):
    texts = [*make_reviews(2, seed=9)["text"][::-1], ""]
    many = run.predict(texts)
    assert [row["text"] for row in many] == texts
    assert [set(row) for row in many] == [{"text", "label", "score", "scores"}] * 3
    assert many[0]["label"] == "positive"
    assert many[1]["label"] == "negative"
    assert many[0]["score"] == many[0]["scores"]["positive"]
    assert sum(many[0]["scores"].values()) == pytest.approx(1, abs=1e-6)
    assert run.predict(texts[0])["scores"] == pytest.approx(many[0]["scores"], abs=1e-6)
    stream = run.predict(iter(texts))
    assert next(stream)["text"] == texts[0]
    assert [row["label"] for row in run.predict(np.array(texts[:2]))] == ["positive", "negative"]
    assert [row["label"] for row in run.predict(pd.Series(texts[:2], index=[7, 3]))] == ["positive", "negative"]

    file = tmp_path / "rows.csv"
    pd.DataFrame({"text": texts[:2], "other": [1, 2]}).to_csv(file, index=False)
    assert [row["text"] for row in run.predict(file)] == texts[:2]
    lines = tmp_path / "rows.txt"
    lines.write_text("\n".join(texts[:2]), encoding="utf-8")
    assert [row["label"] for row in run.predict(lines)] == ["positive", "negative"]


def test_an_opened_bundle_predicts_on_its_own_engine_alone(run):
    assert tltk.predict(run.bundle, "a film", engine="keras")["text"] == "a film"
    with pytest.raises(tltk.TltkError, match="opened for keras in float32; got onnx in int8.*predictor_for"):
        tltk.predict(run.bundle, "a film", precision="int8")


def test_predict_takes_the_text_column_of_a_table(run):
    texts = make_reviews(3, seed=9)["text"]
    frame = pd.DataFrame({"other": [1, 2, 3], "text": texts}, index=[4, 4, 4])
    expected = run.predict(texts)
    for table in (frame, pa.Table.from_pandas(frame)):  # a table comes in other batches than a list
        found = run.predict(table)
        assert [row["text"] for row in found] == texts
        assert [row["score"] for row in found] == pytest.approx([row["score"] for row in expected], abs=1e-6)
    with pytest.raises(tltk.TltkError, match="no column 'text'; the columns are 'other', 'txt'. Did you mean 'txt'"):
        run.predict(frame.rename(columns={"text": "txt"}))


def test_a_column_option_that_is_none_is_named(run):
    with pytest.raises(tltk.TltkError, match=r"Got 'txt'.*Did you mean 'text'"):
        run.bundle.evaluate(make_reviews(4), txt="text")
    with pytest.raises(tltk.TltkError, match=r"encoding: Got 3; expected a text. Put it in quotes: '3'"):
        run.bundle.evaluate(make_reviews(4), encoding=3)


@pytest.mark.parametrize("wrong", [3, "half a \ud800 character", ["fine", 4], [None], {"txt": "a"}])
def test_predict_refuses_what_is_no_text(run, wrong):
    with pytest.raises(tltk.TltkError, match="Got"):
        run.predict(wrong)


def test_predictions_do_not_depend_on_company(run):
    texts = make_reviews(90, seed=5)["text"]
    together = run.predict(texts)
    alone = [run.predict(text) for text in texts[::17]]
    for one, other in zip(alone, together[::17], strict=True):
        assert one["scores"] == pytest.approx(other["scores"], abs=1e-5)


def test_a_moved_bundle_predicts_the_same(run, tmp_path):
    text = "a dull film with moving actors"
    before = run.predict(text)
    moved = tmp_path / "elsewhere" / "bundle"
    shutil.copytree(run.path / "bundle", moved)
    assert tltk.load(moved).predict(text) == before
    for file in moved.rglob("*.json"):
        assert str(run.path) not in file.read_text(encoding="utf-8")


def test_the_same_recipe_again_opens_the_finished_run(run, tiny_bert_folder, capfd):
    again = tltk.fit(tiny_recipe(tiny_bert_folder, train__epochs=6), data=make_reviews(), output=run.path)
    assert again.metrics == run.metrics
    assert "nothing to train" in capfd.readouterr().err


def test_other_rows_are_not_taken_for_the_same_run(run, tiny_bert_folder):
    with pytest.raises(tltk.TltkError, match=r"other rows.*--overwrite"):
        tltk.fit(tiny_recipe(tiny_bert_folder, train__epochs=6), data=make_reviews(150), output=run.path)


def test_another_recipe_does_not_overwrite_a_run(run, tiny_bert_folder):
    with pytest.raises(tltk.TltkError, match="another recipe.*--overwrite"):
        tltk.fit(tiny_recipe(tiny_bert_folder, train__epochs=1), data=make_reviews(), output=run.path)
    assert run.path.joinpath("metrics.json").exists()


def test_a_run_is_overwritten_only_when_another_is_about_to_be_trained(run, tiny_bert_folder):
    with pytest.raises(tltk.TltkError, match="There is no column"):
        tltk.fit(tiny_recipe(tiny_bert_folder, data__text="txt"), data=make_reviews(), output=run.path, overwrite=True)
    assert tltk.load(run.path).metrics == run.metrics
    assert tltk.fit(tiny_recipe(tiny_bert_folder, train__epochs=6), data=make_reviews(), output=run.path).path


def test_files_that_are_no_run_are_left_alone(tiny_bert_folder, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(tltk.TltkError, match="no Run"):
        tltk.fit(tiny_recipe(tiny_bert_folder), data=make_reviews(), output=tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_two_runs_of_one_recipe_are_the_same(tiny_bert_folder, tmp_path):
    runs = [
        tltk.fit(tiny_recipe(tiny_bert_folder), data=make_reviews(), output=tmp_path / name) for name in ("one", "two")
    ]
    assert runs[0].metrics == runs[1].metrics
    assert runs[0].history == runs[1].history
    hashes = [run.bundle.document["files"]["encoder/model.safetensors"] for run in runs]
    assert hashes[0] == hashes[1]


def test_pairs_of_texts(tiny_bert_folder, tmp_path):
    reviews = make_reviews(120)
    data = {"one": reviews["text"], "two": reviews["text"][::-1], "label": reviews["label"]}
    recipe = tiny_recipe(tiny_bert_folder, data__text=["one", "two"], train__epochs=1)
    run = tltk.fit(recipe, data=data, output=tmp_path / "pairs")
    one = run.predict(("a funny film", "a dull film"))
    assert one["text"] == ["a funny film", "a dull film"]
    rows = run.predict([("a", "b"), {"one": "c", "two": "d"}])
    assert [row["text"] for row in rows] == [["a", "b"], ["c", "d"]]


def test_nothing_held_out(tiny_bert_folder, tmp_path):
    recipe = tiny_recipe(tiny_bert_folder, train__epochs=1, data__split={"validation": None, "test": None})
    run = tltk.fit(recipe, data=make_reviews(32), output=tmp_path / "run")
    assert (run.metrics, run.evaluate(), set(run.history)) == ({}, {}, {"loss", "accuracy"})
    assert "<!doctype html>" in run.report().read_text()


def test_a_frozen_backbone_keeps_every_weight(tiny_bert_folder, tmp_path):
    recipe = tiny_recipe(tiny_bert_folder, train__epochs=1, backbone__trainable=False)
    run = tltk.fit(recipe, data=make_reviews(48), output=tmp_path / "run")
    before = load_file(tiny_bert_folder / "model.safetensors")
    after = load_file(run.path / "bundle" / "encoder" / "model.safetensors")
    changed = {name for name, tensor in before.items() if not np.array_equal(tensor, after[f"bert.{name}"])}
    assert changed == {"pooler.dense.weight", "pooler.dense.bias"}, "the head's own"


@pytest.mark.parametrize(
    "section",
    [
        {"source": "asset", "name": "movie-snippets"},
        {"source": "tfds", "name": "glue/sst2", "train_split": "train", "data_dir": "tfds"},
        {"path": "reviews.tsv", "validation_path": "dev.tsv", "delimiter": ";", "columns": ["label", "text"]},
    ],
    ids=["asset", "tfds", "files"],
)
def test_rows_in_memory_take_the_place_of_any_source(section):
    assert tltk.check({"data": section}, data=make_reviews(100))["rows"] == {"train": 80, "validation": 10, "test": 10}


def test_texts_that_are_cut_are_counted_once(tiny_bert_folder, tmp_path):
    recipe = tiny_recipe(tiny_bert_folder, backbone__max_length=16, train__epochs=1)
    run = tltk.fit(recipe, data=make_reviews(60), output=tmp_path / "cut")
    tokenizer = run.bundle.tokenizer
    longer = sum(len(tokenizer(text)["input_ids"]) > 16 for text in make_reviews(60)["text"])
    assert json.loads((run.path / "data.json").read_text())["truncated"] == longer > 0
    assert f"{longer} texts were longer" in run.report().read_text()


def test_check_reads_rows_and_labels_without_weights(tiny_bert_folder):
    report = tltk.check(tiny_recipe(tiny_bert_folder), data=make_reviews(100))
    assert report["rows"] == {"train": 60, "validation": 20, "test": 20}
    assert report["labels_in_order"] == ["negative", "positive"]


def test_check_tells_whether_the_backbone_is_here(tiny_bert_folder, tmp_path, monkeypatch):
    recipe, data = tiny_recipe(tiny_bert_folder), make_reviews(100)
    assert tltk.check(recipe, data=data)["backbone"] == {"name": str(tiny_bert_folder), "on_this_machine": True}
    monkeypatch.setenv("TLTK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    for name in ("all-MiniLM-L6-v2", "some/checkpoint"):
        found = tltk.check(recipe, {"backbone.name": name}, data=data)["backbone"]
        assert found == {"name": name, "on_this_machine": False}
    with pytest.raises(tltk.TltkError, match=r"no such folder; expected a folder in Hugging Face layout"):
        tltk.check(recipe, {"backbone.name": str(tmp_path / "nothing")}, data=data)
    with pytest.raises(tltk.TltkError, match=r"no preset, no folder and no Hugging Face id"):
        tltk.check(recipe, {"backbone.name": "no such name"}, data=data)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"head__name": "lineer"}, "Did you mean 'linear'"),
        ({"task__name": "text-clasification"}, "Did you mean 'text-classification'"),
        ({"export__formats": ["onx"]}, "Did you mean 'onnx'"),
        ({"backbone__max_length": 4096}, "takes at most 128"),
    ],
)
def test_wrong_parts_are_named(tiny_bert_folder, tmp_path, changes, words):
    with pytest.raises(tltk.TltkError, match=words):
        tltk.fit(tiny_recipe(tiny_bert_folder, **changes), data=make_reviews(), output=tmp_path / "run")
