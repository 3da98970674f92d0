"""What is minimised, and by which weights rows are drawn: a task's loss as a recipe's `train` asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tltk.data import Encoded, Ragged
from tltk.errors import RecipeError
from tltk.recipe import TrainSection
from tltk.tasks import Task
from tltk.training.imbalance import (
    MOST,
    balanced_weights,
    classes_present,
    loss_settings,
    positive_weights,
    row_weights,
)

if TYPE_CHECKING:
    import keras


class Criterion(NamedTuple):
    """A training's loss and draw.

    Args:
        loss: of raw outputs, with `reduction="sum"`.
        row_weights: by which rows are drawn with replacement, float64 [rows]; None to take each once.
        notices: what the user should know.
    """

    loss: keras.losses.Loss
    row_weights: np.ndarray | None = None
    notices: tuple[str, ...] = ()


def make_criterion(task: Task, train: Encoded, section: TrainSection) -> Criterion:
    """Return the loss for training rows, with label smoothing and with what is done about rare classes.

    Args:
        task: the fitted task.
        train: the training rows with their targets.
        section: the recipe's `train`; its `label_smoothing` and `imbalance` count here.

    Raises:
        RecipeError: something is asked for that the task's loss cannot do.
    """
    if section.imbalance == "none":
        return Criterion(task.loss(loss_settings(section)))
    counts = task.class_counts(train.targets)
    if counts is None:
        raise _no_classes(task, section)
    if section.imbalance == "resample":
        return Criterion(task.loss(loss_settings(section)), row_weights(_classes(train, len(counts))))
    if section.imbalance != "weights":
        return Criterion(task.loss(loss_settings(section)))
    if task.exclusive:
        return Criterion(task.loss(loss_settings(section, balanced_weights(counts))))
    found = positive_weights(counts, len(train))
    names = getattr(task, "labels_", range(len(counts)))
    clipped = ", ".join(repr(names[label]) for label in found.clipped)
    notices = (f"imbalance: the weights of {clipped} were clipped to between 1 / {MOST:.0f} and {MOST:.0f}.",)
    return Criterion(task.loss(loss_settings(section, found.weights)), notices=notices if found.clipped else ())


def check_criterion(task: Task, section: TrainSection, *, devices: int = 1) -> None:
    """Refuse what `make_criterion` would refuse, as far as it can be told before any row is encoded.

    Args:
        task: the fitted task.
        section: the recipe's `train`.
        devices: among which a batch is divided; losses see the rows of one.

    Raises:
        RecipeError: something is asked for that the task's loss cannot do.
    """
    fewest = task.fewest_in_batch * devices
    if task.fewest_in_batch > 1 and section.tokens_per_batch is None and section.batch_size < fewest:
        shared = f" on {devices} devices, each of which sees its own part" if devices > 1 else ""
        raise RecipeError(
            f"Got {section.batch_size}; the task's loss compares the examples of a batch, of which there must be "
            f"{fewest}{shared}.",
            where="train.batch_size",
            hint="Give 16 or more: the more are compared, the more is learned.",
        )
    if section.imbalance != "none" and type(task).class_counts is Task.class_counts:
        raise _no_classes(task, section)
    weights = (1.0,) * (task.units or 1) if section.imbalance == "weights" else None
    settings = loss_settings(section, weights)
    if not settings.is_plain:  # a plain loss is always there, and may need to see encoded rows first
        task.loss(settings)


def _no_classes(task: Task, section: TrainSection) -> RecipeError:
    return RecipeError(
        f"Got {section.imbalance}, but task {task.name!r} has no classes that could be rare.",
        where="train.imbalance",
        hint="Set it to none.",
    )


def _classes(train: Encoded, classes: int) -> Any:
    """Return each row's class, or which classes a row has, [rows] or [rows, classes]."""
    labels = train.targets["labels"]
    return classes_present(labels.values, labels.offsets, classes) if isinstance(labels, Ragged) else labels
