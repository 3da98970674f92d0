"""The quick path of training beside the plain one. The first position by itself is in the contract of families."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.heads.head_contract import CONFIG, inputs
from tltk.backbones import build_backbone
from tltk.backbones.encoder import first_position
from tltk.backbones.quick_path import plain_path
from tltk.heads import LinearHead, attach

ROWS = 6
LABELS = np.arange(ROWS) % 3


@contextlib.contextmanager
def policy(name: str) -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def classifier(pooling: str, precision: str = "float32") -> keras.Model:
    """Return a model of two layers with dropout, with the same weights and seeds at every call."""
    keras.utils.set_random_seed(4)
    config = {**CONFIG, "num_hidden_layers": 2, "initializer_range": 0.2, "hidden_act": "gelu_new"}
    with policy(precision):
        backbone = build_backbone(config, dropout=0.2, attention_dropout=0.3)
        return attach(backbone, LinearHead(3, pooling=pooling, dropout=0.2, initializer_range=0.2))


def loss_and_gradients(model: keras.Model, *, graph: bool) -> tuple[float, dict[str, np.ndarray]]:
    batch = {name: tf.constant(value) for name, value in inputs(ROWS, 7, padding=3).items()}
    entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def step(batch: dict[str, tf.Tensor]) -> Any:
        with tf.GradientTape() as tape:
            loss = entropy(LABELS, model(batch, training=True))
        return loss, tape.gradient(loss, [variable.value for variable in model.trainable_variables])

    if graph:
        step = tf.function(step, input_signature=[{name: tf.TensorSpec([None, None], tf.int32) for name in batch}])
    loss, gradients = step(batch)
    paths = [variable.path for variable in model.trainable_variables]
    return float(loss), {
        path: tf.cast(gradient, tf.float32).numpy() for path, gradient in zip(paths, map(dense, gradients), strict=True)
    }


def dense(gradient: Any) -> tf.Tensor:
    return tf.convert_to_tensor(gradient)


@pytest.mark.parametrize("graph", [False, True], ids=["eager", "graph"])
@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_the_quick_path_is_the_plain_one(pooling: str, graph: bool) -> None:
    """Masks are the same by construction; all else is float32, rounded in another order."""
    loss, gradients = loss_and_gradients(classifier(pooling), graph=graph)
    with plain_path():
        expected, references = loss_and_gradients(classifier(pooling), graph=graph)
    assert abs(loss - expected) < 1e-5
    for (path, gradient), reference in zip(gradients.items(), references.values(), strict=True):
        np.testing.assert_allclose(gradient, reference, rtol=0, atol=1e-5, err_msg=path)
    assert sum(np.abs(reference).max() > 1e-3 for reference in references.values()) > len(references) - 4
    # Without its dropout the model would give another loss: the masks did count.
    still = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(
        LABELS, classifier(pooling)(inputs(ROWS, 7, padding=3))
    )
    assert abs(expected - float(still)) > 1e-3


def test_the_quick_path_is_near_the_plain_one_in_bfloat16() -> None:
    """Each op rounds to 8 bits, on either path elsewhere."""
    loss, gradients = loss_and_gradients(classifier("cls", "mixed_bfloat16"), graph=True)
    with plain_path():
        expected, references = loss_and_gradients(classifier("cls", "mixed_bfloat16"), graph=True)
    assert abs(loss - expected) < 0.02
    flat, reference = (np.concatenate([part.ravel() for part in one.values()]) for one in (gradients, references))
    assert np.linalg.norm(flat - reference) < 0.05 * np.linalg.norm(reference)


def test_fit_goes_the_same_way_on_both_paths() -> None:
    def losses() -> list[float]:
        model = classifier("cls")
        model.compile(
            keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False
        )
        return model.fit(inputs(ROWS), LABELS, batch_size=3, epochs=4, shuffle=False, verbose=0).history["loss"]

    quick = losses()
    with plain_path():
        plain = losses()
    np.testing.assert_allclose(quick, plain, rtol=0, atol=5e-5)
    assert plain[-1] != plain[0]


def test_a_model_that_ends_in_no_layer_of_ours_is_returned_as_it_is() -> None:
    ids = keras.Input((None,), dtype="int32", name="input_ids")
    other = keras.Model({"input_ids": ids}, keras.layers.Embedding(9, 4)(ids))
    assert first_position(other) is other
    ours = build_backbone(CONFIG)
    longer = keras.Model(ours.input, keras.layers.Dense(3)(ours.output))
    assert first_position(longer) is longer


def test_the_encoder_itself_stays_whole() -> None:
    encoder = build_backbone(CONFIG)
    before = encoder.get_config()
    short = first_position(encoder)
    assert encoder.get_config() == before
    assert encoder(inputs()).shape == (3, 7, 16)
    assert short.trainable_variables == encoder.trainable_variables
    assert short.name == encoder.name
    assert first_position(short)(inputs()).shape == (3, 1, 16)
