"""Where a training step's time goes, op by op: MiniLM-L6, 32 rows of 26 tokens, one op after the other.

    python -m benchmarks.profile_step [--name NAME] [--length 26] [--steps 20]

Prints a table and keeps it under NAME in benchmarks/results/profile.json. It reads TensorFlow's own profile, and uses
nothing of tltk but building and compiling, so that it can be put into an older checkout for a figure of before.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

RESULTS = Path(__file__).parent / "results" / "profile.json"
ROWS = 32


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="now")
    parser.add_argument("--length", type=int, default=26)
    parser.add_argument("--steps", type=int, default=20)
    given = parser.parse_args()
    # Ops that run beside each other slow each other down, and their times do not add up.
    tf.config.threading.set_inter_op_parallelism_threads(1)
    step = training_step(given.length)
    for _ in range(3):
        step()
    with tempfile.TemporaryDirectory() as folder:
        with tf.profiler.experimental.Profile(folder):
            began = time.perf_counter()
            for _ in range(given.steps):
                step()
            seconds = (time.perf_counter() - began) / given.steps
        ops = {name: [calls, 1e3 * spent] for name, (calls, spent) in read_profile(Path(folder), given.steps).items()}
    kept: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept[given.name] = {"rows": ROWS, "length": given.length, "step_ms": 1e3 * seconds, "ops": ops}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
    print(f"{given.name}: {1e3 * seconds:.0f} ms a step under the profiler\n")
    print("| op | calls | ms a step |\n|---|---:|---:|")
    for name, (calls, spent) in list(ops.items())[:20]:
        print(f"| {name} | {calls:.0f} | {spent:.1f} |")


def training_step(length: int) -> Any:
    """Return a function that makes one training step on the same batch."""
    import keras

    from tltk.assets import resolve_checkpoint
    from tltk.build import build_model
    from tltk.recipe import load_recipe
    from tltk.tasks import create_task
    from tltk.training import compile_model, precision_scope

    recipe = load_recipe({"name": "profile", "task": {"labels": ["0", "1"]}, "train": {"weight_decay": 0.0}})
    folder = resolve_checkpoint("all-MiniLM-L6-v2").folder
    with precision_scope("mixed_bfloat16"):
        model = build_model(recipe, folder, create_task(recipe.task)).model
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
    compile_model(model, loss, [], recipe.train, 1000)
    draw = np.random.default_rng(0)
    ids = draw.integers(1000, 20000, (ROWS, length)).astype(np.int32)
    inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    labels, weights = draw.integers(0, 2, ROWS), np.full(ROWS, 1 / ROWS, np.float32)
    batches = iter(tf.data.Dataset.from_tensors((inputs, labels, weights)).repeat())
    model.make_train_function()
    return lambda: model.train_function(batches)


def read_profile(folder: Path, steps: int) -> dict[str, tuple[float, float]]:
    """Return calls and seconds a step of each kind of op, the longest first, on the thread that runs the graph."""
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    space = xplane_pb2.XSpace()
    space.ParseFromString(next(folder.rglob("*.xplane.pb")).read_bytes())
    threads = [
        [(event.offset_ps, event.duration_ps, plane.event_metadata[event.metadata_id].name) for event in line.events]
        for plane in space.planes
        for line in plane.lines
    ]
    graph = max(threads, key=lambda events: sum("MatMul" in name for _, _, name in events))
    calls: dict[str, float] = defaultdict(float)
    spent: dict[str, float] = defaultdict(float)
    end = 0
    for start, length, name in sorted(graph, key=lambda event: (event[0], -event[1])):
        # Ops are called "layer/op:Kind"; what is nested in one is its own work, what is around is the executor.
        if ":" not in name or "Executor" in name or start < end:
            continue
        kind = name.split("#")[0].rpartition(":")[2]
        kind = "XLA clusters" if kind in ("ExecuteAsyncOnStream", "Execute") else kind.removeprefix("_Mkl")
        calls[kind] += 1 / steps
        spent[kind] += length / 1e12 / steps
        end = start + length
    return {kind: (calls[kind], spent[kind]) for kind in sorted(spent, key=spent.__getitem__, reverse=True)}


if __name__ == "__main__":
    main()
