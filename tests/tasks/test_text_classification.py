from __future__ import annotations

import numpy as np
import pytest
from scipy.special import log_softmax, softmax
from sklearn.metrics import f1_score

from tests.tasks.task_contract import TaskContract, make_rows
from tltk.data import Rows
from tltk.errors import DataError, RecipeError, TltkError
from tltk.tasks import Task, TextClassification

LABELS = ["neutral", "bad", "good", "bad", "good", "good"]


class TestTextClassification(TaskContract):
    def make(self) -> Task:
        return TextClassification()

    def rows(self) -> Rows:
        return make_rows(LABELS)


class TestTextClassificationWithGivenLabels(TaskContract):
    def make(self) -> Task:
        return TextClassification(labels=("good", "bad", "neutral", "unheard of"))

    def rows(self) -> Rows:
        return make_rows(LABELS)


@pytest.mark.parametrize(
    ("labels", "learned"),
    [
        (["b", "a", "b"], ("a", "b")),
        (["10", "9", "100"], ("9", "10", "100")),
        (["0.5", "-1", "1e1"], ("-1", "0.5", "1e1")),
        (["10", "9", "nan"], ("10", "9", "nan")),
    ],
)
def test_learned_labels_are_sorted_as_numbers_where_all_are(labels: list[str], learned: tuple[str, ...]) -> None:
    assert TextClassification().fit(make_rows(labels)).labels_ == learned


def test_given_labels_keep_their_order() -> None:
    task = TextClassification(labels=("yes", "no")).fit(make_rows(["no", "yes", "no"]))
    assert task.targets(make_rows(["no", "yes"]))["labels"].tolist() == [1, 0]
    assert task.targets(make_rows(["no"]))["labels"].dtype == np.int32


@pytest.mark.parametrize("labels", [["a", "a", "a"], []])
def test_one_label_alone_cannot_be_learned(labels: list[str]) -> None:
    with pytest.raises(DataError, match=r"r\.csv.*at least two labels"):
        TextClassification().fit(make_rows(labels))


def test_a_column_of_all_different_values_is_no_label_column() -> None:
    with pytest.raises(DataError, match="100 training rows have 100 different labels"):
        TextClassification().fit(make_rows([str(index) for index in range(100)]))


def test_an_unseen_label_is_named_with_its_places() -> None:
    task = TextClassification().fit(make_rows(["good", "bad"]))
    with pytest.raises(DataError) as caught:
        task.targets(make_rows(["bad", "goood", "bad", *["worse"] * 9]))
    message = str(caught.value)
    assert "10 of 12 rows have a label that is not in the training rows; the first 5" in message
    assert "r.csv:3: Got label 'goood'. Did you mean 'good'?" in message
    assert message.count("'worse'") == 4


def test_a_training_label_that_was_not_given_is_named() -> None:
    with pytest.raises(DataError, match=r"not in task\.labels"):
        TextClassification(labels=("a", "b")).fit(make_rows(["a", "b", "c"]))


@pytest.mark.parametrize("labels", [(), ("a",), ("a", "b", "a")])
def test_given_labels_are_checked(labels: tuple[str, ...]) -> None:
    with pytest.raises(RecipeError, match=r"task\.labels"):
        TextClassification(labels=labels)


def test_a_task_that_learned_nothing_cannot_predict() -> None:
    with pytest.raises(TltkError, match="not learned its labels"):
        TextClassification().decode(np.zeros((1, 2)))


def test_predictions_hold_the_softmax_of_the_logits() -> None:
    task = TextClassification(labels=("a", "b", "c"))
    logits = np.array([[1.0, 3.0, -2.0], [500.0, -500.0, 0.0]], "float32")
    first, second = task.decode(logits)
    expected = softmax(logits.astype("float64"), axis=1)
    assert first["label"] == "b"
    assert first["score"] == pytest.approx(expected[0, 1])
    assert first["scores"] == pytest.approx(dict(zip("abc", expected[0], strict=True)))
    assert list(first["scores"]) == ["a", "b", "c"]
    assert second["score"] == 1.0


def test_loss_and_figures_are_those_of_the_logits() -> None:
    task = TextClassification(labels=("a", "b", "c"))
    logits = np.random.default_rng(0).normal(size=(30, 3)).astype("float32")
    targets = np.arange(30) % 3
    expected = -log_softmax(logits, axis=1)[np.arange(30), targets]
    assert float(task.loss()(targets, logits)) == pytest.approx(expected.sum(), rel=1e-5)
    figures = task.evaluate({"labels": targets}, logits).metrics
    assert figures["log_loss"] == pytest.approx(expected.mean(), rel=1e-5)
    assert figures["f1_macro"] == pytest.approx(f1_score(targets, logits.argmax(1), average="macro"))


def test_mistakes_come_with_texts() -> None:
    task = TextClassification(labels=("a", "b"))
    rows = make_rows(["a", "b", "b"])
    logits = np.array([[2.0, 0], [3, 0], [0, 1]])
    (mistake,) = task.mistakes(task.targets(rows), logits, rows=rows)
    assert (mistake["text"], mistake["label"], mistake["predicted"]) == ("text 1", "b", "a")
