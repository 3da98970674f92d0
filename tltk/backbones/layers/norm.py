"""Layer norm, with what stands around it in an encoder: dropout and the residual sum before, dropout after."""

from __future__ import annotations

from typing import Any

from keras import ops

from tltk.backbones.layers.dropout import drop


def add_and_norm(
    hidden_states: Any, update: Any, gamma: Any, beta: Any, key: Any, *, rate: float, epsilon: float
) -> Any:
    """Return the layer norm of `hidden_states + dropout(update)`, computed in float32.

    Args:
        hidden_states: [..., width], of any floating type, which is also the result's.
        update: of the same shape.
        gamma: scale, float32 [width].
        beta: offset, float32 [width].
        key: of the dropout mask, uint32 [2].
        rate: of the dropout; 0 for none.
        epsilon: added to the variance.
    """
    total = ops.cast(hidden_states, "float32") + drop(ops.cast(update, "float32"), key, rate=rate)
    return ops.cast(norm(total, gamma, beta, epsilon=epsilon), hidden_states.dtype)


def add_and_norm_gradient(
    hidden_states: Any, update: Any, gamma: Any, beta: Any, key: Any, upstream: Any, *, rate: float, epsilon: float
) -> tuple[Any, ...]:
    """Return the gradients of `add_and_norm`."""
    total = ops.cast(hidden_states, "float32") + drop(ops.cast(update, "float32"), key, rate=rate)
    inputs, gamma, beta = norm_gradient(total, gamma, ops.cast(upstream, "float32"), epsilon=epsilon)
    updated = ops.cast(drop(inputs, key, rate=rate), update.dtype)
    return ops.cast(inputs, hidden_states.dtype), updated, gamma, beta


def norm_and_drop(embedded: Any, gamma: Any, beta: Any, key: Any, *, rate: float, epsilon: float, dtype: str) -> Any:
    """Return the dropout of the layer norm of float32 `embedded` [..., width], as `dtype`."""
    return ops.cast(drop(norm(embedded, gamma, beta, epsilon=epsilon), key, rate=rate), dtype)


def norm_and_drop_gradient(
    embedded: Any, gamma: Any, beta: Any, key: Any, upstream: Any, *, rate: float, epsilon: float, dtype: str
) -> tuple[Any, ...]:
    """Return the gradients of `norm_and_drop`."""
    upstream = drop(ops.cast(upstream, "float32"), key, rate=rate)
    return norm_gradient(embedded, gamma, upstream, epsilon=epsilon)


def norm(inputs: Any, gamma: Any, beta: Any, *, epsilon: float) -> Any:
    """Return the layer norm of float32 inputs over their last axis. Source: Ba et al. 2016."""
    return _normalise(inputs, epsilon)[0] * ops.cast(gamma, "float32") + ops.cast(beta, "float32")


def norm_gradient(inputs: Any, gamma: Any, upstream: Any, *, epsilon: float) -> tuple[Any, Any, Any]:
    """Return the gradients of `norm` with respect to its inputs, gamma and beta."""
    normalised, scale = _normalise(inputs, epsilon)
    weighted = upstream * normalised
    # Sums over rows and columns as products with a vector: for TensorFlow on a CPU the quickest form by far.
    mean, slope = (_product(values, gamma) / gamma.shape[0] for values in (upstream, weighted))
    inner = (upstream * gamma - mean - normalised * slope) * scale
    return inner, _sum_rows(weighted), _sum_rows(upstream)


def _normalise(inputs: Any, epsilon: float) -> tuple[Any, Any]:
    """Return the inputs with mean 0 and variance 1, and what they were multiplied by."""
    centred = inputs - ops.mean(inputs, axis=-1, keepdims=True)
    scale = ops.rsqrt(ops.mean(ops.square(centred), axis=-1, keepdims=True) + epsilon)
    return centred * scale, scale


def _product(values: Any, vector: Any) -> Any:
    return ops.expand_dims(ops.matmul(values, vector), -1)


def _sum_rows(values: Any) -> Any:
    return ops.sum(ops.reshape(values, (-1, values.shape[-1])), axis=0)
