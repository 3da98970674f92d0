"""How fast this machine multiplies matrices."""

from __future__ import annotations

import time

from tltk.training.precision import Precision

_SIZE = 1024
_LEAST = 3


def product_rate(precision: Precision, *, seconds: float = 0.5) -> float:
    """Return the FLOPs a second of large matrix products, measured with TensorFlow for about so many seconds.

    It is the rate of the faster calls: what is reached when nothing else disturbs.

    Args:
        precision: its compute type is the matrices' type.
        seconds: when to stop; at least three products are computed.

    Example:
        >>> product_rate("float32", seconds=0.01) > 0
        True
    """
    import tensorflow as tf

    kind = precision.removeprefix("mixed_")
    matrix = tf.cast(tf.random.stateless_normal((_SIZE, _SIZE), (0, 0)), kind)

    def product() -> float:
        began = time.perf_counter()
        # One number is fetched, so that a GPU's work is waited for.
        float(tf.matmul(matrix, matrix)[0, 0])
        return time.perf_counter() - began

    product()
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < _LEAST:
        times.append(product())
    fastest = sorted(times)[: max(1, len(times) // 3)]
    return 2 * _SIZE**3 * len(fastest) / sum(fastest)
