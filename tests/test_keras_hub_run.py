"""A whole Run on a KerasHub preset: trained, saved as a preset, opened elsewhere, run by every engine, exported."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

import tltk
from tests.keras_hub_preset import keras_hub_or_skip, write_preset
from tests.reviews import make_reviews, tiny_recipe
from tests.tiny_bert import write_tiny_bert
from tltk.bundle import Bundle
from tltk.errors import AssetError, EnvironmentProblem, RecipeError
from tltk.run import Run

keras_hub = keras_hub_or_skip()
pytestmark = pytest.mark.slow  # a minute of trainings; .ci/run runs them by name

TEXTS = ["a gripping film and wonderful", "dull script, the worst", "film " * 60, ""]


def recipe(preset: Path, **changes) -> dict:
    made = tiny_recipe("unused", **changes)
    made["backbone"] = {"provider": "keras_hub", "preset": str(preset), "max_length": 32, **made["backbone"]}
    del made["backbone"]["name"]
    return made


def scores(bundle: Bundle, engine: str = "keras", precision: str = "float32") -> np.ndarray:
    return np.array([row["scores"]["positive"] for row in bundle.predictor_for(engine, precision).predict(TEXTS)])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("keras_hub")
    changes = {"train__epochs": 3, "backbone__dropout": 0.05, "train__precision": "mixed_bfloat16"}
    return tltk.fit(recipe(write_preset(folder / "preset"), **changes), data=make_reviews(), output=folder / "run")


def test_it_learns(run: Run) -> None:
    assert run.metrics["test"]["accuracy"] > 0.8


def test_the_bundle_holds_a_preset_and_opens_elsewhere(run: Run, tmp_path: Path) -> None:
    moved = shutil.copytree(run.path / "bundle", tmp_path / "moved")
    bundle = Bundle.load(moved)
    np.testing.assert_array_equal(scores(bundle), scores(run.bundle))
    assert bundle.document["encoder"]["family"] == "keras_hub"
    assert bundle.recipe.backbone.preset == "preset"
    text = (moved / "tltk.json").read_text() + (moved / "encoder" / "config.json").read_text()
    assert str(run.path.parent) not in text
    # KerasHub itself opens it, and gives what our model's encoder gives.
    theirs = keras_hub.models.Backbone.from_preset(str(moved / "encoder"))
    assert theirs.dtype_policy.name == "float32"
    ids = np.array([[2, 9, 10, 3, 0]], "int32")
    mask = (ids != 0).astype("int32")
    ours = bundle.built.backbone({"input_ids": ids, "attention_mask": mask, "token_type_ids": ids * 0})
    expected = theirs({"token_ids": ids, "padding_mask": mask, "segment_ids": ids * 0})["sequence_output"]
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-6)


def test_engines_give_the_same(run: Run) -> None:
    np.testing.assert_allclose(scores(run.bundle, "onnx"), scores(run.bundle), rtol=0, atol=1e-5)
    np.testing.assert_allclose(scores(run.bundle, "onnx", "int8"), scores(run.bundle), rtol=0, atol=0.1)
    np.testing.assert_allclose(scores(run.bundle, "keras", "bfloat16"), scores(run.bundle), rtol=0, atol=0.1)


@pytest.mark.parametrize("format", ["savedmodel", "onnx"])
def test_exports_are_compared_and_count(run: Run, format: str, tmp_path: Path) -> None:
    # Refuses by itself what differs from the model.
    assert any(run.export(format, tmp_path / format).iterdir())


def test_a_tokenizer_of_its_own_may_be_named(tmp_path: Path) -> None:
    preset = write_preset(tmp_path / "preset")
    description = json.loads((preset / "tokenizer.json").read_text())
    (preset / "tokenizer.json").write_text(json.dumps({**description, "class_name": "AlbertTokenizer"}))
    wanted = recipe(preset, train__epochs=1)
    with pytest.raises(AssetError, match=r"backbone\.tokenizer"):
        tltk.fit(wanted, data=make_reviews(40), output=tmp_path / "run")
    wanted["backbone"]["tokenizer"] = str(write_tiny_bert(tmp_path / "words"))
    run = tltk.fit(wanted, data=make_reviews(40), output=tmp_path / "run")
    assert run.bundle.recipe.backbone.tokenizer == "words"
    assert run.bundle.predict(TEXTS[0])["label"] in ("positive", "negative")


def test_without_keras_hub_one_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keras_hub", None)
    with pytest.raises(EnvironmentProblem, match=r"pip install 'tltk\[keras-hub\]'"):
        tltk.fit(recipe(tmp_path / "preset"), data=make_reviews(40), output=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("preset", "named"),
    [
        ("bert_tiny_en_uncase", "Did you mean 'bert_tiny_en_uncased'"),
        ("bert_tiny_en_uncased", "forbids to fetch it"),
        ("./nowhere", "no config.json"),
    ],
)
def test_presets_that_cannot_be_had(preset: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TLTK_CACHE", str(tmp_path))
    for switch in ("TLTK_OFFLINE", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(switch, raising=False)
    if "forbids" in named:
        monkeypatch.setenv("TLTK_OFFLINE", "1")
    with pytest.raises(AssetError, match=named):
        tltk.fit(recipe(Path(preset), backbone__preset=preset), data=make_reviews(40), output=tmp_path / "run")


def test_a_preset_without_weights_is_refused(tmp_path: Path) -> None:
    preset = write_preset(tmp_path / "preset")
    (preset / "model.weights.h5").unlink()
    with pytest.raises(AssetError, match="lacks its weights"):
        tltk.fit(recipe(preset), data=make_reviews(40), output=tmp_path / "run")


def test_too_long_inputs_are_refused_by_the_presets_name(tmp_path: Path) -> None:
    wanted = recipe(write_preset(tmp_path / "preset"), backbone__max_length=65)
    with pytest.raises(RecipeError, match=r"preset' takes at most 64 tokens"):
        tltk.fit(wanted, data=make_reviews(40), output=tmp_path / "run")
