"""Training steps of tltk on batches from its input pipeline, or on the very same batches held in memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import keras
import tensorflow as tf

from benchmarks.gate import Gate
from benchmarks.job import Job
from benchmarks.workers.recipe import recipe_of
from tltk.data import make_pipeline
from tltk.fitting import build
from tltk.prepare import prepare
from tltk.recipe import load_recipe
from tltk.training import choose_precision
from tltk.training.batches import training_plan
from tltk.training.compile import compile_model


def main() -> None:
    job = Job.given()
    recipe = load_recipe(recipe_of(job))
    prepared = prepare(recipe, progress=False)
    train = prepared.encoded["train"]
    built = build(recipe, prepared, precision=choose_precision(recipe.train.precision))
    plan = training_plan(train, recipe.train, seed=recipe.seed, max_length=recipe.backbone.max_length)
    compile_model(built.model, prepared.task.loss(), prepared.task.metrics(), recipe.train, 1_000_000)
    steps = job.segment_steps
    # Made anew for each segment, so that all have the same batches and begin with nothing prefetched.
    make: Callable[[], tf.data.Dataset] = partial(make_pipeline, train, plan, epochs=1)
    if job.options["source"] == "memory":
        held = make().take(steps).cache()
        for _ in held:  # fills the cache
            pass
        make = partial(held.repeat, 1)
    run(built.model, make(), steps)
    gate = Gate(segment_steps=steps)
    gate.ready()
    while True:
        run(built.model, make(), steps)
        gate.step(rows=job.batch_size * steps, tokens=0, steps=steps)


def run(model: keras.Model, dataset: tf.data.Dataset, steps: int) -> None:
    """Train on the first batches of a dataset."""
    model.fit(dataset, steps_per_epoch=steps, epochs=1, verbose=0, shuffle=False)


if __name__ == "__main__":
    main()
