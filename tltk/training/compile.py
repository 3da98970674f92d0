"""`model.compile` as a recipe asks for it."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from tltk.recipe import TrainSection
from tltk.training.jit import choose_jit_compile
from tltk.training.metrics import MeanLoss, RowMetric
from tltk.training.optimizer import make_optimizer


def compile_model(
    model: keras.Model,
    loss: keras.losses.Loss,
    metrics: Sequence[keras.metrics.Metric],
    section: TrainSection,
    total_steps: int,
) -> list[keras.metrics.Metric]:
    """Compile a model for batches whose sample weights make the summed loss a mean over rows.

    It stays a plain `keras.Model`: compile it anew to train it your own way.

    Args:
        model: built under the strategy it is trained with, if any.
        loss: of logits, with `reduction="sum"`.
        metrics: kept over rows, each row once.
        section: the recipe's `train`.
        total_steps: steps of the whole run, for the schedule.

    Returns:
        The metrics as compiled, the mean loss first; their state is part of a checkpoint.
    """
    with model.distribute_strategy.scope():
        # Copies, since a metric's variables must be made under the strategy.
        tracked: list[keras.metrics.Metric] = [RowMetric(MeanLoss(loss))]
        tracked += [RowMetric(type(metric).from_config(metric.get_config())) for metric in metrics]
        optimizer = make_optimizer(section, total_steps)
        jit_compile = choose_jit_compile(section.jit_compile, replicas=model.distribute_strategy.num_replicas_in_sync)
        model.compile(optimizer=optimizer, loss=loss, weighted_metrics=tracked, jit_compile=jit_compile)
        # Left to the first step, TensorFlow makes these variables within the graph and traces the step twice.
        optimizer.build(model.trainable_variables)
    return tracked
