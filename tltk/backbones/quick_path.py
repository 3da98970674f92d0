"""The quick path of training: the functions of the plain one, with written gradients, and compiled where it pays."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import tensorflow as tf

from tltk.written_gradient import written_gradient

Function = Callable[..., Any]

_PLAIN = ContextVar("tltk_plain_path", default=False)


@contextmanager
def plain_path() -> Iterator[None]:
    """Let layers that are called within train by plain `keras.ops` too, as they always do outside of training.

    A traced graph keeps the path it was traced with. Threads that TensorFlow starts for the devices of a strategy
    do not see it.

    Example:
        >>> with plain_path():
        ...     print(on_quick_path(training=True))
        False
    """
    token = _PLAIN.set(True)
    try:
        yield
    finally:
        _PLAIN.reset(token)


def on_quick_path(training: bool | None) -> bool:
    """Tell whether a layer called so takes the quick path: in training, unless within `plain_path()`."""
    return bool(training) and not _PLAIN.get()


def fuses_products() -> bool:
    """Tell whether TensorFlow makes one kernel of a matrix product, its bias and its activation: on processors alone.

    Where it does, in graphs without a gradient, bfloat16 is rounded once, after the activation; elsewhere each
    operation rounds.
    """
    return not tf.config.list_physical_devices("GPU")


def choose(
    function: Function, gradient: Function, *, training: bool | None, compile_from: int | None = None, **settings: Any
) -> Function:
    """Return `function` with its settings bound: with the given gradient in training, as it is otherwise.

    The gradient computes inner values anew, so that nothing but the arguments is held in memory between the two passes.

    Args:
        function: tensors in, one tensor out; pure, written in `keras.ops`, defined at the top of a module.
        gradient: takes the function's arguments and the gradient of its result; returns the gradient of each argument
            of a floating type, in their order.
        training: whether the layer that asks is training.
        compile_from: elements of the first argument from which XLA makes one cluster of the function, and one of its
            gradient; None for never. XLA compiles anew for each shape, some 40 ms for each loop and each reduction:
            good for chains of element-wise operations, and for reductions of so much that memory counts.
        **settings: hashable keyword arguments of both (rates, epsilons, names).

    Example:
        >>> def scaled(x, *, by):
        ...     return x * by
        >>> def scaled_gradient(x, upstream, *, by):
        ...     return (upstream * by,)
        >>> float(choose(scaled, scaled_gradient, training=True, by=3.0)(tf.constant(2.0)))
        6.0
    """
    if not on_quick_path(training):
        return functools.partial(function, **settings)
    return with_gradient(function, gradient, compile_from, tuple(sorted(settings.items())))


@functools.cache
def with_gradient(
    function: Function, gradient: Function, compile_from: int | None, settings: tuple[tuple[str, Any], ...]
) -> Function:
    """Return the function that `choose` gives in training; the same object for the same arguments."""
    passes = [functools.partial(part, **dict(settings)) for part in (function, gradient)]

    def run(number: int, arguments: Sequence[tf.Tensor]) -> Any:
        if compile_from is None:
            return passes[number](*arguments)
        if compile_from == 0:
            return compiled(passes[number])(*arguments)
        many = tf.size(arguments[0], tf.int64) >= compile_from
        return tf.cond(many, lambda: compiled(passes[number])(*arguments), lambda: passes[number](*arguments))

    @written_gradient
    def cluster(*arguments: tf.Tensor) -> tuple[tf.Tensor, Function]:
        has_gradient = [argument.dtype.is_floating for argument in arguments]

        def backward(upstream: tf.Tensor) -> list[tf.Tensor | None]:
            found = iter(run(1, [*arguments, upstream]))
            return [next(found) if floating else None for floating in has_gradient]

        return run(0, arguments), backward

    return lambda *arguments: cluster(*map(tf.convert_to_tensor, arguments))


@functools.cache
def compiled(function: Function) -> Function:
    """Return a function of tensors and hashable static values, compiled by XLA; one object for each function."""
    return tf.function(function, jit_compile=True, autograph=False)
