"""What is done about rare classes: weights of classes for the loss, and weights of rows for drawing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tltk.errors import RecipeError
from tltk.losses.settings import LossSettings
from tltk.recipe import TrainSection

FOCAL_GAMMA = 2.0
"""Exponent of the focal loss, the one its authors found best (Lin et al. 2017)."""

MOST = 100.0
"""The largest weight of a label's yes; the smallest is 1 / MOST."""


class PositiveWeights(NamedTuple):
    """Weights of the yes of each label, and which of them were clipped.

    Args:
        weights: a number above 0 for each label.
        clipped: numbers of the labels whose ratio lay outside 1 / MOST to MOST, or that have no yes at all.
    """

    weights: tuple[float, ...]
    clipped: tuple[int, ...]


def balanced_weights(counts: Sequence[int] | np.ndarray) -> tuple[float, ...]:
    """Return the weight of each class, n / (K * n_k): its weight times its frequency is the same for all classes.

    n is the number of rows (or labelled tokens), K that of the classes that occur, n_k that of the class. The mean
    weight over the rows is 1, as in scikit-learn's `compute_class_weight("balanced")`. A class that does not occur gets
    1, which nothing in the training rows sees.

    Example:
        >>> balanced_weights([75, 25])
        (0.6666666666666666, 2.0)
    """
    counted = np.asarray(counts, np.float64)
    occur = counted > 0
    weights = np.ones(len(counted))
    weights[occur] = counted.sum() / (occur.sum() * counted[occur])
    return tuple(weights.tolist())


def positive_weights(positives: Sequence[int] | np.ndarray, rows: int) -> PositiveWeights:
    """Return the weight of each label's yes, no / yes among the rows, so that both sides weigh alike.

    Clipped to 1 / MOST to MOST, for a label of a handful of rows would drown all others; a label without a yes gets
    MOST.

    Args:
        positives: rows with a yes, for each label.
        rows: rows in all.

    Example:
        >>> positive_weights([20, 50, 0], 100)
        PositiveWeights(weights=(4.0, 1.0, 100.0), clipped=(2,))
    """
    yes = np.asarray(positives, np.float64)
    ratios = np.divide(rows - yes, yes, out=np.full(len(yes), np.inf), where=yes > 0)
    weights = np.clip(ratios, 1 / MOST, MOST)
    return PositiveWeights(tuple(weights.tolist()), tuple(np.flatnonzero(weights != ratios).tolist()))


def row_weights(targets: np.ndarray) -> np.ndarray:
    """Return each row's weight for drawing: the inverse frequency of its rarest class, in the mean 1.

    Args:
        targets: labels, integers of shape [rows]; or of shape [rows, classes] which classes a row has (0 or 1, see
            `classes_present` for tokens). Rows of no class are a class of their own.

    Returns:
        float64 of shape [rows].

    Example:
        >>> row_weights(np.array([0, 0, 0, 1])).round(4).tolist()  # drawn by them, both labels come alike often
        [0.6667, 0.6667, 0.6667, 2.0]
    """
    if not len(targets):
        return np.zeros(0)
    if targets.ndim == 1:
        weights = 1.0 / np.bincount(targets)[targets]
    else:
        has = targets.astype(bool)
        has = np.column_stack([has, ~has.any(axis=1)])
        weights = 1.0 / np.where(has, has.sum(axis=0), np.inf).min(axis=1)
    return weights / weights.mean()


def classes_present(values: np.ndarray, offsets: np.ndarray, classes: int) -> np.ndarray:
    """Return which classes occur among the tokens of each row, bool of shape [rows, classes].

    Args:
        values: the labels of all tokens, one row after the other; -1 for none.
        offsets: where each row begins, and the end, integers of shape [rows + 1].
        classes: how many classes there are.

    Example:
        >>> classes_present(np.array([0, 2, -1, 1]), np.array([0, 3, 4]), 3).astype(int).tolist()
        [[1, 0, 1], [0, 1, 0]]
    """
    rows = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    has = np.zeros((len(offsets) - 1, classes), bool)
    labelled = values >= 0
    has[rows[labelled], values[labelled]] = True
    return has


def loss_settings(section: TrainSection, class_weights: tuple[float, ...] | None = None) -> LossSettings:
    """Return what a recipe's `train` asks of the loss.

    Args:
        section: the recipe's `train`; its `label_smoothing` and `imbalance` count here.
        class_weights: of the task's classes, taken for `imbalance: weights`; None where the task has no classes.

    Raises:
        RecipeError: class weights are asked of a task without classes.

    Example:
        >>> loss_settings(TrainSection(imbalance="focal")).focal
        2.0
    """
    if section.imbalance == "weights" and class_weights is None:
        raise RecipeError(
            "Got weights, but this task has no classes to weigh.", where="train.imbalance", hint="Set it to none."
        )
    return LossSettings(
        label_smoothing=section.label_smoothing,
        focal=FOCAL_GAMMA if section.imbalance == "focal" else None,
        class_weights=class_weights if section.imbalance == "weights" else None,
    )
