from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tltk.data import LabelSetKind
from tltk.data.labels import LabelFault, LabelRule
from tltk.recipe import DataSection

names = st.text(st.characters(exclude_characters="|[]", exclude_categories=("Cs", "Zs", "Cc", "Zl", "Zp")), min_size=1)


@given(st.sets(names.filter(lambda name: name == name.strip()), max_size=5))
def test_lists_text_and_json_mean_the_same_set(labels: set[str]) -> None:
    kind = LabelSetKind()
    expected = sorted(labels)
    array = np.array(list(labels), object)
    for given_as in (list(labels), "|".join(labels), json.dumps(list(labels)), tuple(labels), array):
        assert kind.clean(["a text"], [given_as]) == (("a text",), expected)


def test_columns_of_yes_and_no() -> None:
    kind = LabelSetKind(("rude", "spam", "long"))
    assert kind.clean(["x"], [1, "0", True])[1] == ["long", "rude"]
    assert kind.clean(["x"], [0.0, "false", "1"])[1] == ["long"]
    assert kind.clean(["x"], ["0.0", "1.0", "1.00"])[1] == ["long", "spam"]


def test_a_list_of_one_column_names_one_label() -> None:
    kind = LabelSetKind.of(DataSection(label=["rude"]))
    assert kind.vocabulary == ("rude",)
    assert [kind.clean(["x"], [value])[1] for value in (1, "0")] == [["rude"], []]
    assert LabelSetKind.of(DataSection(label="rude")).clean(["x"], ["1"])[1] == ["1"]


def test_labels_are_renamed() -> None:
    kind = LabelSetKind(rule=LabelRule(names={"1": "good"}))
    assert kind.clean(["x"], [[1.0, "b"]])[1] == ["b", "good"]


@pytest.mark.parametrize(
    ("columns", "labels", "message"),
    [
        ((), [None], "missing"),
        ((), ["[1, "], "not a JSON list"),
        ((), ["['rude', 'spam']"], "Python wrote.*not a JSON list.*double quotes"),
        ((), ["{'rude', 'spam'}"], "Python wrote"),
        ((), [[["nested"]]], "expected a string or a number"),
        (("a", "b"), [1, 2], "label column 'b'; expected 1 or 0"),
        (("a", "b"), [1, None], "missing"),
    ],
)
def test_what_cannot_be_used_is_named(columns: tuple[str, ...], labels: list[object], message: str) -> None:
    with pytest.raises(LabelFault, match=message):
        LabelSetKind(columns).clean(["x"], labels)


def test_labels_are_counted_over_sets() -> None:
    column = pa.array([["a", "b"], [], ["a"]], LabelSetKind().stored)
    assert LabelSetKind().count(column) == {"a": 2, "b": 1}
