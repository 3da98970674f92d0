"""A model's and its optimizer's variables as named arrays, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from tltk.errors import TrainingError

Tensors = dict[str, np.ndarray]


def to_tensors(variables: Sequence[keras.Variable], *, copy: bool = True) -> Tensors:
    """Return the values of variables under `<place in the list>:<path>`.

    The place makes names unique, and keeps them valid where Keras numbers its layers differently (`dense`,
    `dense_1`) the second time a model is built.

    Args:
        variables: of a model or an optimizer.
        copy: False gives the variables' own memory where it can be had, which the next training step overwrites.
    """
    take = keras.ops.convert_to_numpy if copy else _view
    return {f"{place:05d}:{variable.path}": take(variable) for place, variable in enumerate(variables)}


def _view(variable: keras.Variable) -> np.ndarray:
    try:
        return np.asarray(memoryview(tf.convert_to_tensor(variable.value)))
    except (TypeError, ValueError):  # numbers that Python has no format for, as bfloat16
        return keras.ops.convert_to_numpy(variable)


def from_tensors(variables: Sequence[keras.Variable], tensors: Mapping[str, np.ndarray], *, where: str) -> None:
    """Give variables the values that `to_tensors` returned for the same list of variables.

    Raises:
        TrainingError: other variables than those that were saved.
    """
    saved = [tensors[name] for name in sorted(tensors)]
    shapes = [tuple(variable.shape) for variable in variables]
    saved_shapes = [array.shape for array in saved]
    if shapes != saved_shapes:
        strange = next((pair for pair in zip(shapes, saved_shapes, strict=False) if pair[0] != pair[1]), None)
        detail = f"; the first that differs has shape {strange[0]}, saved is {strange[1]}" if strange else ""
        raise TrainingError(
            f"Got {len(saved)} tensors of another model than this one with {len(shapes)} variables{detail}.",
            where=where,
            hint="Continue with the recipe the run was started with, or set train.resume: never.",
        )
    for variable, array in zip(variables, saved, strict=True):
        variable.assign(array)


def model_tensors(model: keras.Model, *, copy: bool = True) -> Tensors:
    """Return every variable of a model, those of its seed generators (dropout) included; see `to_tensors`.

    Keras's own `.keras` and `.weights.h5` files leave the seed generators out or do not read them back.
    """
    return to_tensors(model.variables, copy=copy)


def optimizer_variables(model: keras.Model) -> list[keras.Variable]:
    """Return every variable of a model's optimizer, built if it was not."""
    optimizer = model.optimizer
    if not optimizer.built:
        with model.distribute_strategy.scope():
            optimizer.build(model.trainable_variables)
    return list(optimizer.variables)
