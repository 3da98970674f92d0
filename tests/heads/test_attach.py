from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tests.heads.head_contract import CONFIG, inputs
from tltk.backbones import build_backbone
from tltk.errors import RecipeError
from tltk.heads import LinearHead, attach


@keras.saving.register_keras_serializable(package="tests")
class Own(keras.layers.Layer):
    """A user's own head that knows nothing of tltk."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.dense = keras.layers.Dense(units)

    def call(self, hidden_states: Any) -> Any:
        return self.dense(hidden_states[:, 0])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


def test_an_own_layer_is_a_head(tmp_path: Path) -> None:
    model = attach(build_backbone(CONFIG), Own(4), units=4)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False)
    history = model.fit(inputs(8), np.arange(8) % 4, epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_allclose(loaded(inputs()), model(inputs()), atol=1e-6)


def test_a_layer_of_keras_own_is_a_head() -> None:
    head = keras.Sequential([keras.layers.GlobalMaxPooling1D(), keras.layers.Dense(2)])
    assert attach(build_backbone(CONFIG), head, units=2)(inputs()).shape == (3, 2)


def test_logits_are_float32_whatever_the_layer_gives() -> None:
    model = attach(build_backbone(CONFIG), Own(2, dtype="bfloat16"), units=2)
    assert model(inputs()).dtype == "float32"


def test_the_backbone_and_the_head_are_layers_of_the_model() -> None:
    backbone, head = build_backbone(CONFIG), LinearHead(2, pooling="mean", name="head")
    model = attach(backbone, head)
    assert model.get_layer("head") is head
    assert model.get_layer(backbone.name) is backbone
    assert list(model.input) == ["input_ids", "attention_mask", "token_type_ids"]
    assert model.output_names == ["logits"]


@pytest.mark.parametrize("pooling", ["family", "cls"])
def test_a_head_that_reads_the_first_position_gets_no_other(pooling: str) -> None:
    backbone, head = build_backbone(CONFIG), LinearHead(2, pooling=pooling, name="head")
    model = attach(backbone, head)
    trimmed = model.get_layer(backbone.name)
    assert trimmed.output.shape[1] == 1
    assert trimmed.layers == backbone.layers
    given = inputs(4)
    expected = head(backbone(given), attention_mask=given["attention_mask"])
    np.testing.assert_allclose(model(given), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("head", [*(LinearHead(2, pooling=name) for name in ("mean", "max", "attention")), Own(2)])
def test_a_head_that_may_read_any_position_gets_the_backbone_itself(head: keras.layers.Layer) -> None:
    backbone = build_backbone(CONFIG)
    model = attach(backbone, head)
    assert model.get_layer(backbone.name) is backbone
    assert backbone.output.shape[1] is None


@pytest.mark.parametrize("pooling", ["family", "cls", "mean"])
def test_attached_models_are_saved_loaded_and_cloned_by_keras(pooling: str, tmp_path: Path) -> None:
    backbone = build_backbone(CONFIG, dropout=0.3, attention_dropout=0.3)
    model = attach(backbone, LinearHead(2, pooling=pooling, dropout=0.3))
    expected = model(inputs())
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    for other in (loaded, clone):
        np.testing.assert_array_equal(other(inputs()), expected)
        assert other.get_layer(backbone.name).output.shape == model.get_layer(backbone.name).output.shape
        other.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False)
        assert np.isfinite(other.fit(inputs(4), np.arange(4) % 2, verbose=0).history["loss"]).all()


def test_a_trimmed_backbone_is_refused_by_a_head_that_reads_every_position() -> None:
    backbone = build_backbone(CONFIG)
    trimmed = attach(backbone, LinearHead(2, pooling="cls")).get_layer(backbone.name)
    with pytest.raises(RecipeError, match=r"head: Got a backbone of the first position alone.*whole backbone"):
        attach(trimmed, LinearHead(2, pooling="mean"))


def test_a_head_with_another_number_of_outputs_is_refused() -> None:
    with pytest.raises(RecipeError, match=r"\(None, 3\); the task wants 2"):
        attach(build_backbone(CONFIG), Own(3), units=2)


@pytest.mark.parametrize(
    ("layer", "takes", "message"),
    [
        (
            keras.layers.Dense(2),
            ("rows",),
            r"Dense gives .*\(None, None, 2\); .*each row \(2 dim.*pool them",
        ),
        (keras.layers.Dense(2), ("embeddings",), r"an embedding of each row \(2 dimensions\)"),
        (Own(2), ("positions", "edges"), r"each position \(3 dim.*positions \(4 dim.*keep the positions"),
    ],
)
def test_outputs_of_other_dimensions_are_refused(layer: Any, takes: tuple[str, ...], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        attach(build_backbone(CONFIG), layer, units=2, takes=takes)


def test_outputs_of_the_wanted_dimensions_are_taken() -> None:
    model = attach(build_backbone(CONFIG), keras.layers.Dense(2), units=2, takes=("positions", "edges"))
    assert model.output.shape == (None, None, 2)


def test_a_head_that_gives_no_tensor_is_refused() -> None:
    class Two(keras.layers.Layer):
        def call(self, hidden_states: Any) -> Any:
            return {"a": hidden_states[:, 0], "b": hidden_states[:, 0]}

    with pytest.raises(RecipeError, match="gives"):
        attach(build_backbone(CONFIG), Two(), units=2)


def test_what_is_no_layer_is_refused() -> None:
    with pytest.raises(RecipeError, match="function"):
        attach(build_backbone(CONFIG), lambda states: states)
