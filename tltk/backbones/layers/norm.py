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


def norm_and_drop(embedded: Any, gamma: Any, beta: Any, key: Any, *, rate: float, epsilon: float, dtype: str) -> Any:
    """Return the dropout of the layer norm of `embedded` [..., width], computed in float32, as `dtype`."""
    normalised = norm(ops.cast(embedded, "float32"), gamma, beta, epsilon=epsilon)
    return ops.cast(drop(normalised, key, rate=rate), dtype)


def norm(inputs: Any, gamma: Any, beta: Any, *, epsilon: float) -> Any:
    """Return the layer norm of float32 inputs over their last axis. Source: Ba et al. 2016."""
    centred = inputs - ops.mean(inputs, axis=-1, keepdims=True)
    variance = ops.mean(ops.square(centred), axis=-1, keepdims=True)
    return centred * ops.rsqrt(variance + epsilon) * gamma + beta
