from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tltk.data import NumbersKind
from tltk.data.labels import LabelFault

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(finite, min_size=1, max_size=4))
def test_columns_lists_and_text_mean_the_same_numbers(numbers: list[float]) -> None:
    kind = NumbersKind()
    assert kind.clean(["x"], numbers)[1] == numbers
    assert kind.clean(["x"], [numbers])[1] == numbers
    assert kind.clean(["x"], [np.array(numbers)])[1] == numbers
    assert kind.clean(["x"], list(np.array(numbers)))[1] == numbers
    assert kind.clean(["x"], [repr(number) for number in numbers])[1] == numbers


@pytest.mark.parametrize(
    "value",
    [None, "", "much", math.nan, math.inf, "nan", "-inf", [], [1, None], np.array([]), np.array([[1.0]]), {"a": 1}],
)
def test_what_is_no_finite_number_is_refused(value: object) -> None:
    with pytest.raises(LabelFault):
        NumbersKind().clean(["x"], [value])
