"""`tltk.fit` on the rows of a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras

import tltk
import tltk.backbones.load
import tltk.fitting
from benchmarks.gate import Gate
from benchmarks.job import Job
from benchmarks.resident import forget_peak, resident_bytes
from benchmarks.workers.keras_gate import gate_callback
from benchmarks.workers.recipe import recipe_of
from tltk.prepare import prepare
from tltk.recipe import load_recipe
from tltk.training.batches import training_plan


def main() -> None:
    job = Job.given()
    recipe = load_recipe(recipe_of(job))
    baseline = resident_bytes()
    forget_peak()
    rows, tokens = steps_of(recipe)
    gate = Gate(job.segment_steps)
    settings = f"tltk.fit, {job.options['precision']}, grouped by length"
    callback = gate_callback(
        keras.callbacks.Callback, gate, rows=rows, tokens=tokens, baseline_bytes=baseline, settings=settings
    )
    run = tltk.fit(recipe, callbacks=[callback], output=Path(job.output) / "run", overwrite=True)
    accuracy = run.metrics["validation"]["accuracy"] if job.dev else None
    gate.done(accuracy=accuracy, peak_bytes=callback.peak, bundle=str(run.path / "bundle"))


def steps_of(recipe: Any) -> tuple[list[int], list[int]]:
    """Return rows and useful tokens of every step that `tltk.fit` will make."""
    train = prepare(recipe, progress=False).encoded["train"]
    plan = training_plan(train, recipe.train, seed=recipe.seed, max_length=recipe.backbone.max_length)
    indices = [plan.batch(epoch, step).indices for epoch in range(recipe.train.epochs) for step in range(plan.steps)]
    true = [batch[batch >= 0] for batch in indices]
    return [len(batch) for batch in true], [int(train.lengths[batch].sum()) for batch in true]


if __name__ == "__main__":
    main()
