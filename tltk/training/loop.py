"""Training: plan -> compile -> resume -> pipeline -> `model.fit`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from tltk.data import Encoded, Plan, make_pipeline
from tltk.errors import TrainingError
from tltk.recipe import TrainSection
from tltk.training.batches import training_plan, validation_batches
from tltk.training.best import BestWeights
from tltk.training.checkpoint import Checkpoint, CheckpointFolder
from tltk.training.compile import compile_model
from tltk.training.distribution import prefetch_device
from tltk.training.finite import FiniteLoss
from tltk.training.history import History
from tltk.training.monitor import choose_monitor
from tltk.training.progress import ProgressLines
from tltk.training.record import Record
from tltk.training.saving import Saving
from tltk.training.seeds import seed_layers
from tltk.training.state import TrainingState
from tltk.training.stopping import EarlyStopping
from tltk.training.tensors import from_tensors, optimizer_variables


def train(
    model: keras.Model,
    *,
    train: Encoded,
    validation: Encoded | None = None,
    loss: keras.losses.Loss,
    weights: np.ndarray | None = None,
    metrics: Sequence[keras.metrics.Metric] = (),
    section: TrainSection,
    seed: int = 0,
    max_length: int | None = None,
    evaluation_batch_size: int = 64,
    folder: Path | None = None,
    fingerprint: str = "",
    callbacks: Sequence[keras.callbacks.Callback] = (),
    progress: bool = True,
    notice: Callable[[str], None] | None = None,
) -> History:
    """Train a model by `model.fit`, and leave it with the best or the last epoch's weights.

    Batches, schedule and dropout follow from `seed`: two runs are the same, and so is one that was killed at any
    moment and called again with the same arguments, which goes on from its last checkpoint.

    Args:
        model: takes the dict of arrays that `train.batch` makes and returns what `loss` expects. For training on
            several devices, build it under `distribution_strategy(...).scope()`.
        train: training rows, with the targets in the column `labels`.
        validation: rows evaluated after each epoch, likewise.
        loss: with `reduction="sum"`; batches are weighted so that it becomes the mean over rows.
        weights: by which training rows are drawn with replacement, float64 [rows]; None to take each once an epoch.
        metrics: kept over rows, for training and validation.
        section: epochs, batches, optimizer, schedule, monitored value, early stopping, resume, checkpoints.
        seed: of batches and dropout. Initial weights are the caller's (`set_seeds`).
        max_length: the model's longest input, in tokens; no batch is padded beyond it (default: the longest row).
        evaluation_batch_size: rows of a validation batch.
        folder: for checkpoints; None keeps the best weights in memory and nothing on disk.
        fingerprint: of all else that the training depends on (the recipe, the data); a checkpoint with another one
            is not resumed.
        callbacks: further Keras callbacks; they come before tltk's own.
        progress: print one line an epoch.
        notice: told what the user should know, such as that a damaged checkpoint was passed over.

    Returns:
        The history, under Keras's names.

    Raises:
        TrainingError: there is nothing to train on, the loss is not finite, a checkpoint is damaged or of another
            training, or the memory of a device is full.
        TrainingInterrupted: Ctrl-C or SIGTERM; a checkpoint was written.
    """
    replicas = model.distribute_strategy.num_replicas_in_sync
    plan = training_plan(train, section, seed=seed, max_length=max_length, replicas=replicas, weights=weights)
    _check(plan, loss)
    tracked = compile_model(model, loss, metrics, section, plan.steps * section.epochs)
    monitor = choose_monitor(section, tracked, validated=validation is not None)
    seed_layers(model, seed)

    store = CheckpointFolder(folder) if folder is not None else None
    identity = _identity(model, train, validation, section, seed, fingerprint)
    found = _find(store, section, identity)
    state = _take_up(model, found) if found else TrainingState(steps_per_epoch=plan.steps)
    resumed_from = state.global_step if found else None
    if found and notice:
        for sentence in found.passed_over:
            notice(sentence)

    record = Record(state, tracked, rows_per_epoch=len(train), running=found.tensors["metrics"] if found else None)
    best = BestWeights(monitor, state, store, keep_weights=section.restore_best) if monitor else None
    saving = Saving(record, store, epochs=section.epochs, every_steps=section.checkpoint_steps, fingerprint=identity)
    lines = ProgressLines(state, epochs=section.epochs, rows_per_epoch=len(train)) if progress else None
    chain: list[keras.callbacks.Callback] = [*callbacks, FiniteLoss()]
    chain += [EarlyStopping(section.early_stopping, monitor, state)] if section.early_stopping and monitor else []
    chain += [callback for callback in (lines, record, best, saving) if callback is not None]

    device = prefetch_device(model.distribute_strategy)
    held_out = validation_batches(
        validation, evaluation_batch_size, section=section, max_length=max_length, replicas=replicas, device=device
    )
    try:
        with saving.listening():
            for leg in _legs(state, section.epochs):
                model.fit(
                    make_pipeline(train, plan, epochs=section.epochs, start=state.global_step, device=device),
                    validation_data=held_out,
                    initial_epoch=leg.first_epoch,
                    epochs=leg.last_epoch,
                    steps_per_epoch=leg.steps,
                    callbacks=chain,
                    shuffle=False,
                    verbose=0,
                )
    except tf.errors.ResourceExhaustedError as error:
        raise _out_of_memory(section, error) from error
    finally:
        if lines:
            lines.close()
    if best:
        best.restore(model)
    return History(
        history=state.history,
        best_epoch=state.best.epoch + 1 if state.best else state.epoch,
        epochs=state.epoch,
        steps=state.global_step,
        seconds=state.seconds,
        rows_per_second=state.rows / state.training_seconds if state.training_seconds else 0.0,
        resumed_from=resumed_from,
        precision=_precision(model),
        jit_compile=model.jit_compile,
    )


class _Leg(NamedTuple):
    """One call of `model.fit`."""

    first_epoch: int
    last_epoch: int
    steps: int


def _legs(state: TrainingState, epochs: int) -> Iterator[_Leg]:
    """Yield what is left to train: the rest of an interrupted epoch, then all others.

    Keras's epochs all have the same steps, so an epoch that was begun before is finished by a `fit` of its own.
    """
    if state.step and not state.finished:
        yield _Leg(state.epoch, state.epoch + 1, state.steps_per_epoch - state.step)
    if state.epoch < epochs and not state.finished:
        yield _Leg(state.epoch, epochs, state.steps_per_epoch)


def _check(plan: Plan, loss: keras.losses.Loss) -> None:
    if not plan.steps:
        raise TrainingError("There are no training rows.", where="data", hint="Check data.train_split and data.limit.")
    if loss.reduction != "sum":
        raise TrainingError(
            f"Got a loss with reduction={loss.reduction!r}; batches are weighted for a summed one.",
            where="task",
            hint='Make the loss with reduction="sum".',
        )


def _find(store: CheckpointFolder | None, section: TrainSection, identity: str) -> Checkpoint | None:
    """Return the checkpoint to go on from, if there is one; clear the folder for a new start."""
    if store is None:
        return None
    found = store.read() if section.resume == "auto" else None
    if found and found.fingerprint == identity:
        return found
    if found and not found.state["finished"]:
        raise TrainingError(
            "Got the checkpoint of an unfinished training with other settings or data.",
            where=str(found.path),
            hint="Continue with the recipe it was started with, set train.resume: never to start anew, or choose"
            " another output folder.",
        )
    store.clear()
    return None


def _take_up(model: keras.Model, found: Checkpoint) -> TrainingState:
    """Put a model and its optimizer where a checkpoint left them, and return the training's state."""
    from_tensors(model.variables, found.tensors["model"], where=str(found.path))
    from_tensors(optimizer_variables(model), found.tensors["optimizer"], where=str(found.path))
    return TrainingState.from_json(found.state)


def _identity(
    model: keras.Model,
    train: Encoded,
    validation: Encoded | None,
    section: TrainSection,
    seed: int,
    fingerprint: str,
) -> str:
    """Return a sha256 of what the course of a training depends on."""
    described: dict[str, Any] = {
        "section": section.model_dump(mode="json", exclude={"resume", "checkpoint_steps"}),
        "seed": seed,
        "precision": _precision(model),
        "jit_compile": model.jit_compile,
        "variables": [[list(variable.shape), variable.dtype] for variable in model.variables],
        "train": _digest(train.lengths),
        "validation": None if validation is None else _digest(validation.lengths),
        "given": fingerprint,
    }
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def _digest(array: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def _precision(model: keras.Model) -> str:
    """Return the dtype policy of a model's layers (the model itself may have been made under another one)."""
    policies = {layer.dtype_policy.name for layer in model._flatten_layers(include_self=False)}
    mixed = sorted(name for name in policies if name.startswith("mixed_"))
    return mixed[0] if mixed else "float32"


def _out_of_memory(section: TrainSection, error: Exception) -> TrainingError:
    what = "train.tokens_per_batch" if section.tokens_per_batch else "train.batch_size"
    return TrainingError(
        f"A device ran out of memory: {str(error).splitlines()[0]}",
        where=what,
        hint=f"Lower {what} or backbone.max_length.",
    )
