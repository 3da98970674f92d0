from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from tests.reviews import make_reviews
from tests.tasks.run_contract import TaskRunContract
from tests.tasks.task_contract import TaskContract, make_rows
from tltk.data import Rows
from tltk.errors import DataError
from tltk.evaluation.median_level import median_level
from tltk.evaluation.ordinal import evaluate_ordinal
from tltk.run import Run
from tltk.tasks import OrdinalRegression, Task


class TestOrdinalRegression(TaskContract):
    def make(self) -> Task:
        return OrdinalRegression()

    def rows(self) -> Rows:
        return make_rows(["1", "10", "3", "1", "3", "10"])


class TestRun(TaskRunContract):
    task = "ordinal-regression"
    changes: ClassVar[dict[str, Any]] = {"train__epochs": 5}

    def data(self) -> dict[str, list[Any]]:
        rows = make_reviews()
        words = [len(text.split()) for text in rows["text"]]
        levels = [
            3 if label == "positive" else 1 + (count > 9) for label, count in zip(rows["label"], words, strict=True)
        ]
        return {"text": rows["text"], "label": levels}

    def inputs(self) -> list[Any]:
        return ["a gripping film", "dull and far too long"]

    def test_levels_are_in_the_order_of_numbers(self, run: Run) -> None:
        assert run.bundle.labels == ["1", "2", "3"]
        assert run.metrics["test"]["quadratic_kappa"] > 0.3  # 0 is chance

    def test_transformers_gives_the_same_thresholds(self, run: Run) -> None:
        torch = pytest.importorskip("torch", reason="NO ORACLE: PyTorch is not installed")
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        folder = run.path / "bundle" / "encoder"
        theirs = AutoModelForSequenceClassification.from_pretrained(folder).eval()
        assert theirs.config.id2label == {0: "above 1", 1: "above 2"}
        tokens = AutoTokenizer.from_pretrained(folder)(self.inputs(), padding=True, return_tensors="pt")
        with torch.no_grad():
            logits = theirs(**tokens).logits.numpy()
        ours = [list(prediction["scores"].values()) for prediction in run.predict(self.inputs())]
        np.testing.assert_allclose(run.bundle.task.activation(logits), ours, atol=1e-4)


def test_levels_are_sorted_as_numbers() -> None:
    assert OrdinalRegression().fit(make_rows(["10", "9", "100"])).labels_ == ("9", "10", "100")


def test_one_number_written_in_two_ways_is_no_two_levels() -> None:
    with pytest.raises(DataError, match=r"'1.5' and '1.50', which are one number.*label_names: {'1.50': '1.5'}"):
        OrdinalRegression().fit(make_rows(["1.5", "2", "1.50"]))


@pytest.mark.parametrize("levels", [["bad", "fair", "good", "excellent"], ["no", "yes"], ["1", "2", "many"]])
def test_words_are_not_put_into_the_order_of_the_alphabet(levels: list[str]) -> None:
    with pytest.raises(DataError, match=rf"task\.labels: .*'{levels[-1]}'.*the lowest first"):
        OrdinalRegression().fit(make_rows(levels))
    assert OrdinalRegression(labels=tuple(levels)).fit(make_rows(levels)).labels_ == tuple(levels)


def test_probabilities_of_levels_never_are_negative_and_add_up_to_one() -> None:
    task = OrdinalRegression(labels=tuple("abcd"))
    logits = np.random.default_rng(0).normal(0, 4, (200, 3)).astype("float32")
    probabilities = task.activation(logits)
    assert probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    np.testing.assert_allclose(np.asarray(task.probabilities()(logits)), probabilities, atol=1e-6)


def test_figures_are_those_of_the_distance() -> None:
    task = OrdinalRegression(labels=tuple("abcd"))
    logits = np.random.default_rng(1).normal(0, 2, (60, 3)).astype("float32")
    targets = np.arange(60) % 4
    predicted = np.array([task.labels_.index(found["label"]) for found in task.decode(logits)])
    figures = task.evaluate({"labels": targets}, logits).metrics
    assert figures["mae"] == pytest.approx(np.abs(targets - predicted).mean())
    assert figures["within_one"] == pytest.approx((np.abs(targets - predicted) <= 1).mean())
    assert figures["quadratic_kappa"] == pytest.approx(cohen_kappa_score(targets, predicted, weights="quadratic"))


def test_the_median_level_is_predicted_and_not_the_likeliest() -> None:
    task = OrdinalRegression(labels=tuple("abcde"))
    (found,) = task.decode(np.array([[0.3, 0.2, -0.2, -0.3]]))
    assert (found["label"], found["score"]) == ("c", found["scores"]["c"])
    assert max(found["scores"], key=found["scores"].__getitem__) == "a"


def test_no_other_level_is_fewer_levels_off_than_the_median() -> None:
    random = np.random.default_rng(3)
    probabilities = random.dirichlet(np.full(6, 0.5), 500)
    distances = np.abs(np.arange(6)[:, None] - np.arange(6))
    expected = probabilities @ distances
    chosen = np.take_along_axis(expected, median_level(probabilities)[:, None], axis=1)[:, 0]
    np.testing.assert_allclose(chosen, expected.min(axis=1))


def test_mistakes_are_those_of_the_median_level() -> None:
    task = OrdinalRegression(labels=tuple("abcde"))
    logits = np.array([[0.3, 0.2, -0.2, -0.3]] * 2)
    (mistake,) = task.mistakes({"labels": np.array([2, 0])}, logits)
    assert (mistake["position"], mistake["label"], mistake["predicted"]) == (1, "a", "c")


def test_the_distance_counts_levels_that_do_not_occur() -> None:
    true, found = np.array([0, 0, 1, 1, 4, 4]), np.array([0, 1, 1, 4, 4, 4])
    figures = evaluate_ordinal(true, np.eye(5)[found], "abcde").metrics
    expected = cohen_kappa_score(true, found, labels=range(5), weights="quadratic")
    assert figures["quadratic_kappa"] == pytest.approx(expected)
    assert figures["quadratic_kappa"] != pytest.approx(cohen_kappa_score(true, found, weights="quadratic"))


def test_the_accuracy_in_training_is_that_of_the_figures() -> None:
    task = OrdinalRegression(labels=tuple("abcd"))
    logits = np.random.default_rng(2).normal(0, 2, (60, 3)).astype("float32")
    (accuracy,) = task.metrics()
    accuracy.update_state(np.arange(60) % 4, logits)
    assert float(accuracy.result()) == pytest.approx(
        task.evaluate({"labels": np.arange(60) % 4}, logits).metrics["accuracy"]
    )
