"""Held against the enumeration of every path, in float64."""

from __future__ import annotations

import itertools
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.special import logsumexp, softmax

from tltk.losses import log_partition, marginals, viterbi
from tltk.losses.chain import identity


def chains(rows: int, length: int, tags: int, *, scale: float = 2.0, seed: int = 0) -> np.ndarray:
    """Return random potentials whose first position does not depend on the tag before."""
    potentials = np.random.default_rng(seed).normal(0, scale, (rows, length, tags, tags)).astype("float32")
    potentials[:, 0] = potentials[:, 0, :1]
    return potentials


def every_path(potentials: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all tag paths of one row [paths, length], and their scores."""
    length, tags = potentials.shape[:2]
    paths = np.array(list(itertools.product(range(tags), repeat=length)))
    scores = potentials[0, 0, paths[:, 0]].astype("float64")
    for place in range(1, length):
        scores += potentials[place, paths[:, place - 1], paths[:, place]]
    return paths, scores


def padded(potentials: np.ndarray, more: int) -> np.ndarray:
    filler = np.broadcast_to(identity(potentials.shape[-1]), (len(potentials), more, *potentials.shape[2:]))
    return np.concatenate([potentials, filler], axis=1)


@pytest.mark.parametrize(("length", "tags"), [(1, 3), (2, 2), (5, 3), (8, 2), (6, 4)])
def test_all_three_are_those_of_every_path(length: int, tags: int) -> None:
    potentials = chains(4, length, tags)
    sums, likely, best = log_partition(potentials), marginals(potentials), viterbi(potentials)
    assert sums.dtype == likely.dtype == tf.float32
    assert best.dtype == tf.int32
    for row in range(4):
        paths, scores = every_path(potentials[row])
        np.testing.assert_allclose(sums[row], logsumexp(scores), rtol=1e-5)
        np.testing.assert_array_equal(best[row], paths[scores.argmax()])
        expected = softmax(scores) @ np.eye(tags)[paths].transpose(1, 0, 2)
        np.testing.assert_allclose(likely[row], expected, atol=1e-5)


def test_the_gradient_of_the_sum_is_the_likelihood_of_the_edges() -> None:
    potentials = tf.constant(chains(2, 5, 3))
    with tf.GradientTape() as tape:
        tape.watch(potentials)
        value = log_partition(potentials)
    slopes = tape.gradient(value, potentials).numpy()
    for row in range(2):
        paths, scores = every_path(potentials[row].numpy())
        expected = np.zeros((5, 3, 3))
        for path, weight in zip(paths, softmax(scores), strict=True):
            expected[0, 0, path[0]] += weight
            for place in range(1, 5):
                expected[place, path[place - 1], path[place]] += weight
        np.testing.assert_allclose(slopes[row], expected, atol=1e-5)


@pytest.mark.parametrize("more", [1, 3, 11])
def test_padding_changes_nothing(more: int) -> None:
    potentials = chains(3, 5, 4)
    longer = padded(potentials, more)
    np.testing.assert_allclose(log_partition(longer), log_partition(potentials), rtol=1e-6)
    np.testing.assert_allclose(marginals(longer)[:, :5], marginals(potentials), atol=1e-6)
    mask = np.arange(5 + more) < 5
    path = np.asarray(viterbi(longer, np.broadcast_to(mask, (3, 5 + more))))
    np.testing.assert_array_equal(path[:, :5], viterbi(potentials))
    np.testing.assert_array_equal(path[:, 5:], -1)


@pytest.mark.parametrize("scale", [0.1, 5.0, 50.0])
def test_long_and_sharp_chains_stay_exact(scale: float) -> None:
    """Against the same sum one position after the other, in float64."""
    potentials = chains(2, 300, 5, scale=scale)
    alpha = potentials[:, 0, 0].astype("float64")
    for place in range(1, 300):
        alpha = logsumexp(alpha[:, :, None] + potentials[:, place], axis=1)
    np.testing.assert_allclose(log_partition(potentials), logsumexp(alpha, axis=1), rtol=2e-6)


def test_what_cannot_be_is_never_taken_and_breaks_no_gradient() -> None:
    potentials = chains(2, 6, 3)
    potentials[:, 1:, 0, 1] = -1e9
    given = tf.constant(potentials)
    with tf.GradientTape() as tape:
        tape.watch(given)
        value = log_partition(given)
    slopes = tape.gradient(value, given).numpy()
    assert np.isfinite(slopes).all()
    np.testing.assert_array_equal(slopes[:, 1:, 0, 1], 0)
    path = np.asarray(viterbi(potentials))
    assert not ((path[:, :-1] == 0) & (path[:, 1:] == 1)).any()


class _Tags(keras.layers.Layer):
    def call(self, potentials: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        return viterbi(potentials, mask)


def _model() -> keras.Model:
    potentials, mask = keras.Input((None, 4, 4), name="potentials"), keras.Input((None,), dtype="int32", name="mask")
    return keras.Model([potentials, mask], _Tags(name="tags")(potentials, mask))


def _fed(length: int) -> tuple[np.ndarray, np.ndarray]:
    potentials = chains(3, length, 4, seed=length)
    mask = (np.arange(length) < np.array([[length], [length - 1], [1]])).astype("int32")
    nothing = np.asarray(identity(4))
    return np.where(mask[..., None, None] != 0, potentials, nothing).astype("float32"), mask


def test_the_best_path_is_found_by_onnxruntime() -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    tf2onnx = pytest.importorskip("tf2onnx")
    signature = [
        tf.TensorSpec((None, None, 4, 4), tf.float32, name="potentials"),
        tf.TensorSpec((None, None), tf.int32, name="mask"),
    ]
    graph, _ = tf2onnx.convert.from_function(tf.function(viterbi), input_signature=signature, opset=18)
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    for length in (1, 2, 9, 30):
        potentials, mask = _fed(length)
        (found,) = session.run(None, {"potentials": potentials, "mask": mask})
        np.testing.assert_array_equal(found, viterbi(potentials, mask))


def test_the_best_path_is_found_by_a_savedmodel_of_core_operations(tmp_path: Path) -> None:
    _model().export(tmp_path / "saved", verbose=False)
    served = tf.saved_model.load(tmp_path / "saved").serve
    for length in (1, 9):
        np.testing.assert_array_equal(served(list(_fed(length))), viterbi(*_fed(length)))
