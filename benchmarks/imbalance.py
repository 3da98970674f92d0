"""Rare classes on CLINC150 made skewed: what each value of `train.imbalance` gives.

    python -m benchmarks.imbalance --data FOLDER [--seeds 0 1 2] [--epochs 4]

The ten domains of CLINC150's queries are the labels, each with two thirds of the training rows of the one before:
1,000 rows for the first, 26 for the last. `classes` is one domain a query; `sets` joins two queries to one text that
has the domains of both. Validation and test rows are not skewed: macro F1 minds rare labels as much as others.
Figures go to RESULTS/imbalance.json, where those of other seeds and values stay.
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

import numpy as np

RESULTS = Path(__file__).parent / "results"
VALUES = ("none", "weights", "focal", "resample")
_FIRST, _FALL = 1000, 2 / 3
_HELD_OUT = 100
SPLITS = ("train", "validation", "test")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("TLTK_BENCHMARK_DATA", "../shared/data"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--values", nargs="+", choices=VALUES, default=VALUES)
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args()
    target = given.results / "imbalance.json"
    rows = json.loads(target.read_text())["rows"] if target.exists() else []
    for seed in given.seeds:
        for kind, task, measures in (
            ("classes", "text-classification", ("f1_macro", "accuracy")),
            ("sets", "multi-label-classification", ("f1_macro", "f1_micro", "map")),
        ):
            data = skewed(given.data / "clinc150", seed=seed, sets=kind == "sets")
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


def skewed(folder: Path, *, seed: int, sets: bool) -> dict[str, Any]:
    """Return rows by split, and how many training rows each label has."""
    document = json.loads((folder / "data_full.json").read_text(encoding="utf-8"))
    domains = json.loads((folder / "domains.json").read_text(encoding="utf-8"))
    domain_of = {intent: domain for domain, intents in domains.items() for intent in intents}
    draw = np.random.default_rng(seed)
    names = sorted(domains)
    data: dict[str, Any] = {}
    for split, own in (("train", "train"), ("validation", "val"), ("test", "test")):
        by_domain: dict[str, list[str]] = {name: [] for name in names}
        for text, intent in document[own]:
            by_domain[domain_of[intent]].append(text)
        chosen = []
        for position, name in enumerate(names):
            wanted = round(_FIRST * _FALL**position) if split == "train" else _HELD_OUT
            texts = by_domain[name]
            chosen += [(texts[index], name) for index in draw.permutation(len(texts))[:wanted]]
        data[split] = (
            _joined(chosen, draw) if sets else {"text": [t for t, _ in chosen], "label": [n for _, n in chosen]}
        )
    labels = data["train"]["label"]
    flat = [name for label in labels for name in (label if isinstance(label, list) else [label])]
    return {**data, "counts": {name: flat.count(name) for name in names}}


def _joined(rows: list[tuple[str, str]], draw: np.random.Generator) -> dict[str, list[Any]]:
    """Join each query with another one drawn at random."""
    others = draw.permutation(len(rows))
    pairs = [(rows[index], rows[other]) for index, other in enumerate(others)]
    return {
        "text": [f"{one[0]} . {other[0]}" for one, other in pairs],
        "label": [sorted({one[1], other[1]}) for one, other in pairs],
    }


def summary(rows: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Return mean and standard deviation over seeds of every figure."""
    found: dict[str, dict[str, str]] = {}
    for kind, value in dict.fromkeys((row["kind"], row["imbalance"]) for row in rows):
        same = [row for row in rows if (row["kind"], row["imbalance"]) == (kind, value)]
        names = [name for name in same[0] if name.startswith(("f1", "accuracy", "map"))]
        found[f"{kind} {value}"] = {
            name: f"{statistics.mean(values):.4f} +- {statistics.stdev(values) if len(values) > 1 else 0:.4f}"
            for name in names
            for values in [[row[name] for row in same]]
        }
    return found


if __name__ == "__main__":
    main()
