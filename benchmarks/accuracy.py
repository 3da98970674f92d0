"""Accuracy over seeds: tltk beside the Hugging Face Trainer on the same rows and settings, or beside TF-IDF.

    python benchmarks/accuracy.py sst2 --data FOLDER [--of tltk Trainer] [--seeds 0 1 2]
    python benchmarks/accuracy.py quickstart [--seeds 0 1 2]

`sst2` trains on FOLDER/train.tsv (sentence, tab, label) for 3 epochs at batch 32 and a learning rate of 5e-5 with
linear decay and no warm-up or weight decay, which are the Trainer's defaults, and scores FOLDER/dev.tsv after the last
epoch. The Trainer needs torch and accelerate. `quickstart` runs recipes/quickstart.yaml, the split
drawn by each seed, and TF-IDF with logistic regression on the same rows. Results go to benchmarks/results/, where those
of other seeds and systems are kept.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SETTINGS = {"epochs": 3, "batch_size": 32, "learning_rate": 5e-5, "weight_decay": 0.0, "warmup_ratio": 0.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("sst2", "quickstart"))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--of", nargs="+", choices=("tltk", "Trainer"), default=["tltk"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    given = parser.parse_args()
    target = HERE / "results" / f"accuracy_{given.what}.json"
    rows: dict[str, list[dict[str, float]]] = json.loads(target.read_text())["rows"] if target.exists() else {}
    for seed in given.seeds:
        if given.what == "quickstart":
            found = quickstart(seed)
        else:
            train = {"tltk": sst2, "Trainer": trainer}
            found = {name: train[name](given.data, seed) for name in given.of}
        for name, row in found.items():
            others = [known for known in rows.get(name, []) if known["seed"] != seed]
            rows[name] = sorted([*others, {"seed": seed, **row}], key=lambda known: known["seed"])
            print(name, seed, row, flush=True)
        _write(target, rows)


def _write(target: Path, rows: dict[str, list[dict[str, float]]]) -> None:
    summary = {name: _summary([row["accuracy"] for row in found]) for name, found in rows.items()}
    for name, figures in summary.items():
        print(f"{name:30} accuracy {figures['mean']:.4f} +- {figures['spread']:.4f} ({figures['seeds']} seeds)")
    target.write_text(json.dumps({"summary": summary, "rows": rows}, indent=2) + "\n")


def sst2(folder: Path, seed: int) -> dict[str, float]:
    """Train tltk and return its dev accuracy and seconds."""
    import tltk

    recipe = {
        "name": "sst2",
        "seed": seed,
        "task": {"labels": ["0", "1"]},
        "data": {
            "source": "tsv",
            "path": str(folder / "train.tsv"),
            "validation_path": str(folder / "dev.tsv"),
            "columns": ["text", "label"],
            "split": {"test": None, "duplicates": "allow"},
        },
        "train": {**SETTINGS, "restore_best": False},
    }
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as output:
        run = tltk.fit(recipe, output=Path(output) / "run")
        history = json.loads((run.path / "history.json").read_text())
        return {
            "accuracy": run.metrics["validation"]["accuracy"],
            "seconds": time.monotonic() - began,
            "rows_per_second": history["rows_per_second"],
        }


def trainer(folder: Path, seed: int) -> dict[str, float]:
    """Train the Hugging Face Trainer (PyTorch, dynamic padding, grouped by length) on the same rows.

    In bf16 where tltk trains in it: elsewhere the processor would emulate it.
    """
    import numpy as np
    from transformers import (
        AutoModelForSequenceClassification,
        AutoTokenizer,
        DataCollatorWithPadding,
        Trainer,
        TrainingArguments,
        set_seed,
    )

    from tltk.assets import resolve_checkpoint
    from tltk.training import choose_precision

    checkpoint = resolve_checkpoint("all-MiniLM-L6-v2").folder
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    train, dev = (_trainer_rows(folder / name, tokenizer) for name in ("train.tsv", "dev.tsv"))
    set_seed(seed)
    with tempfile.TemporaryDirectory() as output:
        arguments = TrainingArguments(
            output_dir=output,
            num_train_epochs=SETTINGS["epochs"],
            per_device_train_batch_size=SETTINGS["batch_size"],
            per_device_eval_batch_size=64,
            learning_rate=SETTINGS["learning_rate"],
            train_sampling_strategy="group_by_length",
            seed=seed,
            bf16=choose_precision() == "mixed_bfloat16",
            use_cpu=True,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
        )
        model = AutoModelForSequenceClassification.from_pretrained(checkpoint, num_labels=2)
        peer = Trainer(
            model=model, args=arguments, train_dataset=train, data_collator=DataCollatorWithPadding(tokenizer)
        )
        began = time.monotonic()
        peer.train()
        seconds = time.monotonic() - began
        found = peer.predict(dev)
    accuracy = float((np.argmax(found.predictions, axis=-1) == found.label_ids).mean())
    rows_per_second = len(train) * SETTINGS["epochs"] / seconds
    return {"accuracy": accuracy, "seconds": seconds, "rows_per_second": rows_per_second}


def quickstart(seed: int) -> dict[str, dict[str, float]]:
    """Train the quickstart recipe with another seed, and TF-IDF + logistic regression on the very same rows."""
    import tltk
    from tltk.prepare import read_rows

    recipe = tltk.load_recipe(HERE.parent / "recipes" / "quickstart.yaml", {"seed": seed, "data.split.seed": seed})
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as output:
        run = tltk.fit(recipe, output=Path(output) / "run")
        ours = {"accuracy": run.metrics["test"]["accuracy"], "f1_macro": run.metrics["test"]["f1_macro"]}
    ours["seconds"] = time.monotonic() - began
    dataset, _ = read_rows(recipe)
    return {"tltk": ours, "TF-IDF + logistic regression": {"accuracy": _tfidf(dataset)}}


def _tfidf(dataset: Any) -> float:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    classifier = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(max_iter=1000)
    )
    classifier.fit(dataset["train"].texts(), dataset["train"].labels())
    return float(classifier.score(dataset["test"].texts(), dataset["test"].labels()))


def _trainer_rows(path: Path, tokenizer: Any) -> list[dict[str, Any]]:
    lines = [line.rsplit("\t", 1) for line in path.read_text(encoding="utf-8").splitlines()]
    encoded = tokenizer([text for text, _ in lines], truncation=True, max_length=128)
    return [
        {**{name: values[row] for name, values in encoded.items()}, "labels": int(label)}
        for row, (_, label) in enumerate(lines)
    ]


def _summary(accuracies: list[float]) -> dict[str, float]:
    spread = statistics.stdev(accuracies) if len(accuracies) > 1 else 0.0
    return {"mean": statistics.mean(accuracies), "spread": spread, "seeds": len(accuracies)}


if __name__ == "__main__":
    main()
