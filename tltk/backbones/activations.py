"""Activation functions by the names Hugging Face configs give them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tltk.errors import WeightsError, did_you_mean

# `gelu` is the exact erf form: a tanh form in its place shifts BERT's hidden states by several 1e-3.
_EXACT = {"gelu": "gelu_erf", "gelu_python": "gelu_erf"}
_TANH = dict.fromkeys(("gelu_new", "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_fast", "gelu_accurate"), "gelu_tanh")
_PLAIN = {
    "quick_gelu": "quick_gelu",
    "relu": "relu",
    "relu6": "relu6",
    "silu": "silu",
    "swish": "silu",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "hardswish": "hard_silu",
    "linear": "linear",
}
_KINDS = {**_EXACT, **_TANH, **_PLAIN}

NAMES = tuple(sorted(_KINDS))
"""Every activation name a config may hold."""


def check_activation(name: object, *, where: str | None = None) -> str:
    """Return `name` if it is a known activation.

    Raises:
        WeightsError: it is not; with the closest known name.

    Example:
        >>> check_activation("gelu")
        'gelu'
    """
    if not isinstance(name, str) or name not in _KINDS:
        raise WeightsError(
            f"Got activation {name!r}, which tltk does not know.", where=where, hint=did_you_mean(str(name), _KINDS)
        )
    return name


def activation_function(name: str) -> Callable[[Any], Any]:
    """Return the function of `keras.ops` behind a Hugging Face activation name.

    `gelu` is the erf form, `gelu_new` and `gelu_pytorch_tanh` the tanh form (`transformers/activations.py`).

    Raises:
        WeightsError: the name is not known.

    Example:
        >>> float(activation_function("relu")(-1.0))
        0.0
    """
    from keras import ops

    functions: dict[str, Callable[[Any], Any]] = {
        "gelu_erf": lambda x: 0.5 * x * (1.0 + ops.erf(x * math.sqrt(0.5))),
        "gelu_tanh": lambda x: ops.gelu(x, approximate=True),
        "quick_gelu": lambda x: x * ops.sigmoid(1.702 * x),
        "relu": ops.relu,
        "relu6": ops.relu6,
        "silu": ops.silu,
        "tanh": ops.tanh,
        "sigmoid": ops.sigmoid,
        "hard_silu": ops.hard_silu,
        "linear": lambda x: x,
    }
    return functions[_KINDS[check_activation(name)]]


def activate(inputs: Any, *, name: str) -> Any:
    """Return an activation of `inputs`, computed in float32 and cast back.

    Raises:
        WeightsError: the name is not known.

    Example:
        >>> import numpy as np
        >>> float(activate(np.float32(-1.0), name="relu"))
        0.0
    """
    from keras import ops

    return ops.cast(activation_function(name)(ops.cast(inputs, "float32")), inputs.dtype)


def activate_gradient(inputs: Any, upstream: Any, *, name: str) -> tuple[Any]:
    """Return the gradient of `activate`."""
    import tensorflow as tf
    from keras import ops

    wide = ops.cast(inputs, "float32")
    if _KINDS[name] == "gelu_erf":
        normal = 0.5 * (1.0 + ops.erf(wide * math.sqrt(0.5)))
        density = ops.exp(-0.5 * wide * wide) / math.sqrt(2.0 * math.pi)
        slope = normal + wide * density
    else:
        with tf.GradientTape() as tape:
            tape.watch(wide)
            activated = activation_function(name)(wide)
        slope = tape.gradient(activated, wide)
    return (ops.cast(ops.cast(upstream, "float32") * slope, inputs.dtype),)
