"""Answers in every form they come in, put in their places, or named for what is wrong with them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.kinds.missing import MISSING
from tltk.data import AnswersKind
from tltk.data.kinds.answers import MOVED
from tltk.data.labels import LabelFault, Mended

CONTEXT = "It was Ada, not Bob, and 北京 is no person."
ADA = {"text": "Ada", "start": 7}


def clean(*labels: Any, context: str = CONTEXT) -> Any:
    return AnswersKind().clean(["Who was it?", context], labels)[1]


@pytest.mark.parametrize(
    "label",
    [
        {"text": ["Ada"], "answer_start": [7]},
        {"text": "Ada", "answer_start": 7},
        [{"text": "Ada", "answer_start": 7}],
        [{"text": "Ada", "start": "7", "more": None}],
        [{"text": "Ada", "answer_start": 7.0}],
        '{"text": ["Ada"], "answer_start": [7]}',
        '[{"text": "Ada", "answer_start": 7}]',
    ],
)
def test_every_form_is_stored_alike(label: Any) -> None:
    assert clean(label) == [ADA]


def test_two_columns_are_one_answer() -> None:
    assert clean("Ada", 7) == [ADA]
    assert clean("Ada", "7") == [ADA]
    assert clean("", None) == clean(None, float("nan")) == []


@pytest.mark.parametrize("missing", MISSING)
def test_every_kind_of_missing_value_is_missing(missing: Any) -> None:
    assert clean(missing, missing) == []
    for label in (missing, {"text": "Ada", "answer_start": missing}, [{"text": "Ada", "answer_start": missing}]):
        with pytest.raises(LabelFault, match="The label is missing|has no answer_start"):
            clean(label)


def test_an_empty_text_is_no_answer_where_it_is_the_only_one() -> None:
    assert clean({"text": "", "answer_start": -1}) == clean({"text": "", "answer_start": None}) == []


@pytest.mark.parametrize("label", [[], {"text": [], "answer_start": []}, {"text": []}, "[]"])
def test_an_empty_list_is_no_answer(label: Any) -> None:
    assert clean(label) == []


@pytest.mark.parametrize(
    ("label", "message"),
    [
        (None, "missing"),
        ("Ada", "no start.*data.label"),
        ("{'text'", "not JSON"),
        ("{'text': ['Ada'], 'answer_start': [7]}", "Python wrote and which is not JSON"),
        (7, "type int"),
        ({"answer": "Ada"}, "no 'text'"),
        ({"text": ["Ada"]}, "NoneType"),
        ({"text": ["Ada", "Bob"], "answer_start": [7]}, "2 answers and 1 values"),
        ([{"text": "Ada"}], "no answer_start"),
        ([{"text": "Ada", "answer_start": True}], "whole number"),
        ([{"text": "Ada", "answer_start": 7.5}], "whole number"),
        ([{"text": "Ada", "answer_start": 10**400}], "Got answer_start 1000.* of 'Ada'; expected a whole number"),
        ([{"text": "Ada", "answer_start": "9" * 400}], "whole number"),
        (f'[{{"text": "Ada", "answer_start": {"9" * 400}}}]', "whole number"),
        (f'[{{"text": "Ada", "answer_start": {"9" * 5000}}}]', "is not JSON"),
        ([{"text": "", "answer_start": 7}], "expected text"),
        ([{"text": 3, "answer_start": 7}], "expected text"),
        (["Ada"], "Got the answer 'Ada'"),
        ([{"text": "Eve", "answer_start": 7}], "not in the context.*'Ada'"),
        ([{"text": "Who was", "answer_start": 0}], "in the question.*question first"),
        ([{"text": "a", "answer_start": 0}], "cannot be told"),
    ],
)
def test_what_cannot_be_used_is_named(label: Any, message: str) -> None:
    with pytest.raises(LabelFault, match=message):
        clean(label)


def test_a_wrong_start_is_put_right_where_only_one_place_can_be_meant() -> None:
    assert clean([{"text": "Ada", "answer_start": 3}]) == Mended([ADA], MOVED)
    assert clean([{"text": "Ada", "answer_start": -1}]) == Mended([ADA], MOVED)
    far = f"Ada {'x' * 200} Ada"
    assert clean([{"text": "Ada", "answer_start": 190}], context=far).label == [{"text": "Ada", "start": 205}]
    with pytest.raises(LabelFault, match="at 0, 205"):
        clean([{"text": "Ada", "answer_start": 100}], context=far)


@settings(max_examples=60)
@given(before=st.text(max_size=9), answer=st.text(min_size=1, max_size=9), after=st.text(max_size=9))
def test_an_answer_is_found_at_its_place_in_any_script(before: str, answer: str, after: str) -> None:
    if not answer.strip() or "\0" in answer:
        return
    context = before + answer + after
    label = [{"text": answer, "answer_start": len(before)}]
    assert clean(label, context=context) == [{"text": answer, "start": len(before)}]
    assert clean(json.dumps(label), context=context) == [{"text": answer, "start": len(before)}]
