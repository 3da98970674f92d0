"""The label vocabulary of a classification task: order, checks, codes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tltk.errors import DataError, Problem, RecipeError, did_you_mean

if TYPE_CHECKING:
    from tltk.data import Rows

_SHOWN = 5


def sort_labels(labels: Iterable[str]) -> tuple[str, ...]:
    """Return label names in the order of the model's outputs: as numbers where all are numbers, else as strings.

    Example:
        >>> sort_labels(["10", "9", "-1"]), sort_labels(["10", "9", "x"])
        (('-1', '9', '10'), ('10', '9', 'x'))
    """
    names = sorted(labels)
    return tuple(sorted(names, key=float)) if are_numbers(names) else tuple(names)


def are_numbers(labels: Iterable[str]) -> bool:
    """Return whether all labels are finite numbers, which have an order of their own.

    Example:
        >>> are_numbers(["10", "-1.5"]), are_numbers(["10", "many"]), are_numbers(["1", "nan"])
        (True, False, False)
    """
    return all(_is_number(name) for name in labels)


def learn_labels(rows: Rows) -> tuple[str, ...]:
    """Return the labels of the training rows, sorted.

    Raises:
        DataError: there are fewer than two labels, or nearly as many as rows.
    """
    counts = rows.label_counts()
    if len(counts) < 2:
        found = f"only {next(iter(counts))!r}" if counts else "none"
        raise DataError(
            f"The training rows have {found} as label; expected at least two labels.",
            where=_place(rows),
            hint="Check data.label, or set data.binarize to make two labels of a number.",
        )
    if len(rows) >= 20 and len(counts) > len(rows) / 2:
        raise DataError(
            f"The {len(rows)} training rows have {len(counts)} different labels; expected several rows for each label.",
            where=_place(rows),
            hint="Check data.label; for a numeric column set data.binarize, or choose a task that learns numbers.",
        )
    return sort_labels(counts)


def check_labels(labels: Sequence[str], *, least: int = 2) -> tuple[str, ...]:
    """Return label names given in a recipe, after checking them.

    Args:
        labels: the names.
        least: how many there must be.

    Raises:
        RecipeError: there are fewer, or one stands there twice.
    """
    if len(labels) < least:
        raise RecipeError(
            f"Got {len(labels)} label(s); expected at least {least}.",
            where="task.labels",
            hint="Name every label, or leave it out to learn them from the training rows.",
        )
    doubled = sorted({name for name in labels if labels.count(name) > 1})
    if doubled:
        raise RecipeError(
            f"Got {', '.join(map(repr, doubled))} more than once.", where="task.labels", hint="Name each label once."
        )
    return tuple(labels)


def encode_labels(rows: Rows, labels: Sequence[str], *, given: bool) -> np.ndarray:
    """Return each row's index in `labels`, int32.

    Args:
        rows: rows with labels.
        labels: the known names.
        given: whether they were given in the recipe, for the hint.

    Raises:
        DataError: a label is not among them; names the first rows that have one.
    """
    codes = rows.codes(labels)
    unknown = np.flatnonzero(codes < 0)
    if not unknown.size:
        return codes
    first = unknown[:_SHOWN]
    names = rows.labels(first)
    problems = [
        Problem(f"Got label {name!r}.", rows.where(int(position)), did_you_mean(name, labels))
        for position, name in zip(first, names, strict=True)
    ]
    known = "task.labels" if given else "the training rows"
    shown = f"; the first {len(problems)} are shown" if unknown.size > len(problems) else ""
    raise DataError(
        f"{unknown.size} of {len(codes)} rows have a label that is not in {known}{shown}.",
        hint="Name all labels in task.labels, or mend the rows." if given else "Mend these rows, or leave them out.",
        problems=problems,
    )


def softmax(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    """Return probabilities over an axis, float64; of no logits none.

    Example:
        >>> softmax(np.array([[1000.0, 1000.0]]))
        array([[0.5, 0.5]])
    """
    values = np.asarray(logits, dtype=np.float64)
    powers = np.exp(values - values.max(axis=axis, keepdims=True, initial=-np.inf))
    return powers / powers.sum(axis=axis, keepdims=True)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Return the probability of a yes, of logits of any size, float64.

    Example:
        >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
        array([0. , 0.5, 1. ])
    """
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(logits, dtype=np.float64)))


def _is_number(name: str) -> bool:
    try:
        return math.isfinite(float(name))
    except ValueError:
        return False


def _place(rows: Rows) -> str | None:
    return rows.source.parts[0][1] if rows.source.parts else rows.source.name
