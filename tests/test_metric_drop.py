"""What a precision costs is measured on the validation rows, kept, and printed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import tltk
from tests.reviews import make_reviews, recipe_on_file, tiny_recipe, write_reviews
from tltk.errors import EnvironmentProblem
from tltk.metric_drop import MetricDrop
from tltk.run import Run


@pytest.fixture(scope="module")
def run(tiny_bert_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A Run whose rows can be read again."""
    folder = tmp_path_factory.mktemp("drops")
    return tltk.fit(recipe_on_file(tiny_bert_folder, folder / "reviews.csv"), output=folder / "run")


@pytest.mark.parametrize("precision", ["bfloat16", "int8"])
def test_it_is_measured_on_the_very_validation_rows_and_printed(
    run: Run,
    precision: str,
    empty_cache: Path,
    capsys: pytest.CaptureFixture,
) -> None:
    bundle = tltk.load(run.path, precision=precision)
    bundle.predict("a gripping film")
    told = " ".join(capsys.readouterr().err.split())
    drop = bundle.metric_drop(precision=precision)
    assert drop.rows == 32
    assert drop.float32["accuracy"] == run.metrics["validation"]["accuracy"]
    assert drop.measured.keys() == drop.float32.keys()
    assert drop.drops["accuracy"] == pytest.approx(drop.float32["accuracy"] - drop.measured["accuracy"])
    assert str(drop) in told
    assert f"{precision} on the 32 validation rows: accuracy {drop.measured['accuracy']:.4f} (float32" in told


def test_it_is_measured_once(run: Run, empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tltk import metric_drop

    first = tltk.load(run.path).metric_drop(precision="int8")
    monkeypatch.setattr(metric_drop, "_measured", lambda *_: pytest.fail("measured again"))
    assert tltk.load(run.path).metric_drop(precision="int8") == first


def test_a_cache_that_cannot_be_written_is_told(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr("tltk.metric_drop.engine_folder", lambda identity: tmp_path / "file" / "engines")
    with pytest.raises(EnvironmentProblem, match="cannot be kept: Not a directory.*set TLTK_CACHE"):
        tltk.load(run.path).metric_drop(precision="bfloat16")


def test_float32_prints_nothing(run: Run, capsys: pytest.CaptureFixture) -> None:
    tltk.load(run.path).predict("a gripping film")
    assert "validation rows" not in capsys.readouterr().err


def test_rows_that_cannot_be_had_are_told_with_what_is_known(
    run: Run,
    tmp_path: Path,
    empty_cache: Path,
    capsys: pytest.CaptureFixture,
) -> None:
    moved = shutil.copytree(run.path / "bundle", tmp_path / "moved")
    bundle = tltk.load(moved, precision="int8")
    bundle.predict("a gripping film")
    told = " ".join(capsys.readouterr().err.split())
    assert "int8: the metric drop is not known, for the validation rows cannot be had: There is no such file." in told
    drop = bundle.metric_drop(precision="int8")
    assert (drop.rows, drop.measured) == (0, {})
    assert 0 < drop.largest_difference < 0.1
    assert 0 < bundle.metric_drop(precision="bfloat16").largest_difference < 0.1


def test_other_rows_than_those_of_the_training_do_not_count(
    tiny_bert_folder: Path, tmp_path: Path, empty_cache: Path
) -> None:
    data = make_reviews(60)
    in_memory = tltk.fit(tiny_recipe(tiny_bert_folder, train__epochs=1), data=data, output=tmp_path / "memory")
    assert in_memory.bundle.metric_drop(precision="int8").reason == "They were given in memory."
    path = tmp_path / "reviews.csv"
    on_file = tltk.fit(recipe_on_file(tiny_bert_folder, path, 60, train__epochs=1), output=tmp_path / "file")
    write_reviews(path, 62)
    assert on_file.bundle.metric_drop(precision="int8").reason == "The data have changed since the training."


def test_drops_are_of_the_metrics_that_both_have() -> None:
    drop = MetricDrop("onnx", "int8", 10, {"accuracy": 0.9, "auc": 0.8}, {"accuracy": 0.85})
    assert drop.drops == {"accuracy": pytest.approx(0.05)}
    assert str(drop) == "int8 on the 10 validation rows: accuracy 0.8500 (float32 0.9000)."
