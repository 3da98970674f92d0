"""Entities by their characters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tltk.data import SpansKind, read
from tltk.data.labels import LabelFault
from tltk.errors import DataError
from tltk.recipe import DataSection

TEXT = "Ann lives in 北京 👍🏽 now"


@pytest.mark.parametrize("as_text", [False, True])
@pytest.mark.parametrize("entry", [{"start": 13, "end": 15, "label": "LOC"}, [13, 15, "LOC"]])
def test_entities_come_as_mappings_or_lists_and_in_json(as_text: bool, entry: Any) -> None:
    given_entities = [entry, [0, 3, "PER"]]
    array = np.empty(2, object)
    array[:] = [entry, np.array([0, 3, "PER"], object)]
    for label in [json.dumps(given_entities)] if as_text else [given_entities, array]:
        _, spans = SpansKind().clean([TEXT], [label])
        assert [(TEXT[start:end], label) for start, end, label in spans] == [("Ann", "PER"), ("北京", "LOC")]


@pytest.mark.parametrize(
    ("entities", "message"),
    [
        ([[0, 99, "X"]], "from 0 to 99 in a text of 22 characters"),
        ([[3, 3, "X"]], "from 3 to 3"),
        ([[-2, 3, "X"]], "from -2 to 3"),
        ([[3, 4, "X"]], "white space"),
        ([[0, 5, "X"], [4, 9, "Y"]], "overlap"),
        ([[0, 3.5, "X"]], "whole numbers"),
        ([{"start": 0, "end": 3}], "has no 'label'"),
        ([[0, 3]], "expected an entity"),
        ([[0, 3, None]], "missing"),
        ("[0, 3", "not a JSON list"),
        ("[{'start': 0, 'end': 3, 'label': 'PER'}]", "Python wrote.*double quotes"),
        (7, "expected a list"),
        (None, "missing"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, entities: Any, message: str) -> None:
    memory = [{"text": TEXT, "label": []}, {"text": TEXT, "label": entities}]
    with pytest.raises(DataError, match=message) as caught:
        read(DataSection(split={"validation": None, "test": None}), memory=memory, cache=tmp_path, kind=SpansKind())
    assert "row 1" in str(caught.value)


@given(st.text(min_size=1), st.data())
def test_stored_entities_lie_in_the_text_in_order_without_white_space(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    entities = [[start, end, "X"] for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    try:
        _, spans = SpansKind().clean([text], [entities[::-1]])
    except LabelFault:
        assert any(not text[start:end].strip() for start, end, _ in entities)
        return
    assert [text[start:end] for start, end, _ in spans] == [text[start:end].strip() for start, end, _ in entities]
