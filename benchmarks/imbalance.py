"""Rare labels on real rows made skewed: what each value of `train.imbalance` gives.

    python -m benchmarks.imbalance --data FOLDER [--kinds classes sets tags] [--seeds 0 1 2] [--epochs 4]

`classes` are the ten domains of CLINC150's queries, each with two thirds of the training rows of the one before: 1,000
rows for the first, 26 for the last. `sets` joins two queries to one text that has the domains of both. `tags` are
CoNLL-2003's four types of entities, each with a third of the one before: 1,500 places, 56 of the rest. Validation and
test rows are not skewed. Figures go to RESULTS/imbalance.json, where those of other kinds, seeds and values stay.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.skewed import skewed_classes, skewed_sets, skewed_tags

RESULTS = Path(__file__).parent / "results"
VALUES = ("none", "weights", "focal", "resample")
KINDS = {
    "classes": (skewed_classes, "text-classification", ("f1_macro", "accuracy")),
    "sets": (skewed_sets, "multi-label-classification", ("f1_macro", "f1_micro", "map")),
    "tags": (skewed_tags, "token-classification", ("f1_macro", "f1", "precision", "recall", "tag_f1_macro")),
}
"""How rows of each kind are made, the task that learns them, and its figures that are kept."""

SPLITS = ("train", "validation", "test")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("TLTK_BENCHMARK_DATA", "../shared/data"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--values", nargs="+", choices=VALUES, default=VALUES)
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args()
    target = given.results / "imbalance.json"
    rows = json.loads(target.read_text())["rows"] if target.exists() else []
    for seed in given.seeds:
        for kind in given.kinds:
            skewed, task, measures = KINDS[kind]
            data = skewed(given.data, seed)
            for value in given.values:
                found = {"kind": kind, "imbalance": value, "seed": seed}
                kept = [row for row in rows if any(row[name] != found[name] for name in found)]
                row = {**found, **train(data, task, value, seed=seed, epochs=given.epochs, measures=measures)}
                rows = [*kept, row]
                print(row, flush=True)
                target.write_text(json.dumps({"summary": summary(rows), "rows": rows}, indent=2) + "\n")


def train(
    data: dict[str, Any], task: str, imbalance: str, *, seed: int, epochs: int, measures: tuple[str, ...]
) -> dict[str, float]:
    """Train once and return the test figures, and the F1 of the rarest label."""
    import tltk

    recipe = {
        "name": "imbalance",
        "seed": seed,
        "task": task,
        "data": {"source": "memory", "split": {"duplicates": "allow"}},
        "backbone": {"max_length": 64},
        "train": {"epochs": epochs, "learning_rate": 1e-4, "imbalance": imbalance},
    }
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as output:
        run = tltk.fit(recipe, data={name: data[name] for name in SPLITS}, output=Path(output) / "run")
        evaluation = json.loads((run.path / "evaluation.json").read_text())["test"]
    counts = data["counts"]
    rarest = min(counts, key=counts.get)
    of_rarest = next(row["f1"] for row in evaluation["per_class"] if row["label"] == rarest)
    figures = {name: evaluation["metrics"][name] for name in measures}
    return {**figures, "f1_rarest": of_rarest or 0.0, "seconds": round(time.monotonic() - began, 1)}


def summary(rows: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Return mean and standard deviation over seeds of every figure."""
    found: dict[str, dict[str, str]] = {}
    for kind, value in dict.fromkeys((row["kind"], row["imbalance"]) for row in rows):
        same = [row for row in rows if (row["kind"], row["imbalance"]) == (kind, value)]
        names = [name for name in same[0] if isinstance(same[0][name], float) and name != "seconds"]
        found[f"{kind} {value}"] = {
            name: f"{statistics.mean(values):.4f} +- {statistics.stdev(values) if len(values) > 1 else 0:.4f}"
            for name in names
            for values in [[row[name] for row in same]]
        }
    return found


if __name__ == "__main__":
    main()
