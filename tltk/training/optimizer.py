"""AdamW as it is meant: decay that spares biases and norms, gradients clipped once they are whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from tltk.recipe import TrainSection
from tltk.training.schedules import make_schedule

_SPARED_NAMES = {"bias", "gamma", "beta"}


@keras.saving.register_keras_serializable(package="tltk")
class AdamW(keras.optimizers.AdamW):
    """`keras.optimizers.AdamW` with three differences, and otherwise the same arguments and behaviour.

    - Biases and normalisation weights are not decayed (see `is_decayed`), also after `load_model`, which forgets
      what `exclude_from_weight_decay` was told.
    - Under a `tf.distribute` strategy gradients are clipped after they are summed over the devices. Keras clips
      each device's share by itself, which gives another gradient.
    - Sparse gradients of embeddings are made dense first. Keras squares their entries before entries for the same
      row are added up, so that words that occur twice in a batch count wrongly in the norm and the second moment.

    Example:
        >>> AdamW(5e-5, weight_decay=0.01, global_clipnorm=1.0).global_clipnorm
        1.0
    """

    def build(self, variables: Sequence[keras.Variable]) -> None:
        if self.built:
            return
        self.exclude_from_weight_decay(var_list=[variable for variable in variables if not is_decayed(variable)])
        super().build(variables)

    def _clip_gradients(self, gradients: Sequence[Any]) -> list[Any]:
        return [gradient if gradient is None else tf.convert_to_tensor(gradient) for gradient in gradients]

    def _all_reduce_sum_gradients(self, pairs: Sequence[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
        pairs = list(super()._all_reduce_sum_gradients(pairs))
        clipped = super()._clip_gradients([gradient for gradient, _ in pairs])
        return [(gradient, variable) for gradient, (_, variable) in zip(clipped, pairs, strict=True)]


def is_decayed(variable: keras.Variable) -> bool:
    """Tell whether weight decay applies to a variable: to matrices, not to biases, scales and normalisation weights.

    Spared are all variables with fewer than two dimensions, and those named bias, gamma or beta (the biases of
    Keras's attention layers have two dimensions).

    Example:
        >>> dense = keras.layers.Dense(2)
        >>> dense.build((None, 3))
        >>> [is_decayed(variable) for variable in (dense.kernel, dense.bias)]
        [True, False]
    """
    return len(variable.shape) >= 2 and variable.name not in _SPARED_NAMES


def make_optimizer(section: TrainSection, total_steps: int) -> AdamW:
    """Return the optimizer and schedule a recipe asks for."""
    return AdamW(
        learning_rate=make_schedule(section, total_steps),
        weight_decay=section.weight_decay,
        beta_1=section.beta_1,
        beta_2=section.beta_2,
        epsilon=section.epsilon,
        global_clipnorm=section.global_clipnorm,
    )
