"""What the input pipeline costs a training step, and how many batches a second it makes.

    python -m benchmarks.pipeline [--data FOLDER]               # some three minutes on two cores
    python -m benchmarks.pipeline --rows 0                      # the step cost alone: two minutes
    python -m benchmarks.pipeline --rows 0 --pairs 20 --steps 60   # eight minutes
    python -m benchmarks.pipeline --quick                       # a few steps, to see that it works

`step cost`: MiniLM-L6 is trained by `model.fit` on SST-2 sentences (FOLDER/sst2_sentences; without them on the
quickstart's movie-review snippets), in segments of the same batches, once from the pipeline and once repeated from
memory, in turns. The ratio of the two times of each pair of segments is told with its spread. The first steps of a
segment are left out, since a `fit` starts with an empty pipeline.

`rates`: batches of 32 rows x 64 random tokens, memory-mapped as a cached table's are, for three consumers: a Python
loop over NumPy batches (prediction), a Python loop over the `tf.data.Dataset`, and a loop inside a `tf.function` (as
`model.fit` has it). The processor time, over all threads, hardly depends on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.clock import Clock, stop_on_interrupt
from benchmarks.machine import describe_machine
from benchmarks.rounds import tell

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "pipeline.json"
BATCH_SIZE, LENGTH, REPEATS = 32, 64, 3
# The pipeline first fills up, and steps compete with it more than they do later; a batch takes it a millisecond.
LEFT_OUT = 5


def main() -> None:
    given = parse_arguments()
    results: dict[str, Any] = {"machine": describe_machine(), "quick": given.quick}
    clock = Clock(given.minutes)
    stop_on_interrupt(clock.stop)
    results["step_cost"] = step_cost(find_data(given.data), pairs=given.pairs, steps=given.steps, clock=clock)
    cost = results["step_cost"]
    print(
        f"step with the pipeline / from memory: {cost['ratio']:.3f} ({cost['ratio_low']:.3f} to "
        f"{cost['ratio_high']:.3f} in the middle half of {cost['pairs']} pairs; {cost['ms_pipeline']:.1f} ms a step)"
    )
    if given.rows and not clock.stopped():
        with tempfile.TemporaryDirectory(prefix="tltk-pipeline-") as folder:
            results["rates"] = rates(Path(folder), given.rows)
    for consumer, rate in results.get("rates", {}).items():
        print(f"{consumer:14} {rate['batches_a_second']:8,.0f} batches/s, {rate['cpu_ms_a_batch']:.3f} ms of CPU each")
    if given.quick:
        return
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"written to {given.output}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of the benchmark data [TLTK_BENCHMARK_DATA, ../shared/data]")
    parser.add_argument("--pairs", type=int, default=10, help="pairs of segments")
    parser.add_argument("--steps", type=int, default=24, help=f"steps of a segment; the first {LEFT_OUT} are left out")
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the table for the rates; 0 leaves them out")
    parser.add_argument("--minutes", type=float, help="for the step cost: it then ends after the running pair")
    parser.add_argument("--output", type=Path, default=RESULTS, help="JSON file of the results")
    parser.add_argument("--quick", action="store_true", help="a few steps; nothing is written")
    given = parser.parse_args()
    if given.quick:
        given.pairs, given.steps, given.rows = 2, LEFT_OUT + 3, min(given.rows, 2000)
    if given.pairs < 2:
        parser.error(f"--pairs: got {given.pairs}; expected at least 2.")
    if given.steps < LEFT_OUT + 2:
        parser.error(f"--steps: got {given.steps}; expected at least {LEFT_OUT + 2}.")
    return given


def find_data(given: Path | None) -> Path | None:
    """Return the folder of SST-2 sentences, or None (and say so) where it is not at hand."""
    root = given or Path(os.environ.get("TLTK_BENCHMARK_DATA", ROOT.parent / "shared" / "data"))
    folder = root / "sst2_sentences"
    if folder.is_dir():
        return folder
    if given is not None:
        raise SystemExit(f"There is no folder {folder} (--data).")
    print(f"!! No benchmark data ({folder} is not there): the quickstart's movie-review snippets take its place.")
    return None


# --- What it costs a step ------------------------------------------------------------------------------------------


def step_cost(data: Path | None, *, pairs: int, steps: int, clock: Clock | None = None) -> dict[str, Any]:
    """Train in pairs of segments, and return the ratio of their times."""
    import tltk
    from benchmarks.step_times import time_steps
    from tltk.data import make_pipeline
    from tltk.fitting import build
    from tltk.prepare import prepare
    from tltk.training import choose_precision, compile_model, seed_layers, training_plan

    recipe = tltk.load_recipe(recipe_of(data))
    prepared = prepare(recipe, progress=False)
    train = prepared.encoded["train"]
    precision = choose_precision(recipe.train.precision)
    model = build(recipe, prepared, precision=precision).model
    plan = training_plan(train, recipe.train, seed=0, max_length=recipe.backbone.max_length)
    compile_model(
        model, prepared.task.loss(), prepared.task.metrics(), recipe.train, total_steps=(2 * pairs + 1) * steps
    )
    seed_layers(model, 0)

    epochs = 1 + -(-(pairs + 1) * steps // plan.steps)
    whole = [make_pipeline(train, plan, epochs=epochs, start=number * steps) for number in range(pairs + 1)]
    began = time.monotonic()
    time_steps(model, whole[0], steps)  # traces the step, and is not counted
    tell(f"   traced in {time.monotonic() - began:.0f} s; {pairs} pairs of 2 x {steps} steps")
    seconds: dict[str, list[float]] = {"pipeline": [], "memory": []}
    for number in range(1, pairs + 1):
        # The same batches; read once before they are timed, they lie in memory.
        kept = whole[number].take(steps).cache()
        for _ in kept:
            pass
        turn = [("pipeline", whole[number]), ("memory", kept)]
        for name, batches in turn if number % 2 else reversed(turn):
            seconds[name].append(sum(time_steps(model, batches, steps)[LEFT_OUT:]))
        tell(
            f"   pair {number}: {seconds['pipeline'][-1] / seconds['memory'][-1]:.3f} "
            f"({time.monotonic() - began:.0f} s so far)"
        )
        if number >= 2 and clock is not None and clock.over():
            break
    ratios = [ours / memory for ours, memory in zip(seconds["pipeline"], seconds["memory"], strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    counted = steps - 1 - LEFT_OUT
    return {
        "rows": "SST-2 sentences" if data else "movie-review snippets",
        "precision": precision,
        "batch_size": recipe.train.batch_size,
        "pairs": len(ratios),
        "steps_counted": counted,
        "ms_pipeline": 1000 * statistics.median(seconds["pipeline"]) / counted,
        "ms_memory": 1000 * statistics.median(seconds["memory"]) / counted,
        "ratio": middle,
        "ratio_low": low,
        "ratio_high": high,
        "ratio_of_sums": sum(seconds["pipeline"]) / sum(seconds["memory"]),
        "ratios": [round(ratio, 4) for ratio in ratios],
    }


def recipe_of(data: Path | None) -> dict[str, Any]:
    """Return MiniLM-L6 on SST-2 sentences, or on the quickstart's snippets."""
    snippets = {"source": "asset", "name": "movie-snippets", "text": "text", "label": "score", "binarize": {}}
    sst2 = {"source": "tsv", "path": str(data and data / "train.tsv"), "columns": ["text", "label"]}
    split = {"validation": None, "test": None, "duplicates": "allow"}
    train = {"batch_size": BATCH_SIZE, "monitor": "loss", "restore_best": False, "learning_rate": 1e-6}
    return {"name": "pipeline", "data": {**(sst2 if data else snippets), "split": split}, "train": train}


# --- How many batches it makes -------------------------------------------------------------------------------------


def rates(folder: Path, rows: int) -> dict[str, dict[str, float]]:
    """Return batches a second and processor time a batch, by consumer."""
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
    found = {}
    for name, consume in consumers.items():
        wall, cpu = best_times(consume)
        found[name] = {
            "batches_a_second": round(plan.steps / wall),
            "cpu_ms_a_batch": round(1000 * cpu / plan.steps, 3),
        }
    return found


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
