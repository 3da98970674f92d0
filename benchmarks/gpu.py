"""Training and prediction rates on a GPU, by precision, XLA and batch size.

    python -m benchmarks.gpu              # needs a GPU that TensorFlow sees; some twenty minutes
    python -m benchmarks.gpu --cpu        # a tiny version on the processor, to see that the script works

Rows are random tokens with the lengths of sentences (median 20, up to 128), for random weights of MiniLM-L6's and
BERT-base's shape: neither a download nor benchmark data is needed. Training is tltk's own (`compile_model`, Plan and
pipeline, `model.fit`): one epoch to compile, then timed ones. Prediction is the forward pass alone. Results go to
benchmarks/results/gpu_<device>.json, and as a table to gpu_<device>.md beside it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.machine import describe_machine

RESULTS = Path(__file__).resolve().parent / "results"
NO_GPU = 2
PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16")
ADVICE = """\
No GPU: TensorFlow {version} sees none on this machine.

For an NVIDIA GPU on Linux: install the driver (`nvidia-smi` then lists the GPU), and TensorFlow with its libraries:

    pip install "tensorflow[and-cuda]=={version}"

`--cpu` runs a tiny version on the processor, to see that the script works."""


def main() -> int:
    given = parse_arguments()
    import tensorflow as tf

    if given.cpu:
        tf.config.set_visible_devices([], "GPU")
    elif not tf.config.list_physical_devices("GPU"):
        print(ADVICE.format(version=tf.__version__), file=sys.stderr)
        return NO_GPU
    device = describe_device(given.cpu)
    print(f"on {device['name']}", flush=True)
    measured = []
    for setting in settings(given.cpu):
        measured.append({**setting, **measure(**setting, epochs=given.epochs, cpu=given.cpu)})
        print(line(measured[-1]), flush=True)
    results = {
        "device": device,
        "machine": describe_machine(),
        "tensorflow": tf.__version__,
        "tf32": tf.config.experimental.tensor_float_32_execution_enabled(),
        "measured": measured,
    }
    write(results, given.output or RESULTS / f"gpu_{slug(device['name'])}.json", keep=not given.cpu or given.output)
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpu", action="store_true", help="a tiny version on the processor; nothing is written")
    parser.add_argument("--epochs", type=int, default=3, help="timed epochs of each setting")
    parser.add_argument("--output", type=Path, help="JSON file of the results")
    return parser.parse_args()


def describe_device(cpu: bool) -> dict[str, Any]:
    """Return the name, compute capability and driver's libraries of the first GPU."""
    import tensorflow as tf

    if cpu:
        return {"name": "cpu", "note": "a tiny proof of the script, no figures to keep"}
    gpu = tf.config.list_physical_devices("GPU")[0]
    details = tf.config.experimental.get_device_details(gpu)
    build = tf.sysconfig.get_build_info()
    return {
        "name": details.get("device_name", gpu.name),
        "compute_capability": details.get("compute_capability"),
        "cuda": build.get("cuda_version"),
        "cudnn": build.get("cudnn_version"),
    }


def settings(cpu: bool) -> Iterator[dict[str, Any]]:
    """Yield what is measured, one after the other."""
    models = {"tiny": (2, 64)} if cpu else {"MiniLM-L6": (6, 384), "BERT-base": (12, 768)}
    precisions = ("float32", "mixed_bfloat16") if cpu else PRECISIONS
    batch_sizes = (8,) if cpu else (32, 128, 512)
    for model, precision, jit, rows in itertools.product(models, precisions, (False, True), batch_sizes):
        layers, hidden = models[model]
        yield {
            "model": model,
            "layers": layers,
            "hidden": hidden,
            "precision": precision,
            "jit_compile": jit,
            "batch_size": rows,
        }


def measure(
    *, model: str, layers: int, hidden: int, precision: str, jit_compile: bool, batch_size: int, epochs: int, cpu: bool
) -> dict[str, Any]:
    """Train and predict under one setting; where the memory does not suffice, say so."""
    import keras
    import tensorflow as tf

    from benchmarks.flops import FORWARD, TRAINING, flops
    from benchmarks.synthetic import Shape, classifier, rows_of_sentences
    from tltk.training import precision_scope, set_seeds

    keras.backend.clear_session()
    rows = rows_of_sentences((6 if cpu else 40) * batch_size, longest=32 if cpu else 128)
    lengths = rows.lengths.tolist()
    shape = Shape(layers, hidden)
    set_seeds(0)
    with precision_scope(precision):  # type: ignore[arg-type]
        network = classifier(shape)
    if not cpu:
        tf.config.experimental.reset_memory_stats("GPU:0")
    found: dict[str, Any] = {"rows": len(rows), "tokens": sum(lengths)}
    try:
        first, timed = train(network, rows, batch_size=batch_size, jit_compile=jit_compile, epochs=1 + epochs)
        found["training"] = rates(len(rows), first, timed, flops(shape.encoder, lengths, TRAINING))
        first, timed = predict(network, rows, batch_size=batch_size, jit_compile=jit_compile, passes=1 + epochs)
        found["prediction"] = rates(len(rows), first, timed, flops(shape.encoder, lengths, FORWARD))
    except tf.errors.ResourceExhaustedError:
        found["out_of_memory"] = True
    if not cpu:
        found["peak_bytes"] = tf.config.experimental.get_memory_info("GPU:0")["peak"]
    return found


def train(network: Any, rows: Any, *, batch_size: int, jit_compile: bool, epochs: int) -> tuple[float, list[float]]:
    """Return the seconds of the first epoch, which compiles, and those of the others."""
    import keras

    from benchmarks.synthetic import summed_loss
    from tltk.data import make_pipeline
    from tltk.recipe import TrainSection
    from tltk.training import compile_model, training_plan
    from tltk.training.distribution import prefetch_device

    class EpochTimes(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.began = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            # Keras has read the epoch's figures, so that the device has done its work.
            seconds.append(time.perf_counter() - self.began)

    seconds: list[float] = []
    section = TrainSection(epochs=epochs, batch_size=batch_size, jit_compile=jit_compile)
    plan = training_plan(rows, section, seed=0)
    compile_model(network, summed_loss(), [], section, plan.steps * epochs)
    pipeline = make_pipeline(rows, plan, epochs=epochs, device=prefetch_device(network.distribute_strategy))
    network.fit(pipeline, epochs=epochs, steps_per_epoch=plan.steps, callbacks=[EpochTimes()], shuffle=False, verbose=0)
    return seconds[0], seconds[1:]


def predict(network: Any, rows: Any, *, batch_size: int, jit_compile: bool, passes: int) -> tuple[float, list[float]]:
    """Return the seconds of the first pass over all rows, and those of the others; sorted, as `predict` has them."""
    import tensorflow as tf

    from tltk.data import Batching, Plan, iterate_batches

    # reduce_retracing: one graph for all shapes, as prediction has it.
    forward = tf.function(
        lambda inputs: network(inputs, training=False), jit_compile=jit_compile, reduce_retracing=True
    )
    bucket: Any = "powers" if jit_compile else 8
    batching = Batching(batch_size=batch_size, bucket=bucket, full=jit_compile, shuffle=False)
    plan = Plan(rows.lengths, batching)
    seconds = []
    for _ in range(passes):
        began = time.perf_counter()
        outputs = [forward(inputs) for _, inputs in iterate_batches(rows, plan)]
        for output in outputs:
            output.numpy()
        seconds.append(time.perf_counter() - began)
    return seconds[0], seconds[1:]


def rates(rows: int, first: float, timed: list[float], flops: int) -> dict[str, float]:
    """Return rows and useful FLOPs a second, with the spread over the timed passes, and what compiling took."""
    median = statistics.median(timed)
    return {
        "rows_a_second": rows / median,
        "slowest": rows / max(timed),
        "fastest": rows / min(timed),
        "tflops": flops / median / 1e12,
        "first_pass_seconds": first,
    }


def line(found: dict[str, Any]) -> str:
    """Return one setting's figures as a row of the table."""
    cells = [found["model"], found["precision"], "yes" if found["jit_compile"] else "no", str(found["batch_size"])]
    for what in ("training", "prediction"):
        rate = found.get(what)
        cells += [f"{rate['rows_a_second']:,.0f}", f"{rate['tflops']:.3g}"] if rate else ["out of memory", ""]
    peak = found.get("peak_bytes")
    return f"| {' | '.join([*cells, f'{peak / 1e9:.1f}' if peak else ''])} |"


def table(results: dict[str, Any]) -> str:
    """Return the figures as a Markdown table."""
    head = (
        "| model | precision | XLA | batch | training, rows/s | TFLOP/s | prediction, rows/s | TFLOP/s | peak GB |\n"
        "|---|---|---|---:|---:|---:|---:|---:|---:|"
    )
    device = results["device"]["name"]
    return "\n".join([f"{device}, TensorFlow {results['tensorflow']}\n", head, *map(line, results["measured"]), ""])


def write(results: dict[str, Any], path: Path, *, keep: Any) -> None:
    """Print the table; keep it and the figures."""
    print("\n" + table(results))
    if not keep:
        print("nothing is written: these are no figures of a GPU")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text(table(results), encoding="utf-8")
    print(f"written to {path} and {path.with_suffix('.md')}")


def slug(name: str) -> str:
    """Return a device's name as part of a file name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


if __name__ == "__main__":
    sys.exit(main())
