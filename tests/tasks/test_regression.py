from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sklearn_metrics

import tltk
from tests.reviews import make_reviews, tiny_recipe
from tests.tasks.run_contract import TaskRunContract
from tests.tasks.task_contract import TaskContract, make_rows
from tltk.data import NumbersKind, Rows
from tltk.errors import DataError, ExportError, RecipeError, TltkError
from tltk.exporting import exporters
from tltk.tasks import Regression, Task


def numbers(*rows: list[float]) -> Rows:
    return make_rows(list(rows), kind=NumbersKind())


class TestRegression(TaskContract):
    def make(self) -> Task:
        return Regression(clip=(0.0, 6.0))

    def rows(self) -> Rows:
        return numbers([1.0], [5.0], [2.5], [3.0])


class TestRegressionOfSeveralNumbers(TaskContract):
    def make(self) -> Task:
        return Regression(loss="huber")

    def rows(self) -> Rows:
        return numbers([1.0, 100.0], [5.0, 300.0], [2.5, 0.0], [3.0, -7.0])


class TestRun(TaskRunContract):
    task = "regression"
    changes: ClassVar[dict[str, Any]] = {"train__epochs": 5}

    def data(self) -> dict[str, list[Any]]:
        rows = make_reviews()
        return {"text": rows["text"], "label": [4.5 if label == "positive" else 1.5 for label in rows["label"]]}

    def inputs(self) -> list[Any]:
        return ["a gripping film", "dull and far too long"]

    def test_numbers_come_in_the_units_of_the_data(self, run: tltk.Run) -> None:
        good, bad = run.predict(self.inputs())
        assert good["value"] > 3 > bad["value"]
        assert run.metrics["test"]["spearman"] > 0.8

    def test_the_report_draws_predicted_over_true_numbers(self, run: tltk.Run) -> None:
        evaluation = json.loads((run.path / "evaluation.json").read_text(encoding="utf-8"))
        assert evaluation["test"]["scatter"]["labels"] == ["label", "predicted"]
        assert "Predicted over true" in (run.path / "report.html").read_text(encoding="utf-8")

    def test_transformers_gives_the_same_numbers(self, run: tltk.Run) -> None:
        torch = pytest.importorskip("torch", reason="NO ORACLE: PyTorch is not installed")
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        folder = run.path / "bundle" / "encoder"
        theirs = AutoModelForSequenceClassification.from_pretrained(folder).eval()
        assert theirs.config.problem_type == "regression"
        tokens = AutoTokenizer.from_pretrained(folder)(self.inputs(), padding=True, return_tensors="pt")
        with torch.no_grad():
            logits = theirs(**tokens).logits.numpy()
        ours = [prediction["value"] for prediction in run.predict(self.inputs())]
        np.testing.assert_allclose(run.bundle.task.activation(logits)[:, 0], ours, atol=1e-4)


class TestRunOfSeveralNumbers(TaskRunContract):
    """Small numbers beside large ones, which have a large offset: float32 would give all texts the same second."""

    task = "regression"
    changes: ClassVar[dict[str, Any]] = {"data__label": ["stars", "second"]}

    def data(self) -> dict[str, list[Any]]:
        rows = make_reviews()
        stars = [5 if label == "positive" else 1 for label in rows["label"]]
        return {"text": rows["text"], "stars": stars, "second": [1_700_000_000 + len(text) for text in rows["text"]]}

    def inputs(self) -> list[Any]:
        return ["a gripping film", "dull and far too long"]

    def test_numbers_are_named_by_their_columns(self, run: tltk.Run) -> None:
        assert list(run.predict("a gripping film")["values"]) == ["stars", "second"]

    @pytest.mark.parametrize("column", [0, 1])
    @pytest.mark.parametrize("format", ["savedmodel", "onnx"])
    def test_an_export_that_is_wrong_in_one_column_is_refused(
        self, run: tltk.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str, column: int
    ) -> None:
        kind = exporters.get(format)
        load = kind.load
        off = np.eye(2)[column] * 0.01
        monkeypatch.setattr(kind, "load", lambda self, folder: lambda given: load(self, folder)(given) + off)
        with pytest.raises(ExportError, match=f"The {format} export differs from the model by 0.0"):
            run.export(format, tmp_path / "export")


def test_figures_are_those_of_scipy_and_scikit_learn() -> None:
    draw = np.random.default_rng(0)
    rows = numbers(*draw.normal(3, 2, (40, 1)).tolist())
    task = Regression().fit(rows)
    outputs = draw.normal(size=(40, 1)).astype("float32")
    truth, predicted = rows.numbers()[:, 0], task.activation(outputs)[:, 0]
    figures = task.evaluate(task.targets(rows), outputs).metrics
    assert figures["spearman"] == pytest.approx(stats.spearmanr(truth, predicted).statistic, abs=1e-6)
    assert figures["pearson"] == pytest.approx(stats.pearsonr(truth, predicted).statistic, abs=1e-6)
    assert figures["rmse"] == pytest.approx(sklearn_metrics.root_mean_squared_error(truth, predicted), rel=1e-5)


def test_figures_are_of_the_numbers_as_they_were_given() -> None:
    rows = numbers([1.0], [2.0], [3.0], [1e9])  # of which three are one number in float32, once they are scaled
    task = Regression().fit(rows)
    outputs = np.array([[-0.6], [-0.5], [-0.4], [1.7]])
    assert task.evaluate(task.targets(rows), outputs, rows=rows).metrics["spearman"] == 1
    labels = [mistake["label"] for mistake in task.mistakes(task.targets(rows), outputs, rows=rows)]
    assert sorted(labels) == ["1", "1e+09", "2", "3"]


def test_numbers_without_a_mean_are_refused() -> None:
    with pytest.raises(DataError, match=r"data\.label: .*1\.7e\+308, of which no mean"):
        Regression().fit(numbers([1.7e308], [1.6e308]))


def test_targets_are_scaled_and_predictions_scaled_back() -> None:
    rows = numbers([10.0], [20.0], [60.0])
    task = Regression().fit(rows)
    targets = task.targets(rows)["labels"]
    assert targets.mean() == pytest.approx(0, abs=1e-6)
    assert targets.std() == pytest.approx(1, abs=1e-6)
    assert [prediction["value"] for prediction in task.decode(targets)] == pytest.approx([10, 20, 60])


def test_the_mean_error_in_training_is_in_the_units_of_the_data() -> None:
    rows = numbers([10.0], [20.0], [60.0])
    task = Regression().fit(rows)
    (error,) = task.metrics()
    error.update_state(task.targets(rows)["labels"], np.zeros((3, 1), "float32"))
    assert float(error.result()) == pytest.approx(np.abs(rows.numbers() - 30).mean(), rel=1e-5)


@pytest.mark.parametrize("clip", [None, (15.0, 250.0)])
def test_the_mean_error_in_training_is_that_of_the_figures(clip: tuple[float, float] | None) -> None:
    rows = numbers([10.0, 100.0], [20.0, -300.0], [60.0, 900.0])  # of unlike scales
    task = Regression(clip=clip).fit(rows)
    targets = task.targets(rows)
    outputs = targets["labels"] + np.array([[1.0, 0.0], [0.5, 0.0], [-2.0, 0.1]], "float32")
    (error,) = task.metrics()
    error.update_state(targets["labels"], outputs)
    assert float(error.result()) == pytest.approx(task.evaluate(targets, outputs).metrics["mae"], rel=1e-5)
    assert type(error).from_config(json.loads(json.dumps(error.get_config()))).get_config() == error.get_config()


@pytest.mark.parametrize("number", [1.0, 0.1, 1e17, -7.3])
def test_equal_numbers_cannot_be_learned(number: float) -> None:
    with pytest.raises(DataError, match="the same number in 'label'"):
        Regression().fit(numbers(*[[number]] * 100))
    with pytest.raises(DataError, match=r"the same number in 'label\[1\]'"):
        Regression().fit(numbers(*[[float(row), number] for row in range(100)]))


def test_rows_of_unequal_counts_are_named() -> None:
    with pytest.raises(DataError, match=r"r\.csv:3: Got 2 numbers; the row at r\.csv:2 has 1"):
        Regression().fit(numbers([1.0], [1.0, 2.0]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": "hubert"}, "huber"),
        ({"loss": "mse"}, "Did you mean 'squared'"),
        ({"loss": ["huber"]}, r"options\.loss"),
        ({"clip": (5, 0)}, "least first"),
        ({"clip": 5}, r"options\.clip: Got 5"),
        ({"clip": ["a", 5]}, r"options\.clip: Got \['a', 5\]"),
        ({"clip": [0, float("nan")]}, r"options\.clip"),
    ],
)
def test_options_are_checked(options: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        Regression(**options)


def test_a_task_that_learned_nothing_cannot_predict() -> None:
    with pytest.raises(TltkError, match="not learned the scale"):
        Regression().decode(np.zeros((1, 1)))


def test_labels_that_are_no_numbers_are_named(tiny_bert_folder: Path, tmp_path: Path) -> None:
    recipe = tiny_recipe(tiny_bert_folder, task="regression")
    with pytest.raises(DataError, match="row 1: .*Got label 'much'; expected a number"):
        tltk.fit(recipe, data={"text": ["a", "b"], "label": ["1", "much"]}, output=tmp_path / "run")


def columns(names: tuple[str, ...], *rows: list[float]) -> Rows:
    made = numbers(*rows)
    return Rows(replace(made.source, labels=names))


def test_columns_are_told_by_their_names() -> None:
    task = Regression().fit(columns(("stars", "minutes"), [1.0, 60.0], [5.0, 90.0], [3.0, 100.0]))
    outputs = np.zeros((2, 2))
    there = columns(("stars", "minutes"), [1.0, 60.0], [5.0, 90.0])
    turned = columns(("minutes", "stars"), [60.0, 1.0], [90.0, 5.0])
    np.testing.assert_array_equal(task.targets(turned)["labels"], task.targets(there)["labels"])
    evaluated = [task.evaluate(task.targets(rows), outputs, rows=rows) for rows in (there, turned)]
    assert evaluated[0] == evaluated[1]
    other = columns(("grade", "length"), [1.0, 60.0], [5.0, 90.0])
    np.testing.assert_array_equal(task.targets(other)["labels"], task.targets(there)["labels"])
    with pytest.raises(DataError, match=r"data\.label: .*'minutes', 'grade'; .*'stars', 'minutes'.*another place"):
        task.targets(columns(("minutes", "grade"), [60.0, 1.0]))


def test_a_clip_that_no_number_lies_in_is_refused_and_one_that_leaves_some_out_is_told() -> None:
    rows = numbers([10.0], [240.0], [100.0])
    message = r"options\.clip: No number of the training rows in '{}' \({} to {}\) lies between 0 and 1, so"
    with pytest.raises(DataError, match=message.format("label", 10, 240)):
        Regression(clip=(0.0, 1.0)).fit(rows)
    with pytest.raises(DataError, match=message.format(r"label\[1\]", 3, 5)):
        Regression(clip=(0.0, 1.0)).fit(numbers([0.0, 3.0], [1.0, 5.0]))
    encoded: Any = None
    (told,) = Regression(clip=(0.0, 100.0)).fit(rows).learn_from_encoded(encoded, rows)
    assert told.startswith("1 of the 3 training rows have a number outside task.options.clip (0 to 100)")
    assert Regression(clip=(0.0, 300.0)).fit(rows).learn_from_encoded(encoded, rows) == []


def test_numbers_whose_deviation_vanishes_are_equal() -> None:
    with pytest.raises(DataError, match="the same number in 'label'"):
        Regression().fit(numbers([1e-170], [2e-170]))
