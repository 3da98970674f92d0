"""How cost grows with rows, length, layers and width, beside what the FLOP model expects.

    python -m benchmarks.scale            # some ten minutes on two cores; 0.5 GB of disk for a while
    python -m benchmarks.scale --quick    # tiny sizes, to see that it works; nothing is written

Rows: made sentences are tokenised (up to a million; the largest size is reckoned from there and marked), Plans are
built and a table of random tokens is read batch by batch, for 10^3 to 10^7 rows. Steps: a training step of random
weights, batch and all, the median of a few, one setting varied at a time from MiniLM-L6's shape at 64 tokens. All in
one process. Results go to benchmarks/results/scale.json, docs/scale.md and docs/images/scale.png.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import describe_machine

RESULTS = Path(__file__).resolve().parent / "results" / "scale.json"
PRESET = "all-MiniLM-L6-v2"
BATCH_SIZE, LENGTH, LAYERS, HIDDEN = 32, 64, 6, 384
ROWS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
# Tokenised for real up to here; ten times as many take ten times as long, which the sizes below it show.
TOKENISED = 1_000_000
WARM_UP, STEPS = 2, 7
BATCHES = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="tiny sizes; nothing is written")
    parser.add_argument("--precision", default="auto", help="as in a recipe [auto]")
    given = parser.parse_args()

    from benchmarks.scale_page import print_tables, write_page
    from tltk.training import choose_precision

    precision = choose_precision(given.precision)
    results: dict[str, Any] = {"machine": describe_machine(), "precision": precision}
    results["rows"] = grow_rows((1000, 2000) if given.quick else ROWS, 1000 if given.quick else TOKENISED)
    results["steps"] = grow_steps(precision, given.quick)
    print_tables(results)
    if given.quick:
        return
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    write_page(results)
    print(f"written to {RESULTS}, docs/scale.md and docs/images/scale.png")


# --- Rows ----------------------------------------------------------------------------------------------------------


def grow_rows(sizes: tuple[int, ...], tokenised: int) -> list[dict[str, Any]]:
    """Measure what rows cost before and beside training: tokenising, planning, gathering batches."""
    found = []
    texts = sentences(min(max(sizes), tokenised))
    with tempfile.TemporaryDirectory(prefix="tltk-scale-") as folder:
        for rows in sizes:
            row: dict[str, Any] = {"rows": rows, "encode_real": rows <= tokenised}
            if row["encode_real"]:
                row["encode_seconds"] = encode_seconds(texts[:rows], Path(folder))
            else:
                row["encode_seconds"] = found[-1]["encode_seconds"] * rows / found[-1]["rows"]
            found.append({**row, **plan_and_batches(rows, Path(folder))})
            print(found[-1], flush=True)
    return found


def sentences(count: int) -> list[str]:
    """Return sentences of 4 to 60 words (median 17), drawn by Zipf's law from the tokenizer's vocabulary."""
    from tltk.assets import resolve_checkpoint

    folder = Path(resolve_checkpoint(PRESET).folder)
    vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    words = np.array([word for word in vocabulary if word.isalpha() and len(word) > 1], dtype=object)
    draw = np.random.default_rng(0)
    share = 1 / np.arange(1, len(words) + 1)
    lengths = np.clip(draw.lognormal(np.log(17), 0.5, count).astype(int), 4, 60)
    drawn = words[draw.choice(len(words), int(lengths.sum()), p=share / share.sum())]
    stops = np.cumsum(lengths)
    return [" ".join(drawn[start:stop]) for start, stop in itertools.pairwise([0, *stops.tolist()])]


def encode_seconds(texts: list[str], folder: Path) -> float:
    """Return how long it takes to tokenise texts and stream the tokens to disk."""
    import pyarrow as pa

    from tltk.assets import resolve_checkpoint
    from tltk.backbones import load_tokenizer
    from tltk.data import encode

    tokenizer = load_tokenizer(resolve_checkpoint(PRESET).folder)
    table = pa.table({"text": pa.array(texts)})
    options: dict[str, Any] = {"text_columns": ["text"], "max_length": 128, "progress": False}
    encode(table.slice(0, 100), tokenizer, **options)
    began = time.perf_counter()
    encode(table, tokenizer, **options, cache=folder, fingerprint=f"scale-{len(texts)}")
    return time.perf_counter() - began


def plan_and_batches(rows: int, folder: Path) -> dict[str, float]:
    """Return the seconds of a Plan and of an epoch's order, and the processor's milliseconds for a batch."""
    from tltk.data import Batching, Encoded, Plan, Ragged, iterate_batches

    draw = np.random.default_rng(1)
    lengths = np.clip(draw.lognormal(np.log(20), 0.5, rows).astype(np.int32), 4, 64)
    offsets = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    tokens = np.memmap(folder / f"{rows}.bin", np.uint16, mode="w+", shape=(int(offsets[-1]),))
    tokens[:] = 7
    encoded = Encoded({"input_ids": Ragged(np.asarray(tokens), offsets)}, lengths, zeros=("token_type_ids",))

    began = time.perf_counter()
    plan = Plan(lengths, Batching(batch_size=BATCH_SIZE, max_length=64))
    planned = time.perf_counter()
    plan.batch(0, 0)
    ordered = time.perf_counter()
    batches = min(BATCHES, plan.steps)
    cpu = time.process_time()
    for _ in itertools.islice(iterate_batches(encoded, plan), batches):
        pass
    batch_ms = 1000 * (time.process_time() - cpu) / batches
    (folder / f"{rows}.bin").unlink()
    return {
        "plan_seconds": planned - began,
        "order_seconds": ordered - planned,
        "batch_ms": batch_ms,
        "epoch_input_seconds": ordered - planned + batch_ms / 1000 * plan.steps,
    }


# --- Steps ---------------------------------------------------------------------------------------------------------


def grow_steps(precision: str, quick: bool) -> dict[str, list[dict[str, Any]]]:
    """Measure a training step by length, layers and width, each varied alone."""
    usual = {"rows": BATCH_SIZE, "length": LENGTH, "layers": LAYERS, "hidden": HIDDEN}
    if quick:
        usual = {"rows": 4, "length": 16, "layers": 2, "hidden": 64}
        grown = {"length": [(value, {"length": value}) for value in (16, 32)]}
    else:
        grown = {
            # As many tokens in every step, so that what grows is attention alone; at 512 tokens 4 rows.
            "length": [(value, {"length": value, "rows": 2048 // value}) for value in (16, 32, 64, 128, 256, 512)],
            "layers": [(value, {"layers": value}) for value in (2, 4, 6, 12, 24)],
            "hidden": [(value, {"hidden": value}) for value in (128, 256, 384, 512, 768, 1024)],
        }
    found: dict[str, list[dict[str, Any]]] = {}
    for what, values in grown.items():
        found[what] = []
        for value, changed in values:
            found[what].append({"value": value, **step(precision, **{**usual, **changed})})
            print(what, found[what][-1], flush=True)
    return found


def step(precision: str, *, rows: int, length: int, layers: int, hidden: int) -> dict[str, Any]:
    """Return the median time of a training step, and its FLOPs."""
    import keras

    from benchmarks.flops import TRAINING, flops
    from benchmarks.step_times import time_steps
    from benchmarks.synthetic import Shape, classifier, rows_of_length, summed_loss
    from tltk.data import make_pipeline
    from tltk.recipe import TrainSection
    from tltk.training import compile_model, precision_scope, set_seeds, training_plan

    keras.backend.clear_session()
    shape, steps = Shape(layers, hidden), WARM_UP + STEPS
    set_seeds(0)
    with precision_scope(precision):  # type: ignore[arg-type]
        network = classifier(shape)
    section = TrainSection(epochs=1, batch_size=rows)
    encoded = rows_of_length(rows * steps, length)
    plan = training_plan(encoded, section, seed=0)
    compile_model(network, summed_loss(), [], section, steps)
    seconds = time_steps(network, make_pipeline(encoded, plan, epochs=1), steps)[WARM_UP - 1 :]
    return {
        "rows": rows,
        "length": length,
        "layers": layers,
        "hidden": hidden,
        "parameters": network.count_params(),
        "gflop": flops(shape.encoder, [length] * rows, TRAINING) / 1e9,
        "ms": 1000 * statistics.median(seconds),
        "ms_least": 1000 * min(seconds),
        "ms_most": 1000 * max(seconds),
    }


if __name__ == "__main__":
    main()
