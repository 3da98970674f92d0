"""A job as a recipe of tltk."""

from __future__ import annotations

from typing import Any

from benchmarks.job import Job


def recipe_of(job: Job) -> dict[str, Any]:
    """Return the recipe that has a job's settings."""
    return {
        "name": "bench",
        "seed": job.seed,
        "task": {"labels": [str(label) for label in range(job.labels)]},
        "data": {
            "source": "tsv",
            "path": job.train,
            "validation_path": job.dev,
            "columns": ["text", "label"],
            "split": {"validation": None, "test": None, "duplicates": "allow"},
        },
        "backbone": {"name": job.checkpoint, "max_length": job.max_length},
        "train": {
            "epochs": job.epochs,
            "batch_size": job.batch_size,
            "learning_rate": job.learning_rate,
            "weight_decay": 0.0,
            "warmup_ratio": 0.0,
            "restore_best": False,
            "precision": job.options.get("precision", "auto"),
            **({} if job.dev else {"monitor": "loss"}),
        },
    }
