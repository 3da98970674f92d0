"""Scorers of the quality benchmark."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quality.rows.pairs import ScoredPair
from benchmarks.quality.rows.questions import Question
from benchmarks.quality.rows.texts import LabelledText
from benchmarks.quality.rows.words import TaggedWords
from benchmarks.quality.scores.answers import exact, normalised, overlap, score_answers
from benchmarks.quality.scores.entities import score_entities
from benchmarks.quality.scores.labels import score_labels
from benchmarks.quality.scores.similarities import score_similarities


@pytest.mark.parametrize(
    ("answer", "right", "same", "shared"),
    [
        ("The Rome", "rome.", 1, 1),  # article, case, punctuation
        ("$1,000.50", "1000.50", 1, 1),
        ("1,000", "1 000", 0, 0),  # punctuation goes without leaving a blank
        ("mother-in-law", "motherinlaw", 1, 1),
        ("a.m.", "am", 1, 1),  # punctuation goes before articles do
        ("an-other", "another", 1, 1),
        ("Theatre", "atre", 0, 0),  # an article is a word of its own
        ("the", "a", 1, 0),  # nothing is the same as nothing, but shares no word with it
        ("", "", 1, 0),
        ("", "Rome", 0, 0),
        ("New  York\tCity", "new york city", 1, 1),
        ("New York", "New York City", 0, 0.8),
        ("New New York", "New York City", 0, 2 / 3),  # a word counts as often as both have it
        ("“Rome”", "Rome", 0, 0),  # only ASCII punctuation is taken off
        ("罗马", "罗马。", 0, 0),
    ],
)
def test_answers_are_compared_as_the_rule_says(answer: str, right: str, same: float, shared: float) -> None:
    for one, other in ((answer, right), (right, answer)):
        assert exact(one, other) == same
        assert overlap(one, other) == pytest.approx(shared)


@given(st.text(), st.text())
def test_the_same_words_overlap_wholly_and_others_in_part(answer: str, right: str) -> None:
    assert 0 <= overlap(answer, right) <= 1
    assert normalised(normalised(answer)) == normalised(answer)
    if normalised(answer):
        assert overlap(answer, answer) == exact(answer, answer) == 1


def question(key: str, *answers: str) -> Question:
    return Question(key, "?", "", answers, (0,) * len(answers), 0)


def test_each_question_counts_by_the_best_of_its_answers() -> None:
    rows = [question("one", "in Rome", "Rome"), question("two", "New York City", "the city")]
    assert score_answers(rows, {"one": "Rome", "two": "New York"}) == {"exact_match": 50.0, "f1": pytest.approx(90.0)}


def test_a_question_without_a_prediction_does_not_pass_for_a_wrong_one() -> None:
    with pytest.raises(KeyError, match="two"):
        score_answers([question("one", "a"), question("two", "b")], {"one": "a"})


def test_the_f1_of_a_label_is_of_this_label_alone() -> None:
    rows = [LabelledText(("",), label) for label in "1110"]
    found = score_labels(rows, ["1", "1", "0", "1"], positive="1")
    assert found["accuracy"] == 0.5
    assert found["f1"] == pytest.approx(2 / 3)
    assert found["f1_macro"] == pytest.approx(1 / 3)
    assert "f1" not in score_labels(rows, ["1"] * 4)


def test_an_entity_counts_whole_and_a_word_by_its_tag() -> None:
    rows = [TaggedWords(("a", "b", "c"), ("B-PER", "I-PER", "O")), TaggedWords(("d",), ("B-LOC",))]
    found = score_entities(rows, [["B-PER", "O", "O"], ["B-LOC"]])
    assert found["entity_f1"] == found["entity_precision"] == found["entity_recall"] == 0.5
    assert found["token_micro"] == 0.75
    # B-LOC and B-PER are right, I-PER is missed, and O is given once too often.
    assert found["token_macro"] == pytest.approx((1 + 1 + 0 + 2 / 3) / 4)


def test_likeness_is_scored_by_its_order() -> None:
    rows = [ScoredPair("", "", score) for score in (0.0, 1.0, 5.0)]
    found = score_similarities(rows, [0.1, 0.2, 0.25])
    assert found["spearman"] == pytest.approx(1)
    assert found["pearson"] < 1
