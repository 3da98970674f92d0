"""Figures of answers, equal to those of another implementation of SQuAD's rule and to those counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tltk.evaluation import best_threshold, cmrc, evaluate_answers, squad

ANSWERS = [
    "the cat",
    "The  Cat!",
    "a",
    "an",
    "",
    "U.S.A.",
    "usa",
    "1,000",
    "1000",
    "Anglo-Saxon",
    "“cat”",
    "theme",
    "7",
]


@pytest.mark.parametrize("given_answer", ANSWERS)
def test_words_are_compared_as_torchmetrics_does(given_answer: str) -> None:
    theirs = pytest.importorskip("torchmetrics.functional.text.squad", reason="torchmetrics needs torch")
    for right in ANSWERS:
        assert squad.exact_match(given_answer, right) == float(theirs._compute_exact_match_score(given_answer, right))
        assert squad.f1_score(given_answer, right) == pytest.approx(
            float(theirs._compute_f1_score(given_answer, right))
        )


@settings(max_examples=30)
@given(st.lists(st.sampled_from(["the", "cat", "a.m.", "Über", "-", "café", "CAT"]), max_size=6).map(" ".join))
def test_any_answers_are_compared_as_torchmetrics_does(answer: str) -> None:
    theirs = pytest.importorskip("torchmetrics.functional.text", reason="torchmetrics needs torch")
    right = ["the big cat", "cat at 7 a.m.", "Über café"]
    ours = evaluate_answers([answer], [right]).metrics
    found = theirs.squad(
        [{"prediction_text": answer, "id": "1"}], [{"answers": {"answer_start": [0] * 3, "text": right}, "id": "1"}]
    )
    assert ours["exact_match"] == pytest.approx(float(found["exact_match"]) / 100)
    assert ours["f1"] == pytest.approx(float(found["f1"]) / 100)


@pytest.mark.parametrize(
    ("given_answer", "right", "exact", "f1"),
    [
        ("北京", "北京", 1, 1),
        ("《北京》。", "北京", 1, 1),
        ("在北京市", "北京", 0, 2 * 2 / 6),
        ("北方的京城", "北京", 0, 2 * 1 / 7),  # of a run, not of the pieces: 北 and 京 are apart
        ("2008年", "2008 年", 0, 1),
        ("NBA球队", "nba 球队", 0, 1),
        ("上海", "北京", 0, 0),
        ("", "", 1, 1),
        ("上海", "", 0, 0),
    ],
)
def test_characters_are_compared_by_their_longest_run(given_answer: str, right: str, exact: float, f1: float) -> None:
    assert cmrc.exact_match(given_answer, right) == exact
    assert cmrc.f1_score(given_answer, right) == pytest.approx(f1)


def test_questions_without_an_answer_are_told_apart() -> None:
    evaluation = evaluate_answers(["cat", "", "dog", ""], [["cat"], ["cat"], [], []])
    assert evaluation.metrics == {
        "f1": 0.5,
        "exact_match": 0.5,
        "f1_has_answer": 0.5,
        "exact_match_has_answer": 0.5,
        "no_answer": 0.5,
    }
    (table,) = evaluation.tables
    assert table["rows"] == [["with an answer", 2, 0.5, 0.5, 0.5], ["without one", 2, 0.5, 0.5, 0.5]]


def test_no_questions_are_no_figures() -> None:
    evaluation = evaluate_answers([], [])
    assert evaluation.metrics["f1"] is None
    assert evaluation.notes


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(st.integers(-4, 4), st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 1.0])),
        min_size=1,
        max_size=9,
    )
)
def test_the_threshold_is_the_best_of_all(rows: list[tuple[float, float, float]]) -> None:
    margins, answered, left = (np.array(column, float) for column in zip(*rows, strict=True))

    def total(threshold: float) -> float:
        return float(np.where(margins > threshold, left, answered).sum())

    best = max(total(threshold) for threshold in np.arange(-5.25, 5.5, 0.5))
    chosen = best_threshold(margins, answered, left)
    assert total(chosen) == pytest.approx(best)
    if total(0.0) == pytest.approx(best):
        assert chosen == 0.0


def test_right_answers_of_which_nothing_is_compared_count_only_where_there_are_no_others() -> None:
    """As the script of SQuAD 2.0 has it; that of CMRC 2018 leaves none out."""
    assert evaluate_answers([""], [["The", "The Who"]]).metrics == {"f1": 0.0, "exact_match": 0.0}
    assert evaluate_answers(["the"], [["The"]]).metrics == {"f1": 1.0, "exact_match": 1.0}
    assert evaluate_answers([""], [["。", "好"]], scoring="characters").metrics["exact_match"] == 1.0


def test_the_dots_of_cmrc_are_compared() -> None:
    assert cmrc.exact_match("好……", "好") == 0.0
