from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import pytest

from tests.heads.head_contract import CONFIG
from tltk.backbones import find_family
from tltk.errors import RecipeError
from tltk.heads import build_head, heads, register_head
from tltk.recipe import HeadSection


@pytest.fixture
def own_head() -> Iterator[type]:
    @register_head("own", replace=True)
    class Own(keras.layers.Layer):
        def __init__(self, units: int, *, width: int = 4, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units, self.width = units, width
            self.dense = keras.layers.Dense(units)

        def call(self, hidden_states: Any) -> Any:
            return self.dense(hidden_states[:, 0])

    yield Own
    heads._parts.pop("own")


def test_the_built_in_heads_are_found() -> None:
    assert {"linear", "mlp"} <= set(heads.names())


def test_the_tasks_head_is_taken_when_none_is_named() -> None:
    assert type(build_head(HeadSection(), units=2, default="mlp")).__name__ == "MlpHead"


def test_a_registered_layer_is_built_with_units_and_options(own_head: type) -> None:
    head = build_head(HeadSection(name="own", options={"width": 9}), units=5)
    assert isinstance(head, own_head)
    assert (head.units, head.width, head.name) == (5, 9, "head")


def test_registering_makes_a_layer_known_to_keras_too(own_head: type) -> None:
    assert keras.saving.get_registered_object(keras.saving.get_registered_name(own_head)) is own_head


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"name": "linaer"}, r"head\.name: Got head 'linaer'.*'linear'"),
        ({"name": "mlp", "options": {"hiden_units": 8}}, r"head\.options\.hiden_units: .*'hidden_units'"),
        ({"options": {"units": 8}}, r"head\.options\.units: .*tltk decides"),
        ({"options": {"dropout": 0.5}}, r"Write it as head\.dropout"),
        ({"name": "own", "pooling": "mean"}, r"head\.pooling: Head 'own' has no pooling"),
        ({"name": "own", "dropout": 0.5}, r"head\.dropout: Head 'own' has no dropout"),
        ({"name": "own", "options": {"widht": 5}}, r"'width'"),
        ({"name": "mlp", "options": {"activation": "gulu"}}, r"head\.options: .*gulu"),
        ({"name": "mlp", "options": {"hidden_units": True}}, r"head\.options: .*hidden_units=\(True,\)"),
        ({"options": {"initializer_range": -1}}, r"head\.options: .*initializer_range=-1"),
    ],
    ids=str,
)
@pytest.mark.usefixtures("own_head")
def test_what_a_head_does_not_take_is_named(section: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        build_head(HeadSection(**section), units=2)


def test_an_option_is_taken_before_what_the_checkpoint_says() -> None:
    family = find_family(CONFIG)
    section = HeadSection(options={"initializer_range": 0.5})
    head = build_head(section, units=2, family=family, config=family.read_config(CONFIG))
    assert head.get_config()["initializer_range"] == 0.5


@pytest.mark.usefixtures("own_head")
def test_a_head_that_must_be_told_its_outputs_is_not_blamed_on_its_options() -> None:
    with pytest.raises(RecipeError, match=r"head\.name: Head 'own' must be told.*options\.units.*own head 'embedding'"):
        build_head(HeadSection(name="own"), units=None, default="embedding")


@pytest.mark.usefixtures("own_head")
def test_outputs_are_an_option_where_the_task_leaves_them_to_the_head() -> None:
    assert build_head(HeadSection(name="own", options={"units": 3}), units=None).units == 3


def test_a_taken_name_is_refused() -> None:
    with pytest.raises(RecipeError, match="'linear' is registered already"):
        register_head("linear")(keras.layers.Dense)
