from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

import tltk
from tests.reviews import make_reviews, tiny_recipe
from tests.tasks.run_contract import TaskRunContract
from tests.tasks.task_contract import TaskContract, make_rows
from tltk.data import LabelSetKind, Rows
from tltk.errors import DataError, RecipeError
from tltk.evaluation.multi_label import best_thresholds
from tltk.prepare import prepare, read_rows
from tltk.recipe import load_recipe
from tltk.run import Run
from tltk.tasks import MultiLabelClassification, Task

LABELS = [["funny"], [], ["funny", "long"], ["long"], ["funny"], []]


def sets(labels: list[list[str]]) -> Rows:
    return make_rows(labels, kind=LabelSetKind())


class TestMultiLabel(TaskContract):
    def make(self) -> Task:
        return MultiLabelClassification()

    def rows(self) -> Rows:
        return sets(LABELS)


class TestOneLabel(TaskContract):
    def make(self) -> Task:
        return MultiLabelClassification()

    def rows(self) -> Rows:
        return sets([["funny"], [], [], ["funny"]])


class TestRun(TaskRunContract):
    task = "multi-label-classification"
    changes: ClassVar[dict[str, Any]] = {"train__epochs": 5}

    def data(self) -> dict[str, list[Any]]:
        rows = make_reviews()
        labels = [
            "|".join(name for name, present in (("good", label == "positive"), ("long", len(text) > 60)) if present)
            for text, label in zip(rows["text"], rows["label"], strict=True)
        ]
        return {"text": rows["text"], "label": labels}

    def inputs(self) -> list[Any]:
        return ["a gripping film", "dull and far too long"]

    def test_thresholds_are_chosen_kept_and_used(self, run: Run) -> None:
        task = run.bundle.task
        assert len(task.thresholds_) == 2
        scores = run.predict("a gripping film")["scores"]
        given = {name for name, low in zip(task.labels_, task.thresholds_, strict=True) if scores[name] >= low}
        assert set(run.predict("a gripping film")["labels"]) == given

    def test_it_learns(self, run: Run) -> None:
        assert run.metrics["test"]["f1_micro"] > 0.8


class TestRunOnColumns(TaskRunContract):
    """Each label a column of 0 and 1, as many public tables have it."""

    task: ClassVar[Any] = {"name": "multi-label-classification", "options": {"threshold": 0.4}}
    changes: ClassVar[dict[str, Any]] = {"data__label": ["good", "long"], "train__epochs": 1}

    def data(self) -> dict[str, list[Any]]:
        rows = make_reviews()
        good = [int(label == "positive") for label in rows["label"]]
        return {"text": rows["text"], "good": good, "long": [int(len(text) > 60) for text in rows["text"]]}

    def inputs(self) -> list[Any]:
        return ["a gripping film", "dull and far too long"]

    def test_a_given_threshold_is_kept(self, run: Run) -> None:
        assert run.bundle.task.thresholds.tolist() == [0.4, 0.4]
        assert run.bundle.labels == ["good", "long"]


def test_label_columns_are_the_vocabulary_also_where_no_row_has_one() -> None:
    kind = LabelSetKind(("rude", "spam", "threat"))
    task = MultiLabelClassification().fit(make_rows([["spam"], ["rude"], []], kind=kind))
    assert task.labels_ == ("rude", "spam", "threat")
    task.check(make_rows([["threat"]], kind=kind))


def test_labels_that_are_not_named_are_refused_before_anything_is_tokenised() -> None:
    task = MultiLabelClassification(labels=("funny", "long")).fit(sets(LABELS))
    task.check(sets(LABELS))
    with pytest.raises(DataError, match=r"not in task\.labels.*Name all labels") as caught:
        task.check(sets([["long"], ["lonk"]]))
    assert "r.csv:3" in str(caught.value)


def test_named_labels_may_be_missing_from_training(empty_cache: Path) -> None:
    data = {
        "train": {"text": ["p", "q", "r"], "label": ["funny", "long", ""]},
        "validation": {"text": ["x", "y"], "label": ["funny", "new|long"]},
    }
    named = {"name": "multi-label-classification", "labels": ["funny", "long", "new"]}
    recipe = tltk.Recipe(task=named, data={"source": "memory", "split": {"test": None}})
    dataset, task = read_rows(recipe, data=data)
    assert task.targets(dataset["validation"])["labels"].tolist() == [[1, 0, 0], [0, 1, 1]]
    assert "train: no row has the label 'new'" in dataset.report.warnings[0]


def test_targets_are_zeros_and_ones_in_the_order_of_the_labels() -> None:
    task = MultiLabelClassification().fit(sets(LABELS))
    assert task.labels_ == ("funny", "long")
    assert task.targets(sets(LABELS))["labels"].tolist() == [[1, 0], [0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]
    assert task.class_counts(task.targets(sets(LABELS))).tolist() == [3, 2]


@pytest.mark.parametrize(
    ("threshold", "chooses", "origin"),
    [(0.4, True, "task.options.threshold"), (None, True, "0.5 where none or all"), (None, False, "no validation rows")],
)
def test_the_report_says_where_thresholds_come_from(threshold: float | None, chooses: bool, origin: str) -> None:
    task = MultiLabelClassification(threshold=threshold).fit(sets(LABELS))
    targets, outputs = task.targets(sets(LABELS)), np.zeros((len(LABELS), 2))
    if chooses:
        task.choose_thresholds(targets, outputs)
    assert origin in task.evaluate(targets, outputs).tables[0]["note"]


def test_chosen_thresholds_give_the_best_f1_of_all() -> None:
    draw = np.random.default_rng(0)
    targets = (draw.random((80, 4)) < [0.5, 0.2, 0.05, 0.0]).astype("float32")
    scores = np.clip(targets * 0.2 + draw.random((80, 4)) * 0.8, 0, 1)
    chosen = best_thresholds(targets, scores)
    assert chosen[3] == 0.5
    for label in range(3):
        found = sklearn_metrics.f1_score(targets[:, label], scores[:, label] >= chosen[label])
        every = [sklearn_metrics.f1_score(targets[:, label], scores[:, label] >= low) for low in scores[:, label]]
        assert found == pytest.approx(max(every))


def test_figures_are_those_of_scikit_learn() -> None:
    draw = np.random.default_rng(1)
    targets, logits = (draw.random((50, 3)) < 0.4).astype("float32"), draw.normal(size=(50, 3)).astype("float32")
    task = MultiLabelClassification(labels=("a", "b", "c"))
    scores = task.activation(logits)
    figures = task.evaluate({"labels": targets}, logits).metrics
    assert figures["f1_macro"] == pytest.approx(sklearn_metrics.f1_score(targets, scores >= 0.5, average="macro"))
    assert figures["lrap"] == pytest.approx(sklearn_metrics.label_ranking_average_precision_score(targets, scores))
    assert figures["exact_match"] == pytest.approx(((scores >= 0.5) == targets).all(axis=1).mean())


@pytest.mark.parametrize("truth", [[1, 0, 1, 0, 1], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]])
def test_figures_of_one_label_are_those_of_its_yes(truth: list[int]) -> None:
    logits = np.array([[2.0], [1.0], [-1.0], [-2.0], [3.0]], "float32")
    evaluation = MultiLabelClassification(labels=("a",)).evaluate({"labels": np.array(truth)[:, None]}, logits)
    found = (logits[:, 0] > 0).astype(int)
    expected = sklearn_metrics.f1_score(truth, found, zero_division=0)
    for name in ("f1_micro", "f1_macro", "f1_weighted"):
        assert evaluation.metrics[name] == pytest.approx(expected)
    assert evaluation.metrics["f1_samples"] == pytest.approx(np.mean(np.array(truth) * found))
    assert [row["label"] for row in evaluation.per_class] == ["a"]


def test_one_label_is_trained_and_scored(tiny_bert_folder: Path, tmp_path: Path) -> None:
    rows = make_reviews(60)
    labels = [["good"] if label == "positive" else [] for label in rows["label"]]
    recipe = tiny_recipe(tiny_bert_folder, task="multi-label-classification", train__epochs=1)
    run = tltk.fit(recipe, data={"text": rows["text"], "label": labels}, output=tmp_path / "run")
    assert run.bundle.labels == ["good"]
    assert 0 <= run.metrics["test"]["f1_macro"] <= 1


def test_an_absent_label_of_a_column_is_told(tiny_bert_folder: Path) -> None:
    rows = make_reviews(20)
    good = [int(label == "positive") for label in rows["label"]]
    recipe = tiny_recipe(tiny_bert_folder, task="multi-label-classification", data__label=["good", "threat"])
    prepared = prepare(load_recipe(recipe), data={"text": rows["text"], "good": good, "threat": [0] * 20})
    assert prepared.labels == ("good", "threat")
    assert any("'threat'" in warning for warning in prepared.dataset.report.warnings)


def test_an_unknown_label_is_named_with_its_place() -> None:
    task = MultiLabelClassification(labels=("funny", "long"))
    with pytest.raises(DataError, match=r"r\.csv:3: Got label 'fun'.*Did you mean 'funny'"):
        task.targets(sets([["long"], ["fun"]]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"separator": ""}, r"options\.separator: Got ''"),
        ({"separator": 5}, r"options\.separator: Got 5"),
        ({"threshold": 1.0}, "between 0"),
        ({"threshold": "high"}, r"options\.threshold: Got 'high'"),
        ({"threshold": True}, r"options\.threshold: Got True"),
    ],
)
def test_options_are_checked(options: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        MultiLabelClassification(**options)


def test_a_column_that_holds_neither_one_nor_zero_is_named(tiny_bert_folder: Path, tmp_path: Path) -> None:
    recipe = tiny_recipe(tiny_bert_folder, task="multi-label-classification", data__label=["a", "b"])
    with pytest.raises(DataError, match="row 1: .*Got 'maybe' in label column 'b'; expected 1 or 0"):
        tltk.fit(recipe, data={"text": ["x", "y"], "a": [1, 0], "b": [0, "maybe"]}, output=tmp_path / "run")
