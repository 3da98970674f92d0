from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import keras
import numpy as np
import pytest
import torch

from tests.heads.head_contract import HeadContract
from tltk.errors import RecipeError
from tltk.heads import EmbeddingHead, build_head
from tltk.heads.sentence_dense import ACTIVATIONS, read_sentence_dense, write_sentence_dense
from tltk.recipe import HeadSection


@pytest.mark.parametrize("pooling", ["mean", "family", "cls", "max", "attention"])
class TestEmbeddingHead(HeadContract):
    name = "embedding"
    options: ClassVar[dict[str, Any]] = {"normalize": True}
    drops_out = False
    pools_in = "float32"

    @pytest.fixture(autouse=True)
    def _choose(self, pooling: str) -> None:
        self.pooling = pooling


def test_vectors_are_as_wide_as_the_hidden_states_without_a_projection() -> None:
    head = EmbeddingHead()
    states = np.random.default_rng(0).normal(size=(2, 4, 6)).astype("float32")
    assert head(states).shape == head.compute_output_shape(states.shape) == (2, 6)
    assert not head.weights


def test_mean_and_norm_are_those_of_pytorch() -> None:
    states = np.random.default_rng(0).normal(size=(3, 4, 6)).astype("float32")
    mask = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 0, 0]], "int32")
    weights = torch.tensor(mask)[:, :, None].float()
    mean = (torch.tensor(states) * weights).sum(1) / weights.sum(1)
    np.testing.assert_allclose(EmbeddingHead()(states, attention_mask=mask), mean, atol=1e-6)
    expected = torch.nn.functional.normalize(mean)
    np.testing.assert_allclose(EmbeddingHead(normalize=True)(states, attention_mask=mask), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("activation", "theirs"),
    [("linear", torch.nn.Identity()), ("tanh", torch.nn.Tanh()), ("relu", torch.nn.ReLU()), ("gelu", torch.nn.GELU())],
)
def test_the_dense_layer_and_its_activation_are_those_of_pytorch(activation: str, theirs: torch.nn.Module) -> None:
    states = np.random.default_rng(0).normal(size=(3, 4, 6)).astype("float32")
    head = EmbeddingHead(5, activation=activation)
    found = keras.ops.convert_to_numpy(head(states))
    kernel = torch.tensor(np.asarray(head.projection.kernel))
    np.testing.assert_allclose(found, theirs(torch.tensor(states).mean(1) @ kernel), atol=1e-6)
    assert EmbeddingHead.from_config(head.get_config()).activation == activation


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_has_its_name_at_sentence_transformers(activation: str, tmp_path: Path) -> None:
    head = EmbeddingHead(5, activation=activation)
    head(np.zeros((1, 2, 6), "float32"))
    write_sentence_dense(tmp_path, head.projection, 6)
    assert read_sentence_dense(tmp_path).activation == activation


def test_a_vector_of_zeros_has_a_finite_norm_and_gradient() -> None:
    import tensorflow as tf

    states = tf.zeros((1, 2, 4))
    with tf.GradientTape() as tape:
        tape.watch(states)
        total = keras.ops.sum(EmbeddingHead(normalize=True)(states))
    assert float(total) == 0
    assert np.isfinite(tape.gradient(total, states)).all()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("units", 0),
        ("units", True),
        ("normalize", "yes"),
        ("activation", "softplus"),
        ("activation", ["tanh"]),
        ("activation", "tanh"),
    ],
)
def test_wrong_options_are_refused(option: str, value: Any) -> None:
    with pytest.raises(RecipeError, match=f"Got {option}="):
        build_head(HeadSection(name="embedding", options={option: value}), units=None)
