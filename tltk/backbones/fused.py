"""Chains of small operations run as one: the quick path of training, computed by the very functions of the plain one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import tensorflow as tf

_PLAIN = ContextVar("tltk_plain_path", default=False)


@contextmanager
def plain_path() -> Iterator[None]:
    """Let layers that are called within train by plain `keras.ops` too, as they always do outside of training.

    A traced graph keeps the path it was traced with.

    Example:
        >>> with plain_path():
        ...     print(uses_fused(training=True))
        False
    """
    token = _PLAIN.set(True)
    try:
        yield
    finally:
        _PLAIN.reset(token)


def uses_fused(training: bool | None) -> bool:
    """Tell whether a layer called so takes the fused path: in training, unless within `plain_path()`."""
    return bool(training) and not _PLAIN.get()


def choose(function: Callable[..., Any], *, training: bool | None, **settings: Any) -> Callable[..., Any]:
    """Return `function` with its settings bound: fused in training, as it is otherwise.

    Args:
        function: of tensors, written in `keras.ops`; defined at the top of a module.
        training: whether the layer that asks is training.
        **settings: hashable keyword arguments of the function (rates, epsilons, names).

    Example:
        >>> def scaled(x, *, by):
        ...     return x * by
        >>> float(choose(scaled, training=True, by=3.0)(tf.constant(2.0)))
        6.0
    """
    bound = tuple(sorted(settings.items()))
    return fused(function, bound) if uses_fused(training) else functools.partial(function, **settings)


@functools.cache
def fused(function: Callable[..., Any], settings: tuple[tuple[str, Any], ...] = ()) -> Callable[..., Any]:
    """Return a function of tensors compiled by XLA into one cluster, with a second cluster for its gradient.

    The gradient's cluster computes the function's inner values anew instead of keeping them: they never leave the
    processor's registers, and nothing but the arguments is held in memory between the two passes. XLA compiles once
    for each shape of arguments, for a few hundredths of a second, so batches should come in few shapes.

    Args:
        function: pure; tensors in, one tensor out. Arguments of integer types have no gradient.
        settings: its keyword arguments.
    """
    plain = functools.partial(function, **dict(settings))
    forward = tf.function(plain, jit_compile=True, autograph=False)

    @tf.function(jit_compile=True, autograph=False)
    def backward(arguments: tuple[tf.Tensor, ...], upstream: tf.Tensor) -> list[tf.Tensor]:
        watched = [argument for argument in arguments if argument.dtype.is_floating]
        with tf.GradientTape() as tape:
            tape.watch(watched)
            result = plain(*arguments)
        return tape.gradient(result, watched, upstream, unconnected_gradients="zero")

    @tf.custom_gradient
    def cluster(*arguments: tf.Tensor) -> tuple[tf.Tensor, Callable[..., list[tf.Tensor | None]]]:
        def gradient(upstream: tf.Tensor) -> list[tf.Tensor | None]:
            found = iter(backward(arguments, upstream))
            return [next(found) if argument.dtype.is_floating else None for argument in arguments]

        return forward(*arguments), gradient

    return lambda *arguments: cluster(*map(tf.convert_to_tensor, arguments))
