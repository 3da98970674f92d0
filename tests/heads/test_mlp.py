from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tests.heads.head_contract import HeadContract
from tltk.errors import RecipeError
from tltk.heads import MlpHead, build_head
from tltk.recipe import HeadSection


class TestMlpHead(HeadContract):
    name = "mlp"


class TestDeepMlpHead(HeadContract):
    name = "mlp"
    pooling = "mean"
    options: ClassVar[dict[str, Any]] = {"hidden_units": [24, 12], "activation": "relu"}


def test_one_number_is_one_hidden_layer() -> None:
    assert MlpHead(2, hidden_units=8).get_config()["hidden_units"] == [8]


@pytest.mark.parametrize("hidden_units", [[], [0], 0, ["8"], "8", [8, 2.5]])
def test_hidden_units_must_be_whole_numbers(hidden_units: object) -> None:
    with pytest.raises(RecipeError, match="hidden_units"):
        build_head(HeadSection(name="mlp", options={"hidden_units": hidden_units}), units=2)
