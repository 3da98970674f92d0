"""The batches that a training section asks for: a Plan for training rows, a pipeline for validation rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from tltk.data import Batching, Encoded, Plan, make_pipeline
from tltk.recipe import TrainSection
from tltk.training.jit import choose_jit_compile

# Lengths are padded to multiples of it. SST-2 in batches of 32 is then 4 % padding, where 8 gives 17 % and 1 gives 2 %;
# each length costs a tenth of a second when it is first met.
_CPU_BUCKET = 2


def training_plan(
    train: Encoded,
    section: TrainSection,
    *,
    seed: int,
    max_length: int | None = None,
    replicas: int = 1,
    weights: np.ndarray | None = None,
) -> Plan:
    """Return the Plan of the training batches.

    Where the training step is compiled by XLA, batches come in few shapes: lengths are powers of two or halfway
    between, and the last batch is filled up with padding rows.

    Args:
        train: training rows.
        section: the recipe's `train`: batch size or token budget, grouping by length, `jit_compile`.
        seed: of the order of rows.
        max_length: the model's longest input, in tokens; no batch is padded beyond it (default: the longest row).
        replicas: devices that share a batch.
        weights: by which rows are drawn with replacement, float64 [rows]; None to take each once.
    """
    batching = Batching(
        batch_size=section.batch_size,
        tokens_per_batch=section.tokens_per_batch,
        group_by_length=section.group_by_length,
        max_length=max_length or _longest(train),
        multiple_of=replicas,
        **_shapes(section, replicas),
    )
    return Plan(train.lengths, batching, seed=seed, group=train.group, weights=weights)


def validation_batches(
    validation: Encoded | None,
    batch_size: int,
    *,
    section: TrainSection | None = None,
    max_length: int | None = None,
    replicas: int = 1,
    device: str | None = None,
) -> tf.data.Dataset | None:
    """Return one pass over the validation rows, the longest first; None where there are none.

    Args:
        validation: validation rows.
        batch_size: rows of a batch.
        section: the recipe's `train`; its `jit_compile` settles the shapes as for training.
        max_length: as for training.
        replicas: devices that share a batch.
        device: to which batches are sent ahead, if any.
    """
    if validation is None:
        return None
    longest = max_length or _longest(validation)
    shapes = _shapes(section, replicas) if section else {}
    batching = Batching(batch_size=batch_size, max_length=longest, shuffle=False, multiple_of=replicas, **shapes)
    return make_pipeline(
        validation, Plan(validation.lengths, batching, group=validation.group), epochs=1, device=device
    )


def _shapes(section: TrainSection, replicas: int) -> dict[str, Any]:
    """Return the settings of shapes: few where each is compiled, round where it is a GPU's, close on a CPU."""
    if choose_jit_compile(section.jit_compile, replicas=replicas):
        return {"bucket": "powers", "full": True}
    return {} if tf.config.list_physical_devices("GPU") else {"bucket": _CPU_BUCKET}


def _longest(encoded: Encoded) -> int:
    return int(encoded.lengths.max(initial=1))
