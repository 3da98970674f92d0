"""AdamW as it is meant: decay that spares biases and norms, gradients clipped once they are whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from tltk.recipe import TrainSection
from tltk.training.schedules import make_schedule
from tltk.training.update import Row, Update, update_replicas

_SPARED_NAMES = {"bias", "gamma", "beta"}


@keras.saving.register_keras_serializable(package="tltk")
class AdamW(keras.optimizers.AdamW):
    """`keras.optimizers.AdamW` with four differences, and otherwise the same arguments and behaviour.

    - Biases and normalisation weights are never decayed (see `is_decayed`), whatever else `exclude_from_weight_decay`
      names.
    - Under a `tf.distribute` strategy gradients are clipped after they are summed over the devices. Keras clips
      each device's share by itself, which gives another gradient.
    - The entries of sparse gradients of embeddings are added up first. Keras squares them before entries for the same
      row are added up, so that words that occur twice in a batch count wrongly in the norm and the second moment. The
      moments are dense all the same: rows without a gradient keep moving, as in PyTorch.
    - It is faster: see `Update`. The variant AMSGrad is not offered.

    Raises:
        ValueError: `amsgrad` is True.

    Example:
        >>> AdamW(5e-5, weight_decay=0.01, global_clipnorm=1.0).global_clipnorm
        1.0
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.amsgrad:
            raise ValueError("Got amsgrad=True; this AdamW knows no AMSGrad. Use keras.optimizers.AdamW for it.")
        self._update = Update()

    def _use_weight_decay(self, variable: Any) -> bool:
        return is_decayed(variable) and super()._use_weight_decay(variable)

    def _clip_gradients(self, gradients: Sequence[Any]) -> list[Any]:
        """Add up the entries of sparse gradients; leave clipping until they are summed over the devices."""
        needs_all = tf.distribute.has_strategy() or self.clipnorm or self.gradient_accumulation_steps
        # The update of rows divides by the betas.
        whole = tf.convert_to_tensor if needs_all or 0 in (self.beta_1, self.beta_2) else _with_distinct_rows
        return [gradient if gradient is None else whole(gradient) for gradient in gradients]

    def _apply_weight_decay(self, variables: Sequence[Any]) -> None:
        """Leave it to the update, which reads and writes each variable once for all."""

    def _backend_update_step(self, gradients: Sequence[Any], variables: Sequence[Any], learning_rate: Any) -> None:
        pairs = zip(gradients, [getattr(variable, "value", variable) for variable in variables], strict=True)
        summed, variables = zip(*self._all_reduce_sum_gradients(pairs), strict=True)
        clipped, scale = self._clip(summed)
        rates = self._rates(learning_rate, scale)
        rows = [self._row(variable, gradient) for variable, gradient in zip(variables, clipped, strict=True)]
        if tf.distribute.has_strategy():
            tf.distribute.get_replica_context().merge_call(update_replicas, args=(rows, rates))
            return
        self._update(rows, rates)

    def _row(self, variable: Any, gradient: Any) -> Row:
        place = self._get_variable_index(variable)
        momentum, velocity = (group[place].value for group in (self._momentums, self._velocities))
        return Row(variable, momentum, velocity, gradient, self._use_weight_decay(variable))

    def _clip(self, gradients: Sequence[Any]) -> tuple[Sequence[Any], Any]:
        """Return the gradients, and what they are yet to be multiplied by."""
        if self.global_clipnorm is None or self.global_clipnorm <= 0:
            return super()._clip_gradients(gradients), tf.constant(1.0)
        halves = [tf.cast(tf.nn.l2_loss(getattr(one, "values", one)), tf.float32) for one in gradients]
        norm = tf.sqrt(2.0 * tf.add_n(halves))
        return gradients, self.global_clipnorm / tf.maximum(norm, self.global_clipnorm)

    def _rates(self, learning_rate: Any, scale: Any) -> Any:
        step = tf.cast(self.iterations + 1, tf.float32)
        learning_rate = tf.cast(learning_rate, tf.float32)
        bias = tf.sqrt(1.0 - tf.pow(self.beta_2, step)) / (1.0 - tf.pow(self.beta_1, step))
        given = (1.0 - self.beta_1, 1.0 - self.beta_2, self.epsilon)
        return tf.stack([learning_rate * bias, learning_rate * (self.weight_decay or 0.0), scale, *given])


def _with_distinct_rows(gradient: Any) -> Any:
    """Return a gradient; where it is sparse, with each row once."""
    if not isinstance(gradient, tf.IndexedSlices):
        return gradient
    rows, places = tf.unique(gradient.indices)
    values = tf.math.unsorted_segment_sum(gradient.values, places, tf.size(rows))
    return tf.IndexedSlices(values, rows, gradient.dense_shape)


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
    # A variable of TensorFlow's own is called by its whole path: "encoder/norm/gamma:0".
    name = variable.name.rpartition("/")[-1].partition(":")[0]
    return len(variable.shape) >= 2 and name not in _SPARED_NAMES


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
