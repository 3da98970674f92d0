"""Batches a second that the input pipeline makes, of 32 rows x 64 tokens; a training step takes 150 ms or so.

    python benchmarks/pipeline.py

Rows of 57 to 64 random tokens, memory-mapped as a cached table's are. Three consumers: a Python loop over NumPy batches
(prediction), a Python loop over the `tf.data.Dataset`, and a loop inside a `tf.function` (as `model.fit` has it). The
processor time, over all threads, is told too: it hardly depends on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).parent / "results" / "pipeline.json"
BATCH_SIZE, LENGTH, REPEATS = 32, 64, 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the table")
    parser.add_argument("--output", type=Path, default=RESULTS, help="JSON file of the results")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tltk-pipeline-") as folder:
        rates = measure(Path(folder), arguments.rows)
    for consumer, rate in rates.items():
        print(f"{consumer:14} {rate['batches_a_second']:8,.0f} batches/s, {rate['cpu_ms_a_batch']:.3f} ms of CPU each")
    facts = {"rows": arguments.rows, "batch": [BATCH_SIZE, LENGTH], "cpus": os.cpu_count(), "load": os.getloadavg()[0]}
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps({**facts, "consumers": rates}, indent=2) + "\n", encoding="utf-8")


def measure(folder: Path, rows: int) -> dict[str, dict[str, float]]:
    import tensorflow as tf

    from tltk.data import Batching, Encoded, Plan, Ragged, iterate_batches, make_pipeline

    draw = np.random.default_rng(0)
    lengths = draw.integers(LENGTH - 7, LENGTH + 1, rows, dtype=np.int32)
    offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    tokens = np.memmap(folder / "input_ids.bin", np.uint16, mode="w+", shape=(int(offsets[-1]),))
    tokens[:] = draw.integers(0, 30_000, len(tokens), dtype=np.uint16)
    encoded = Encoded({"input_ids": Ragged(np.asarray(tokens), offsets)}, lengths, zeros=("token_type_ids",))
    encoded = encoded.take(draw.permutation(rows)).with_dense(labels=np.zeros(rows, np.int32))
    plan = Plan(encoded.lengths, Batching(batch_size=BATCH_SIZE, max_length=LENGTH))
    dataset = make_pipeline(encoded, plan, epochs=1)

    @tf.function
    def in_graph() -> tf.Tensor:
        rows_seen = tf.constant(0)
        for inputs, _, _ in dataset:
            rows_seen += tf.shape(inputs["input_ids"])[0]
        return rows_seen

    consumers: dict[str, Callable[[], object]] = {
        "numpy": lambda: exhaust(iterate_batches(encoded, plan)),
        "tf.data, eager": lambda: exhaust(iter(dataset)),
        "tf.data, graph": in_graph,
    }
    rates = {}
    for name, consume in consumers.items():
        wall, cpu = best_times(consume)
        rates[name] = {
            "batches_a_second": round(plan.steps / wall),
            "cpu_ms_a_batch": round(1000 * cpu / plan.steps, 3),
        }
    return rates


def exhaust(batches: Iterator[object]) -> None:
    for _ in batches:
        pass


def best_times(consume: Callable[[], object]) -> tuple[float, float]:
    """Return the least of several wall and CPU times, in seconds: those that other processes disturbed least."""
    times = []
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        consume()
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
    return min(wall for wall, _ in times), min(cpu for _, cpu in times)


if __name__ == "__main__":
    main()
