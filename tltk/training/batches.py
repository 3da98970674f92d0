"""The batches that a training section asks for: a Plan for training rows, a pipeline for validation rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tltk.data import Batching, Encoded, Plan, make_pipeline
from tltk.recipe import TrainSection

if TYPE_CHECKING:
    import tensorflow as tf


def training_plan(
    train: Encoded, section: TrainSection, *, seed: int, max_length: int | None = None, replicas: int = 1
) -> Plan:
    """Return the Plan of the training batches.

    Args:
        train: training rows.
        section: the recipe's `train`: batch size or token budget, grouping by length.
        seed: of the order of rows.
        max_length: the model's longest input, in tokens; no batch is padded beyond it (default: the longest row).
        replicas: devices that share a batch.
    """
    batching = Batching(
        batch_size=section.batch_size,
        tokens_per_batch=section.tokens_per_batch,
        group_by_length=section.group_by_length,
        max_length=max_length or _longest(train),
        multiple_of=replicas,
    )
    return Plan(train.lengths, batching, seed=seed)


def validation_batches(
    validation: Encoded | None, batch_size: int, *, max_length: int | None = None, replicas: int = 1
) -> tf.data.Dataset | None:
    """Return one pass over the validation rows, the longest first; None where there are none.

    Args:
        validation: validation rows.
        batch_size: rows of a batch.
        max_length: as for training.
        replicas: devices that share a batch.
    """
    if validation is None:
        return None
    longest = max_length or _longest(validation)
    batching = Batching(batch_size=batch_size, max_length=longest, shuffle=False, multiple_of=replicas)
    return make_pipeline(validation, Plan(validation.lengths, batching), epochs=1)


def _longest(encoded: Encoded) -> int:
    return int(encoded.lengths.max(initial=1))
