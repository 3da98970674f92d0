"""In which number format a model computes; decided from what the processor can do, never from timings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

from tltk.environment import cpu_flags
from tltk.errors import TrainingError, did_you_mean

Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]

# Instructions that multiply bfloat16 numbers; without them bfloat16 on a CPU is emulated and slower than float32.
_CPU_BFLOAT16 = {"avx512_bf16", "amx_bf16"}
_GPU_BFLOAT16 = (8, 0)  # Ampere
_GPU_FLOAT16 = (7, 0)  # Volta: the first with tensor cores


def choose_precision(precision: str = "auto") -> Precision:
    """Return the Keras dtype policy to train under.

    `auto` is bfloat16 on a CPU with AVX-512 BF16 or AMX (Linux tells) and on GPUs of compute capability 8.0 and above,
    float16 on GPUs of 7.0 and above, and float32 anywhere else. It depends on the machine's features alone, so the
    same recipe gives the same result on every run there. Weights are float32 in each case.

    Args:
        precision: `auto`, or one of `float32`, `mixed_bfloat16`, `mixed_float16`, returned as it came.

    Raises:
        TrainingError: another name.

    Example:
        >>> choose_precision("mixed_bfloat16")
        'mixed_bfloat16'
    """
    known = get_args(Precision)
    if precision in known:
        return precision  # type: ignore[return-value]
    if precision != "auto":
        raise TrainingError(
            f"Got precision {precision!r}.", where="train.precision", hint=did_you_mean(precision, ["auto", *known])
        )
    capabilities = gpu_capabilities()
    if capabilities:
        return _of_gpus(capabilities)
    return "mixed_bfloat16" if cpu_flags() & _CPU_BFLOAT16 else "float32"


@contextmanager
def precision_scope(precision: Precision) -> Iterator[None]:
    """Build models under a precision, and leave Keras's global dtype policy as it was.

    Example:
        >>> import keras
        >>> with precision_scope("mixed_bfloat16"):
        ...     keras.layers.Dense(1).compute_dtype
        'bfloat16'
    """
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def gpu_capabilities() -> list[tuple[int, int]]:
    """Return the CUDA compute capability of each GPU that TensorFlow sees; (0, 0) for one that has none."""
    import tensorflow as tf

    details = (tf.config.experimental.get_device_details(gpu) for gpu in tf.config.list_physical_devices("GPU"))
    return [detail.get("compute_capability") or (0, 0) for detail in details]


def _of_gpus(capabilities: list[tuple[int, int]]) -> Precision:
    weakest = min(capabilities)
    if weakest >= _GPU_BFLOAT16:
        return "mixed_bfloat16"
    return "mixed_float16" if weakest >= _GPU_FLOAT16 else "float32"
