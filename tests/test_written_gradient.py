"""What a graph leaves behind once nobody asks for it any more."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest
import tensorflow as tf

from tltk.backbones.quick_path import choose
from tltk.losses import log_partition
from tltk.written_gradient import written_gradient


@written_gradient
def tripled(values: tf.Tensor) -> tuple[tf.Tensor, Callable[..., tf.Tensor]]:
    """Tripled, with a gradient that tells who used it."""
    return values * 3.0, lambda upstream: upstream * 100.0


def gradient_of(function: Callable[..., Any], values: tf.Tensor) -> tf.Tensor:
    with tf.GradientTape() as tape:
        tape.watch(values)
        result = function(values)
    return tape.gradient(result, values)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_the_gradient_is_the_written_one_with_and_without_a_graph(jit_compile: bool) -> None:
    traced = tf.function(lambda values: gradient_of(tripled, values), jit_compile=jit_compile)
    for values in (tf.ones((2,)), tf.ones((3, 1)), tf.ones((2,))):
        assert gradient_of(tripled, values).numpy().tolist() == (values * 100.0).numpy().tolist()
        assert traced(values).numpy().tolist() == (values * 100.0).numpy().tolist()


def test_a_graph_whose_gradient_is_asked_from_outside_has_the_written_one() -> None:
    values = tf.ones((2,))
    assert gradient_of(tf.function(tripled), values).numpy().tolist() == [100.0, 100.0]
    assert gradient_of(tf.function(lambda given: tripled(tripled(given))), values).numpy().tolist() == [1e4, 1e4]


def test_static_shapes_are_known_after_it_too() -> None:
    found = []

    @tf.function(input_signature=[tf.TensorSpec([None, 4])])
    def ask(values: tf.Tensor) -> tf.Tensor:
        found.append(tripled(values).shape.as_list())
        return values

    ask(tf.ones((2, 4)))
    assert found == [[None, 4]]


def scaled(values: Any) -> Any:
    return values * 2.0


def scaled_gradient(values: Any, upstream: Any) -> tuple[Any]:
    return (upstream * 2.0,)


@pytest.mark.parametrize(
    ("function", "shape"),
    [
        (tripled, (2, 3)),
        (choose(scaled, scaled_gradient, training=True), (2, 3)),
        (choose(scaled, scaled_gradient, training=True, compile_from=0), (2, 3)),
        (log_partition, (1, 3, 2, 2)),
    ],
    ids=["plain", "quick path", "compiled", "chain"],
)
def test_a_graph_that_is_done_with_is_let_go(function: Callable[..., Any], shape: tuple[int, ...]) -> None:
    graphs = []

    def train() -> None:
        traced = tf.function(lambda values: gradient_of(function, values)).get_concrete_function(tf.TensorSpec(shape))
        assert bool(tf.reduce_all(tf.math.is_finite(traced(tf.ones(shape)))))
        graphs.append(weakref.ref(traced.graph))

    train()
    gc.collect()
    assert graphs[0]() is None
