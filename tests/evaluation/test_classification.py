"""Held against scikit-learn called directly, and against cases counted by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from tltk.errors import DataError, TltkError
from tltk.evaluation import Evaluation, evaluate_classification

HAND_TARGETS = np.array([0, 0, 1, 1, 1])
HAND = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.3, 0.7], [0.8, 0.2]])


def test_a_case_counted_by_hand() -> None:
    evaluation = evaluate_classification(HAND_TARGETS, HAND, ["no", "yes"])
    assert evaluation.confusion_matrix == [[1, 1], [1, 2]]
    assert evaluation.metrics["accuracy"] == pytest.approx(3 / 5)
    # no: precision 1/2, recall 1/2; yes: precision 2/3, recall 2/3
    assert evaluation.metrics["f1_macro"] == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert evaluation.metrics["f1_micro"] == pytest.approx(3 / 5)
    assert evaluation.metrics["f1_weighted"] == pytest.approx((2 * 1 / 2 + 3 * 2 / 3) / 5)
    # pairs (no, yes) in the right order: .1 < .8 .7 .2, .6 < .8 .7: 5 of 6
    assert evaluation.metrics["auc"] == pytest.approx(5 / 6)
    expected = -np.mean(np.log([0.9, 0.4, 0.8, 0.7, 0.2]))
    assert evaluation.metrics["log_loss"] == pytest.approx(expected)
    assert evaluation.per_class[1] == pytest.approx(
        {"label": "yes", "precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3, "support": 3}
    )
    assert (evaluation.n, evaluation.notes) == (5, {})


@given(st.integers(2, 5), st.integers(0, 2**31), st.booleans())
@settings(max_examples=25, deadline=None)
def test_every_figure_is_scikit_learns(labels: int, seed: int, all_occur: bool) -> None:
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, labels, 40)
    if all_occur:
        truth[:labels] = np.arange(labels)
    scores = generator.dirichlet(np.ones(labels), 40)
    predicted = scores.argmax(1)
    figures = evaluate_classification(truth, scores, [f"l{i}" for i in range(labels)]).metrics
    assert figures["accuracy"] == sk.accuracy_score(truth, predicted)
    for average in ("macro", "micro", "weighted"):
        assert figures[f"f1_{average}"] == pytest.approx(sk.f1_score(truth, predicted, average=average))
    assert figures["mcc"] == pytest.approx(sk.matthews_corrcoef(truth, predicted))
    assert figures["log_loss"] == pytest.approx(sk.log_loss(truth, scores, labels=range(labels)))
    if all_occur:
        one_against_rest = [sk.roc_auc_score(truth == label, scores[:, label]) for label in range(labels)]
        assert figures["auc"] == pytest.approx(np.mean(one_against_rest))


def test_no_auc_where_a_label_is_absent_and_the_reason_says_which() -> None:
    evaluation = evaluate_classification(np.array([0, 1]), np.full((2, 3), 1 / 3), ["a", "b", "c"])
    assert evaluation.metrics["auc"] is None
    assert evaluation.notes["auc"] == "Not defined: no example has the label c."


def test_figures_that_are_not_defined_are_none() -> None:
    scores = np.array([[0.8, 0.1, 0.1], [0.7, 0.2, 0.1]])
    never_predicted, absent = evaluate_classification(np.array([0, 1]), scores, ["a", "b", "c"]).per_class[1:]
    assert never_predicted == {"label": "b", "precision": None, "recall": 0.0, "f1": 0.0, "support": 1}
    assert absent == {"label": "c", "precision": None, "recall": None, "f1": None, "support": 0}


def test_a_whole_evaluation_is_plain_json() -> None:
    evaluation = evaluate_classification(HAND_TARGETS, HAND, ["no", "yes"])
    text = json.dumps(evaluation.to_dict(), allow_nan=False)
    assert Evaluation.from_dict(json.loads(text)) == evaluation


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_outputs_that_are_no_numbers_are_an_error(bad: float) -> None:
    scores = HAND.copy()
    scores[2] = bad
    with pytest.raises(TltkError, match=r"1 of 5 examples.*learning_rate"):
        evaluate_classification(HAND_TARGETS, scores, ["no", "yes"])


def test_no_examples_are_an_error() -> None:
    with pytest.raises(DataError, match="no examples"):
        evaluate_classification(np.zeros(0, int), np.zeros((0, 2)), ["no", "yes"])


def test_a_wrong_shape_is_an_error() -> None:
    with pytest.raises(TltkError, match=r"\(5, 2\); expected \(5, 3\)"):
        evaluate_classification(HAND_TARGETS, HAND, ["a", "b", "c"])
