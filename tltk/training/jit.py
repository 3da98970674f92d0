"""Whether the training step is compiled by XLA as a whole; decided from the devices, never from timings."""

from __future__ import annotations

from typing import Literal

import tensorflow as tf

from tltk.errors import TrainingError


def choose_jit_compile(jit_compile: bool | Literal["auto"] = "auto", *, replicas: int = 1) -> bool:
    """Return what to hand to `model.compile(jit_compile=...)`.

    `auto` is true where TensorFlow sees a GPU and the model is on one device. On a CPU it is false: there XLA computes
    bfloat16 as float32, leaves out TensorFlow's own matrix products, and takes some 40 ms or more to compile each new
    shape of batch. On several devices it is false too: Keras compiles the step of all of them into one program, and
    XLA's programs reach the variables of one device only.

    Args:
        jit_compile: `auto`, true or false.
        replicas: devices that share a batch.

    Raises:
        TrainingError: true for several devices.

    Example:
        >>> choose_jit_compile(True)
        True
        >>> choose_jit_compile("auto", replicas=2)
        False
    """
    if jit_compile == "auto":
        return replicas == 1 and bool(tf.config.list_physical_devices("GPU"))
    if jit_compile and replicas > 1:
        raise TrainingError(
            f"Got true for {replicas} devices: XLA compiles a step of one device.",
            where="train.jit_compile",
            hint="Set it to auto, or train on one device (distribute.strategy: none).",
        )
    return jit_compile
