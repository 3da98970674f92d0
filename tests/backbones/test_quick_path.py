"""Which path a layer takes, and what is compiled. That both paths give the same is told by `GradientContract`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import tensorflow as tf

from tltk.backbones import quick_path as module
from tltk.backbones.quick_path import choose, compiled, on_quick_path, plain_path, with_gradient


def scaled(values: Any, number: Any, *, by: float) -> Any:
    return values * by * tf.cast(number, values.dtype)


def telltale_gradient(values: Any, number: Any, upstream: Any, *, by: float) -> tuple[Any]:
    """A wrong gradient, that tells who used it."""
    return (upstream * 100.0 * by,)


def slope(function: Callable[..., Any], size: int = 4) -> float:
    values, number = tf.ones((size,)), tf.constant(3)
    with tf.GradientTape() as tape:
        tape.watch(values)
        result = function(values, number)
    assert result.numpy().tolist() == [6.0] * size
    return float(tape.gradient(result, values)[0])


def test_the_given_gradient_is_used_in_training_alone() -> None:
    for training, expected in ((True, 200.0), (False, 6.0), (None, 6.0)):
        assert slope(choose(scaled, telltale_gradient, training=training, by=2.0)) == expected
        assert on_quick_path(training) is bool(training)


def test_the_plain_path_is_left_as_it_is_entered() -> None:
    with plain_path():
        assert slope(choose(scaled, telltale_gradient, training=True, by=2.0)) == 6.0
        with plain_path():
            assert not on_quick_path(True)
        assert not on_quick_path(True)
    assert on_quick_path(True)
    with pytest.raises(ZeroDivisionError), plain_path():
        _ = 1 / 0
    assert slope(choose(scaled, telltale_gradient, training=True, by=2.0)) == 200.0


def test_a_graph_keeps_the_path_it_was_traced_with() -> None:
    def ask() -> float:
        return slope_of(choose(scaled, telltale_gradient, training=True, by=2.0))

    def slope_of(function: Callable[..., Any]) -> Any:
        values = tf.ones((4,))
        with tf.GradientTape() as tape:
            tape.watch(values)
            result = function(values, tf.constant(3))
        return tape.gradient(result, values)[0]

    plain, quick = tf.function(ask), tf.function(ask)
    with plain_path():
        assert float(plain()) == 6.0
    assert float(quick()) == 200.0
    assert float(plain()) == 6.0
    with plain_path():
        assert float(quick()) == 200.0


def test_the_same_arguments_give_the_same_function() -> None:
    assert choose(scaled, telltale_gradient, training=True, by=2.0) is with_gradient(
        scaled, telltale_gradient, None, (("by", 2.0),)
    )
    assert choose(scaled, telltale_gradient, training=True, by=2.0) is not choose(
        scaled, telltale_gradient, training=True, by=3.0
    )
    assert compiled(scaled) is compiled(scaled)


@pytest.mark.parametrize(
    ("compile_from", "expected"), [(None, 0), (0, 2), (5, 2), (6, 2), (7, 0)], ids=["never", "always", "<", "=", ">"]
)
def test_compiles_from_so_many_elements_on(
    compile_from: int | None, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = []

    def recorded(function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            ran.append(function)
            return compiled(function)(*arguments)

        return run

    monkeypatch.setattr(module, "compiled", recorded)
    assert slope(choose(scaled, telltale_gradient, training=True, compile_from=compile_from, by=2.0), size=6) == 200.0
    # The function, and its gradient.
    assert len(ran) == expected
    assert len({id(part) for part in ran}) == expected
