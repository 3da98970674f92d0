"""A process that trains on the same batches with and without XLA, and prints the figures as JSON.

Usage: XLA_FLAGS=--xla_dump_to=FOLDER python -m tests.training.jit_worker FOLDER

XLA writes every program that it compiles into FOLDER; so the figures tell how many there were.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

from tests.training import tiny
from tltk.data import Encoded, Plan, make_pipeline
from tltk.recipe import TrainSection
from tltk.training import compile_model, set_seeds, train, training_plan, validation_batches

# Padded lengths are 16 and 24; the last batch is an odd one in both cases.
LONGEST = 24
ROWS = tiny.rows(61, longest=LONGEST)
VALIDATION = tiny.rows(15, seed=1, longest=LONGEST)
CASES = {
    "rows": (TrainSection(epochs=2, batch_size=6, learning_rate=2e-3, jit_compile=True), "float32", VALIDATION),
    "tokens": (TrainSection(epochs=2, tokens_per_batch=100, learning_rate=2e-3, jit_compile=True), "float32", None),
    "mixed": (TrainSection(epochs=2, batch_size=6, learning_rate=2e-3, jit_compile=True), "mixed_bfloat16", None),
}


def with_xla(section: TrainSection, precision: str, validation: Encoded | None) -> dict[str, Any]:
    history = train(
        build(precision),
        train=ROWS,
        validation=validation,
        loss=tiny.loss(),
        metrics=tiny.accuracy(),
        section=section,
        seed=3,
        evaluation_batch_size=4,
        max_length=LONGEST,
        progress=False,
    )
    assert (history.jit_compile, history.precision) == (True, precision)
    return history.history


def without(section: TrainSection, precision: str, validation: Encoded | None) -> dict[str, Any]:
    """Train on the batches that are meant for XLA."""
    model, planned = build(precision), plan(section)
    plain = section.model_copy(update={"jit_compile": False})
    compile_model(model, tiny.loss(), tiny.accuracy(), plain, planned.steps * section.epochs)
    history = model.fit(
        make_pipeline(ROWS, planned, epochs=section.epochs),
        validation_data=validation_batches(validation, 4, section=section, max_length=LONGEST),
        epochs=section.epochs,
        steps_per_epoch=planned.steps,
        shuffle=False,
        verbose=0,
    )
    assert not model.jit_compile
    return history.history


def build(precision: str) -> keras.Model:
    keras.config.set_dtype_policy(precision)
    set_seeds(3)
    return tiny.classifier(dropout=0.0, positions=LONGEST)


def plan(section: TrainSection) -> Plan:
    return training_plan(ROWS, section, seed=3, max_length=LONGEST)


def shapes(section: TrainSection) -> list[tuple[int, int]]:
    """Return the shapes of the training batches."""
    planned = plan(section)
    batches = [planned.batch(epoch, step) for epoch in range(section.epochs) for step in range(planned.steps)]
    return sorted({(len(batch.indices), batch.length) for batch in batches})


def main() -> None:
    folder = Path(sys.argv[1])

    def compiled() -> int:
        return len(list(folder.glob("module_*one_step_on_data*.before_optimizations.txt")))

    found: dict[str, Any] = {}
    for name, case in CASES.items():
        plain, before = without(*case), compiled()
        xla = with_xla(*case)
        programs = compiled() - before
        found[name] = {"plain": plain, "xla": xla, "shapes": shapes(case[0]), "programs": programs, "before": before}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
