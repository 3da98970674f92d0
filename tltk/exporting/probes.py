"""Two forms of one model, compared on made-up batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

_PROBES = ((1, 4), (3, 17), (8, None))
"""Batch sizes and lengths; None is the longest input."""
_MOST_TOKENS = 8 * 512
"""Of a batch of several rows: attention takes memory by the square of the length, some 3 GB a row and layer at 8192."""


def probe_batches(vocabulary: int, names: Sequence[str], max_length: int) -> Iterator[dict[str, np.ndarray]]:
    """Yield batches of random ids of several sizes, always the same ones: a whole row, the others padded at random.

    The longest input comes in as many rows as a batch has tokens for, and in one at least.
    """
    draw = np.random.default_rng(0)
    for batch, wanted in _PROBES:
        length = min(wanted or max_length, max_length)
        batch = max(1, min(batch, _MOST_TOKENS // length))
        ids = draw.integers(0, vocabulary, (batch, length), dtype=np.int32)
        lengths = draw.integers(2, length + 1, (batch, 1))
        lengths[0] = length
        mask = (np.arange(length) < lengths).astype(np.int32)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        yield {name: given[name] for name in names}


def largest_difference(
    one: Callable[[Mapping[str, np.ndarray]], np.ndarray],
    other: Callable[[Mapping[str, np.ndarray]], np.ndarray],
    batches: Iterable[Mapping[str, np.ndarray]],
) -> float:
    """Return the largest absolute difference between what two functions give on some batches.

    Where outputs of a batch are above 1, as logits may be, it is taken as a share of the greatest of them: float32
    settles no more digits of it. It is infinite where they give different shapes, or numbers that are none.
    """
    largest = 0.0
    for batch in batches:
        expected, found = one(batch), other(batch)
        if expected.shape != found.shape:
            return float("inf")
        differences = np.abs(found.astype(np.float64) - expected)
        if _is_token_wise(expected, batch):
            # What a model gives at padding is read by nobody, and float32 does not settle it any further.
            attended = batch["attention_mask"] == 1
            differences, expected = differences[attended], expected[attended]
        differences /= max(1.0, float(np.nan_to_num(np.abs(expected), nan=0.0).max(initial=0.0)))
        largest = max(largest, float(np.nan_to_num(differences, nan=np.inf).max()))
    return largest


def _is_token_wise(outputs: np.ndarray, batch: Mapping[str, np.ndarray]) -> bool:
    return outputs.ndim > 2 and outputs.shape[:2] == batch["attention_mask"].shape


def apart(difference: float, tolerance: float) -> str:
    """Return in words how far a form of a model is from the model: what stands after its name in an error.

    Example:
        >>> apart(0.25, 1e-5)
        'differs from the model by 0.25; accepted are 1e-05'
    """
    if difference == float("inf"):
        return "gives outputs of another shape than the model, or NaN or infinite values"
    return f"differs from the model by {difference:.2g}; accepted are {tolerance:.2g}"
