"""Planned batches as arrays, and as a `tf.data.Dataset`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tltk.data.encoded import Encoded
from tltk.data.plan import Plan, PlannedBatch

if TYPE_CHECKING:
    import tensorflow as tf

_PREFETCHED = 16


def iterate_batches(encoded: Encoded, plan: Plan, *, epoch: int = 0) -> Iterator[tuple[PlannedBatch, dict[str, Any]]]:
    """Yield one epoch's batches as NumPy arrays; for prediction and evaluation, without TensorFlow.

    Yields:
        The planned batch, whose `indices` say which rows these are (-1 for padding), and the model's inputs.

    Example:
        >>> from tltk.data import Batching
        >>> encoded = Encoded.from_ids([[1, 2], [1, 2, 3]])
        >>> plan = Plan(encoded.lengths, Batching(batch_size=2, bucket=4, shuffle=False))
        >>> for planned, inputs in iterate_batches(encoded, plan):
        ...     print(planned.indices, inputs["input_ids"].tolist())
        [0 1] [[1, 2, 0, 0], [1, 2, 3, 0]]
    """
    for step in range(plan.steps):
        planned = plan.batch(epoch, step)
        yield planned, encoded.batch(planned.indices, planned.length)


def make_pipeline(
    encoded: Encoded,
    plan: Plan,
    *,
    epochs: int,
    start: int = 0,
    columns: Sequence[str] | None = None,
    targets: str | Sequence[str] | None = "labels",
    device: str | None = None,
) -> tf.data.Dataset:
    """Return the batches of all epochs as a `tf.data.Dataset` of (inputs, targets, sample_weight).

    Its elements depend on the global step alone, so it is the same on every run and resumes at any step. Memory
    does not grow with the data.

    Args:
        encoded: the rows; `plan` was made from their lengths.
        plan: the batches.
        epochs: epochs in the whole run.
        start: global step (epoch * plan.steps + step) to begin at.
        columns: the inputs to deliver (default: all of `encoded.inputs`).
        targets: a target column, or several (then delivered as a dict); None delivers (inputs,) alone.
        device: name of a device to which batches are sent ahead, such as a GPU; None leaves them in the processor's
            memory.

    Returns:
        inputs: dict of int32 tensors [rows, length]; targets: [rows, ...], or int32 [rows, length] where a column
        has an entry a token; sample_weight: float32 [rows], being
        1 / (rows of the whole batch) and 0 for padding rows, so that a loss summed over rows, on however many devices,
        is the mean over true rows. (Keras divides a loss by the number of devices only where it is a mean.)

    Raises:
        ValueError: `plan` is for another number of rows, or a column is not there.
    """
    import tensorflow as tf

    if len(plan) != len(encoded):
        raise ValueError(f"Got a plan of {len(plan)} rows for {len(encoded)} encoded rows.")
    inputs = _known(encoded.inputs if columns is None else columns, encoded.inputs)
    wanted = _known((targets,) if isinstance(targets, str) else targets or (), encoded.targets)

    def gather(global_step: np.int64) -> list[np.ndarray]:
        planned = plan.batch(*divmod(int(global_step), plan.steps))
        batch = encoded.batch(planned.indices, planned.length)
        dense = [encoded.gather_targets(name, planned.indices, planned.length) for name in wanted]
        return [*(batch[name] for name in inputs), *dense, planned.weights]

    kinds = [_kind(encoded, name) for name in wanted]
    dtypes = [*(tf.int32 for _ in inputs), *(tf.as_dtype(dtype) for dtype, _ in kinds), tf.float32]
    shapes = [*([None, None] for _ in inputs), *(shape for _, shape in kinds), [None]]

    def element(global_step: tf.Tensor) -> tuple[Any, ...]:
        tensors = tf.numpy_function(gather, [global_step], dtypes, stateful=False)
        for tensor, shape in zip(tensors, shapes, strict=True):
            tensor.set_shape(shape)
        given = dict(zip(inputs, tensors, strict=False))
        asked = dict(zip(wanted, tensors[len(inputs) :], strict=False))
        if targets is None:
            return (given,)
        return given, asked[targets] if isinstance(targets, str) else asked, tensors[-1]

    steps = tf.data.Dataset.range(start, epochs * plan.steps)
    # One call at a time, in order: NumPy holds Python's lock anyway, and the Plan keeps one epoch's order only.
    dataset = steps.map(element, num_parallel_calls=1, deterministic=True).prefetch(_PREFETCHED)
    options = tf.data.Options()
    options.deterministic = True
    # The Plan has dealt the rows out to the workers already.
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.OFF
    dataset = dataset.with_options(options)
    if device is None:
        return dataset
    # TensorFlow wants it last.
    return dataset.apply(tf.data.experimental.prefetch_to_device(device))


def _kind(encoded: Encoded, name: str) -> tuple[Any, list[int | None]]:
    """Return the dtype and the shape, without what varies, in which a target column is delivered."""
    if name in encoded.aligned:
        return np.dtype(np.int32), [None, None]
    column = encoded.dense[name]
    return column.dtype, [None, *column.shape[1:]]


def _known(names: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    """Return the names, or say which one is not there."""
    for name in names:
        if name not in known:
            raise ValueError(f"Got column {name!r}; the encoded rows have {', '.join(known) or 'none'}.")
    return tuple(names)
