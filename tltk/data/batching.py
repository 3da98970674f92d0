"""How rows are put together into batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tltk.errors import RecipeError


@dataclass(frozen=True)
class Batching:
    """The settings from which a Plan cuts batches.

    Args:
        batch_size: rows in a batch, over all devices and workers together.
        tokens_per_batch: cut by padded tokens (rows times padded length) instead; `batch_size` is then ignored.
        group_by_length: put rows of like length into one batch.
        bucket: padded lengths are rounded up to multiples of it, so that few shapes occur. `"powers"` rounds up to
            powers of two and the lengths halfway between (16, 24, 32, 48, 64, 96, ...): eleven shapes up to 512
            tokens, for models that are compiled anew for every shape.
        max_length: padded lengths never pass it (the model's limit, when that is no bucket's length).
        shuffle: draw a new order every epoch; without it every epoch is alike, and grouped batches come longest
            first, so that a batch too large for the memory shows at once.
        multiple_of: every batch is filled up with padding rows to a multiple of this many rows (the devices that
            share it).
        full: fill up every batch with padding rows to the size that its length allows, the last batch too, so that
            each padded length occurs with one number of rows.

    Raises:
        RecipeError: a setting out of range, or a token budget without grouping by length (batches of mixed
            lengths cannot keep a budget with the same number of steps in every epoch).

    Example:
        >>> Batching(batch_size=32, bucket=8, max_length=50).padded_lengths(np.array([3, 8, 9, 50]))
        array([ 8,  8, 16, 50], dtype=uint16)
        >>> Batching(bucket="powers").padded_lengths(np.array([3, 17, 25, 50, 130]))
        array([ 16,  24,  32,  64, 192], dtype=uint16)
    """

    batch_size: int = 32
    tokens_per_batch: int | None = None
    group_by_length: bool = True
    bucket: int | Literal["powers"] = 8
    max_length: int | None = None
    shuffle: bool = True
    multiple_of: int = 1
    full: bool = False

    def __post_init__(self) -> None:
        for name in ("batch_size", "tokens_per_batch", "bucket", "max_length", "multiple_of"):
            value = getattr(self, name)
            if isinstance(value, str) and (name, value) != ("bucket", "powers"):
                raise RecipeError(
                    f"Got {value!r}; expected a whole number or 'powers'.",
                    where=name,
                    hint="Leave it out to let tltk choose.",
                )
            if isinstance(value, int) and value < 1:
                raise RecipeError(f"Got {value}; expected at least 1.", where=name, hint="Give 1 or more.")
        if self.tokens_per_batch is not None and not self.group_by_length:
            raise RecipeError(
                "Got a token budget together with group_by_length: false.",
                where="train.tokens_per_batch",
                hint="Use batch_size, or let rows be grouped by length.",
            )

    def padded_lengths(self, lengths: np.ndarray) -> np.ndarray:
        """Return the length each row is padded to when it is the longest of its batch; uint16, or uint32 if need be."""
        if not len(lengths):
            return np.zeros(0, np.uint16)
        longest = int(lengths.max())
        if self.max_length is not None and longest > self.max_length:
            raise ValueError(f"Got a row of {longest} tokens for a maximum length of {self.max_length}.")
        buckets = self._buckets(longest)
        dtype = np.uint16 if buckets[-1] <= np.iinfo(np.uint16).max else np.uint32
        # A table of as many entries as there are lengths, so that millions of rows take one look-up each.
        table = buckets[np.searchsorted(buckets, np.arange(longest + 1))].astype(dtype)
        return table[lengths]

    def _buckets(self, longest: int) -> np.ndarray:
        """Return the padded lengths that there are, rising, up to the first that holds `longest` tokens."""
        if isinstance(self.bucket, int):
            count = max(1, -(-longest // self.bucket))
            buckets = self.bucket * np.arange(1, count + 1)
        else:
            doublings = 2 ** np.arange(max(5, longest.bit_length() + 1))
            buckets = np.unique(np.concatenate([doublings[4:], doublings[3:-1] * 3]))
            buckets = buckets[: np.searchsorted(buckets, longest) + 1]
        return buckets if self.max_length is None else np.minimum(buckets, self.max_length)
