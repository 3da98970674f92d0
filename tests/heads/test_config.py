"""Heads as plain JSON: what is made of it, and what is refused."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

from tltk.errors import BundleError, RecipeError
from tltk.heads import LinearHead, copy_head, head_fingerprint, head_from_config, head_to_config, register_head


def states() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(2, 5, 8)).astype("float32")


def functional_head() -> keras.Model:
    inputs = keras.Input((None, 8))
    return keras.Model(inputs, keras.layers.Dense(2, activation="gelu")(inputs[:, 0]))


@pytest.mark.parametrize(
    "head",
    [
        LinearHead(2, pooling="mean"),
        keras.Sequential([keras.layers.GlobalMaxPooling1D(), keras.layers.Dense(2, kernel_regularizer="l2")]),
        keras.layers.Bidirectional(keras.layers.GRU(2)),
        functional_head(),
    ],
    ids=lambda head: type(head).__name__,
)
def test_keras_own_layers_come_back_from_json(head: keras.layers.Layer) -> None:
    expected = np.asarray(head(states()))
    again = head_from_config(json.loads(json.dumps(head_to_config(head))))
    again(states())
    again.set_weights(head.get_weights())
    np.testing.assert_array_equal(np.asarray(again(states())), expected)


@pytest.mark.parametrize(
    ("module", "class_name", "config"),
    [
        ("keras.layers", "Lambda", {"function": "os.system"}),
        ("keras.layers", "TFSMLayer", {"filepath": "/tmp/evil"}),
        ("keras.layers", "StringLookup", {"vocabulary": "/etc/passwd"}),
        ("keras.utils", "get_file", {"origin": "http://example.org"}),
        ("keras.src.layers.core.lambda_layer", "Lambda", {"function": "os.system"}),
        ("keras_hub.models", "BertBackbone", {}),
        ("subprocess", "Popen", {"args": "true"}),
        (None, "Dense", {"units": 2}),
    ],
)
@pytest.mark.parametrize("nested", [False, True], ids=["alone", "nested"])
def test_what_is_no_layer_of_keras_and_not_registered_is_refused(module, class_name, config, nested) -> None:
    part = {"module": module, "class_name": class_name, "config": config, "registered_name": None}
    if nested:
        part = {
            "module": "keras",
            "class_name": "Sequential",
            "registered_name": None,
            "config": {"name": "s", "layers": [part]},
        }
    with pytest.raises(BundleError, match=f"names '{class_name}', which is neither a layer of Keras nor registered"):
        head_from_config(part)


def test_a_part_that_is_no_layer_is_refused() -> None:
    zeros = keras.saving.serialize_keras_object(keras.initializers.Zeros())
    with pytest.raises(BundleError, match="no layer"):
        head_from_config(zeros)


class Unregistered(keras.layers.Layer):
    """A head that Keras does not know."""

    def call(self, hidden_states):
        return hidden_states[:, 0]


@register_head("forgetful")
class Forgetful(keras.layers.Layer):
    """A head whose configuration lacks an argument of its constructor."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)

    def get_config(self):
        return {"name": self.name}


def test_heads_that_could_not_be_loaded_are_told_beforehand() -> None:
    with pytest.raises(BundleError, match=r"'Unregistered' is not registered.*@tltk.register_head"):
        copy_head(Unregistered())
    with pytest.raises(BundleError, match=r"Unregistered.*is not registered"):
        copy_head(keras.Sequential([Unregistered()]))
    with pytest.raises(BundleError, match=r"Forgetful.*every argument of its constructor"):
        copy_head(Forgetful(2))
    with pytest.raises(RecipeError, match="head of type int"):
        copy_head(3)


def test_a_copy_has_the_weights_and_shares_none() -> None:
    head = functional_head()
    copied = copy_head(head)
    np.testing.assert_array_equal(np.asarray(copied(states())), np.asarray(head(states())))
    copied.set_weights([np.zeros_like(weight) for weight in copied.get_weights()])
    assert np.any(np.asarray(head(states())))


def test_a_fingerprint_sees_settings_and_not_the_numbers_of_names() -> None:
    one, two = (keras.Sequential([keras.layers.Dense(2)]) for _ in range(2))
    assert one.name != two.name
    assert head_fingerprint(one) == head_fingerprint(two)
    assert head_fingerprint(one) != head_fingerprint(keras.Sequential([keras.layers.Dense(3)]))


def test_classes_of_one_name_are_told_apart_by_the_names_of_their_heads() -> None:
    def make(name: str, factor: int) -> keras.layers.Layer:
        @register_head(name)
        class Scaled(keras.layers.Layer):
            def call(self, hidden_states):
                return factor * hidden_states[:, 0]

        return Scaled()

    for factor, head in [(2, make("twice", 2)), (3, make("thrice", 3))]:
        again = copy_head(head)
        np.testing.assert_array_equal(np.asarray(again(states())), factor * states()[:, 0])
