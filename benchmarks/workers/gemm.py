"""The rate of matrix products, large ones and those of the model, in TensorFlow or in PyTorch."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from benchmarks.gate import Gate
from benchmarks.job import Job

LARGE = 2048
_SECONDS = 0.5  # for each measurement


def main() -> None:
    job = Job.given()
    make = {"tensorflow": tensorflow_products, "torch": torch_products}[job.options["library"]]
    own = [tuple(shape) for shape in job.options["shapes"]]
    measured = {
        (dtype, name): (make(dtype, shapes), count(shapes))
        for dtype in ("float32", "bfloat16")
        for name, shapes in (("large", [(LARGE, LARGE, LARGE)]), ("own", [*own, *backward(own)]))
    }
    for compute, _ in measured.values():
        compute()
    gate = Gate()
    gate.ready()
    while True:
        rates: dict[str, dict[str, float]] = {}
        for (dtype, name), (compute, work) in measured.items():
            rates.setdefault(dtype, {})[name] = work / least_seconds(compute)
        gate.close(rates=rates)
        gate.wait()


def count(shapes: list[tuple[int, int, int]]) -> int:
    """Return the FLOPs of products [m, k] x [k, n]."""
    return sum(2 * m * k * n for m, k, n in shapes)


def backward(shapes: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Return the products of the backward pass: the input's gradient, and the weights'."""
    return [*((m, n, k) for m, k, n in shapes), *((k, m, n) for m, k, n in shapes)]


def least_seconds(compute: Callable[[], None]) -> float:
    """Return the mean seconds of the fastest third of the calls: the rate reached when nothing else disturbs."""
    times: list[float] = []
    end = time.perf_counter() + _SECONDS
    while time.perf_counter() < end or len(times) < 6:
        began = time.perf_counter()
        compute()
        times.append(time.perf_counter() - began)
    fastest = sorted(times)[: len(times) // 3]
    return sum(fastest) / len(fastest)


def tensorflow_products(dtype: str, shapes: list[tuple[int, int, int]]) -> Callable[[], None]:
    import tensorflow as tf

    def drawn(*shape: int) -> Any:
        return tf.cast(tf.random.normal(shape), dtype)

    pairs = [(drawn(m, k), drawn(k, n)) for m, k, n in shapes]

    @tf.function
    def products(given: Any) -> Any:
        return [tf.matmul(a, b) for a, b in given]

    def compute() -> None:
        products(pairs)[-1].shape  # noqa: B018

    return compute


def torch_products(dtype: str, shapes: list[tuple[int, int, int]]) -> Callable[[], None]:
    import torch

    kind = getattr(torch, dtype)
    pairs = [(torch.randn(m, k).to(kind), torch.randn(k, n).to(kind)) for m, k, n in shapes]
    return lambda: [torch.matmul(a, b) for a, b in pairs] and None


if __name__ == "__main__":
    main()
