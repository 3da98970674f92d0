"""Peak anonymous memory of read + split + encode + one epoch's pipeline, by the number of rows.

    python benchmarks/memory.py                      # 500 thousand and 5 million rows; some ten minutes, 2 GB of disk
    python benchmarks/memory.py --rows 20000 100000  # a quick look

For each size a CSV of sentences is made (word counts as in movie reviews, 4 to 60; words by Zipf's law from the
tokenizer's vocabulary). A fresh process imports everything, waits, and then does the work with an empty cache, while
this one reads RssAnon of it and all its descendants from /proc every 50 ms. Reported is the highest sum above what
the process held after its imports. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np

INTERVAL = 0.05
PRESET = "all-MiniLM-L6-v2"
RESULTS = Path(__file__).parent / "results" / "memory.json"
MAX_LENGTH = 128
BATCH_SIZE = 32


def main() -> None:
    arguments = parse_arguments()
    if arguments.child:
        work(arguments.child, arguments.tokenizer)
        return
    tokenizer = arguments.tokenizer or preset_folder()
    runs = []
    for rows in arguments.rows:
        with tempfile.TemporaryDirectory(prefix="tltk-memory-", dir=arguments.folder) as folder:
            path = Path(folder) / "sentences.csv"
            print(f"{rows:,} rows: writing the CSV", flush=True)
            write_sentences(path, rows, tokenizer)
            runs.append({"rows": rows, "csv_bytes": path.stat().st_size, **measure(path, tokenizer)})
        print_run(runs[-1])
    report = {"tokenizer": str(arguments.tokenizer or PRESET), **machine(), "runs": runs}
    if len(runs) > 1:
        report |= line(runs)
        print(f"= {report['bytes_a_row']:.1f} bytes a row + {report['constant_bytes'] / 1e6:.0f} MB")
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"written to {arguments.output}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[500_000, 5_000_000], help="sizes to measure")
    parser.add_argument("--tokenizer", type=Path, help=f"folder of a Hugging Face tokenizer (default: {PRESET}'s)")
    parser.add_argument("--folder", type=Path, help="where the CSV and the caches go (default: the temporary folder)")
    parser.add_argument("--output", type=Path, default=RESULTS, help="JSON file of the results")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def preset_folder() -> Path:
    from tltk.assets import resolve_checkpoint

    return Path(resolve_checkpoint(PRESET).folder)


def write_sentences(path: Path, rows: int, tokenizer: Path) -> None:
    """Write `text,label` rows: log-normal word counts (median 17), words by Zipf's law."""
    draw = np.random.default_rng(0)
    vocabulary = json.loads((tokenizer / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    words = np.array([word for word in vocabulary if word.isalpha() and len(word) > 1], dtype=object)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("text,label\n")
        for start in range(0, rows, 10_000):
            counts = np.clip(draw.lognormal(2.85, 0.55, min(10_000, rows - start)), 4, 60).astype(int)
            drawn = words[np.minimum(draw.zipf(1.3, counts.sum()), len(words)) - 1]
            ends = np.cumsum(counts)
            for count, end in zip(counts, ends, strict=True):
                file.write(f"{' '.join(drawn[end - count : end])},{'negative' if end % 2 else 'positive'}\n")


def measure(path: Path, tokenizer: Path) -> dict[str, object]:
    """Run `work` in a fresh process and return the peaks of its phases, in bytes above the import baseline."""
    command = [sys.executable, __file__, "--child", str(path), "--tokenizer", str(tokenizer)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    assert child.stdin is not None
    assert child.stdout is not None
    if child.stdout.readline().strip() != "ready":
        raise SystemExit("The measured process failed before it began.")
    baseline = anonymous(child.pid)
    phase, peaks, seconds, facts = "read", {"read": 0}, {}, {}
    stop = threading.Event()

    def sample() -> None:
        while not stop.wait(INTERVAL):
            peaks[phase] = max(peaks[phase], anonymous(child.pid) - baseline)

    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()
    child.stdin.write("go\n")
    child.stdin.flush()
    began = time.monotonic()
    for message in child.stdout:
        facts |= (news := json.loads(message))
        if "phase" in news:
            seconds[phase] = round(time.monotonic() - began, 1)
            began = time.monotonic()
            peaks[news["phase"]] = 0
            phase = news["phase"]
    seconds[phase] = round(time.monotonic() - began, 1)
    stop.set()
    sampler.join()
    if child.wait():
        raise SystemExit("The measured process failed.")
    facts.pop("phase", None)
    return {
        "baseline_bytes": baseline,
        "peak_bytes": max(peaks.values()),
        "peak_bytes_by_phase": peaks,
        "seconds_by_phase": seconds,
        **facts,
    }


def work(path: Path, tokenizer_folder: Path) -> None:
    """What is measured: from a CSV file to the last batch of one epoch, with an empty cache."""
    import tensorflow as tf
    from transformers import AutoTokenizer

    from tltk.data import Batching, Plan, encode, make_pipeline, read
    from tltk.recipe import DataSection

    print("ready", flush=True)
    sys.stdin.readline()
    cache = path.parent
    dataset = read(DataSection(path=str(path)), seed=0, cache=cache / "data")
    tell(phase="encode")
    tokenizer = AutoTokenizer.from_pretrained(tokenizer_folder)
    source = dataset.sources["train"]
    encoded = encode(
        source.table,
        tokenizer,
        text_columns=source.text,
        max_length=MAX_LENGTH,
        cache=cache / "encoded",
        fingerprint=source.fingerprint,
        progress=False,
    )
    tell(phase="epoch")
    splits = {
        name: encoded.take(rows.indices).with_dense(labels=rows.codes(["negative", "positive"]))
        for name, rows in dataset.splits.items()
    }
    train = splits["train"]
    plan = Plan(train.lengths, Batching(batch_size=BATCH_SIZE, max_length=MAX_LENGTH), seed=0)
    seen = steps = 0
    for inputs, _, _ in make_pipeline(train, plan, epochs=1):
        seen += int(tf.shape(inputs["input_ids"])[0])
        steps += 1
    assert seen == len(train), f"{seen} rows seen of {len(train)}"
    tell(train_rows=len(train), steps=steps, tokens=int(encoded.ragged["input_ids"].offsets[-1]))


def tell(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


def anonymous(pid: int) -> int:
    """Return RssAnon of a process and all its descendants, in bytes."""
    total = 0
    for member in family(pid):
        try:
            status = Path(f"/proc/{member}/status").read_text(encoding="ascii", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        held = [text for text in status.splitlines() if text.startswith("RssAnon:")]
        total += int(held[0].split()[1]) * 1024 if held else 0
    return total


def family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text(encoding="ascii").split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        for child in children:
            yield from family(int(child))


def line(runs: list[dict]) -> dict[str, float]:
    """Fit the straight line through the smallest and the largest run."""
    small, large = min(runs, key=lambda run: run["rows"]), max(runs, key=lambda run: run["rows"])
    slope = (large["peak_bytes"] - small["peak_bytes"]) / (large["rows"] - small["rows"])
    return {"bytes_a_row": round(slope, 2), "constant_bytes": round(small["peak_bytes"] - slope * small["rows"])}


def print_run(run: dict) -> None:
    peak, baseline = run["peak_bytes"] / 1e6, run["baseline_bytes"] / 1e6
    phases = ", ".join(
        f"{name} {held / 1e6:.0f} MB in {run['seconds_by_phase'][name]:.0f} s"
        for name, held in run["peak_bytes_by_phase"].items()
    )
    print(f"{run['rows']:,} rows: peak {peak:.0f} MB above {baseline:.0f} ({phases})")


def machine() -> dict[str, object]:
    libraries = ("tensorflow", "numpy", "pyarrow", "tokenizers", "transformers")
    versions = {"python": platform.python_version(), **{name: version(name) for name in libraries}}
    return {"cpus": os.cpu_count(), "platform": platform.platform(), "versions": versions}


if __name__ == "__main__":
    main()
