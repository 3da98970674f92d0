"""Tokenised rows, ready to be gathered into batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tltk.data.ragged import Ragged

INPUT_IDS = "input_ids"
ATTENTION_MASK = "attention_mask"
TOKEN_TYPE_IDS = "token_type_ids"
TEXTS, STARTS, ENDS = "texts", "starts", "ends"
NO_TEXT = 255


@dataclass(frozen=True, eq=False)
class Encoded:
    """Rows as token ids: named ragged columns, dense columns, and a view on a selection of the rows.

    The ragged columns hold every row ever encoded and may be memory-mapped; `take` selects rows by an index
    array alone, so that the splits of one table share them. `len()`, `lengths`, `dense`, `aligned` and `examples` speak
    of the selected rows.

    A *row* is what the model sees; an *example* is one line of the data. A long text makes several rows (windows),
    a pair of texts that are encoded apart makes two.

    Args:
        ragged: columns of unequal length by name; `input_ids` must be among them, `token_type_ids` may be.
        lengths: tokens of each selected row, int32 of shape [rows].
        dense: columns with one entry a selected row by name (targets), each of shape [rows, ...].
        aligned: columns with one entry a token by name (targets), ragged like `input_ids`.
        places: where each token comes from: "texts" (number of the text in its example; `NO_TEXT` for special
            tokens), "starts" and "ends" (characters of that text); empty where they were not asked for.
        zeros: names of further inputs that are zero everywhere and are therefore not stored (the token types of
            single texts).
        index: the selected rows of the ragged columns; None for all.
        examples: for each selected row the number of the example it was cut from, where one example makes
            several rows (windows of a long text, texts encoded apart), never falling; None where row i is example i.
        group: rows of every example where that is a fixed number greater than one; they stay together in batches.
        stride: how many tokens neighbouring windows of an example share.
        truncated: how many texts of the whole table were cut to the maximum length.

    Example:
        >>> encoded = Encoded.from_ids([[101, 7, 102], [101, 102]])
        >>> encoded.take([1]).batch(np.array([0]), length=4)["attention_mask"]
        array([[1, 1, 0, 0]], dtype=int32)
    """

    ragged: Mapping[str, Ragged]
    lengths: np.ndarray
    dense: Mapping[str, np.ndarray] = field(default_factory=dict)
    aligned: Mapping[str, Ragged] = field(default_factory=dict)
    places: Mapping[str, Ragged] = field(default_factory=dict)
    zeros: tuple[str, ...] = ()
    index: np.ndarray | None = None
    examples: np.ndarray | None = None
    group: int = 1
    stride: int = 0
    truncated: int = 0

    @classmethod
    def from_ids(cls, ids: Any, *, pad: int = 0, zeros: tuple[str, ...] = (), **dense: Any) -> Encoded:
        """Build from lists of token ids; keyword arguments are dense columns. For tests and small experiments."""
        column = Ragged.from_rows(ids, pad=pad)
        encoded = cls({INPUT_IDS: column}, np.diff(column.offsets).astype(np.int32), zeros=zeros)
        return encoded.with_dense(**dense)

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def pad(self) -> dict[str, int]:
        """The value that fills each ragged column."""
        return {name: column.pad for name, column in self.ragged.items()}

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the arrays that `batch` makes, in order."""
        return (INPUT_IDS, ATTENTION_MASK, *(name for name in self.ragged if name != INPUT_IDS), *self.zeros)

    @property
    def rows(self) -> np.ndarray:
        """For each row the number of the example it belongs to, integers of shape [rows]."""
        return np.arange(len(self)) if self.examples is None else self.examples

    @property
    def offsets(self) -> np.ndarray:
        """Where each row's tokens begin when those of all rows are laid end to end, and the end; int64 [rows + 1]."""
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(self.lengths, dtype=np.int64)])

    @property
    def example_count(self) -> int:
        """How many examples the rows belong to."""
        return len(self) if self.examples is None else int(self.examples[-1]) + 1 if len(self) else 0

    @property
    def targets(self) -> Mapping[str, Any]:
        """Every target column by name, dense or aligned."""
        return {**self.dense, **self.aligned}

    def with_targets(self, **columns: Any) -> Encoded:
        """Return the same rows with targets: arrays of shape [rows, ...], and `Ragged` columns with an entry a token.

        Raises:
            ValueError: a column has another number of rows, or an aligned one another length somewhere.
        """
        aligned = {name: column for name, column in columns.items() if isinstance(column, Ragged)}
        for name, column in aligned.items():
            if not np.array_equal(np.diff(column.offsets), self.lengths):
                raise ValueError(f"The lengths of column {name!r} are not those of the {len(self)} encoded rows.")
        dense = {name: column for name, column in columns.items() if name not in aligned}
        return replace(self.with_dense(**dense), aligned={**self.aligned, **aligned})

    def with_dense(self, **columns: Any) -> Encoded:
        """Return the same rows with further dense columns, each of shape [rows, ...].

        Raises:
            ValueError: a column has another number of rows.
        """
        arrays = {name: np.asarray(column) for name, column in columns.items()}
        for name, array in arrays.items():
            if array.shape[:1] != (len(self),):
                raise ValueError(f"Got column {name!r} of shape {array.shape} for {len(self)} encoded rows.")
        return replace(self, dense={**self.dense, **arrays})

    def take(self, rows: Any) -> Encoded:
        """Return a view on the given rows, in that order (None: all); the ragged columns are shared, not copied."""
        if rows is None:
            return self
        rows = np.asarray(rows)
        if rows.dtype.kind not in "iu":
            rows = rows.astype(np.int64)
        return replace(
            self,
            lengths=self.lengths[rows],
            dense={name: column[rows] for name, column in self.dense.items()},
            aligned={name: column.take(rows) for name, column in self.aligned.items()},
            index=_compact(rows) if self.index is None else self.index[rows],
            examples=None if self.examples is None else self.examples[rows],
        )

    def take_examples(self, examples: Any) -> Encoded:
        """Return a view on all rows of the given examples, in that order (None: all); they are then numbered anew."""
        if examples is None:
            return self
        if self.examples is None:
            return self.take(examples)
        examples = np.asarray(examples, np.int64)
        firsts = np.searchsorted(self.examples, examples)
        counts = np.searchsorted(self.examples, examples, side="right") - firsts
        numbers = np.repeat(np.arange(len(examples)), counts)
        within = np.arange(len(numbers)) - np.repeat(np.cumsum(counts) - counts, counts)
        return replace(self.take(np.repeat(firsts, counts) + within), examples=numbers)

    def place(self, name: str, row: int) -> np.ndarray:
        """Return one of the `places` of a row's tokens, integers of shape [tokens]."""
        return self.places[name][row if self.index is None else int(self.index[row])]

    def ids(self, row: int) -> np.ndarray:
        """Return the token ids of a row, integers of shape [tokens]."""
        return self.ragged[INPUT_IDS][row if self.index is None else int(self.index[row])]

    def batch(self, rows: np.ndarray, length: int) -> dict[str, np.ndarray]:
        """Gather rows into arrays for a model, int32 of shape [len(rows), length] each.

        Args:
            rows: numbers of rows of this view; -1 makes a padding row. A padding row attends to its first
                token, since attention and mean pooling over nothing give NaN, which no weight of zero undoes.
            length: the common length; no row may be longer.

        Returns:
            `input_ids`, `attention_mask`, and `token_type_ids` where the tokenizer has them.
        """
        stored = self._stored(np.asarray(rows))
        batch = {INPUT_IDS: self.ragged[INPUT_IDS].gather(stored, length)}
        attended = np.maximum(self.ragged[INPUT_IDS].lengths(stored), 1)
        batch[ATTENTION_MASK] = (np.arange(length) < attended[:, None]).astype(np.int32)
        for name, column in self.ragged.items():
            if name != INPUT_IDS:
                batch[name] = column.gather(stored, length)
        for name in self.zeros:
            batch[name] = np.zeros((len(stored), length), np.int32)
        return batch

    def gather_targets(self, name: str, rows: np.ndarray, length: int) -> np.ndarray:
        """Gather a target column; padding rows (-1) get zeros where it is dense, its padding where it is aligned."""
        rows = np.asarray(rows)
        if name in self.aligned:
            return self.aligned[name].gather(rows.astype(np.int64), length)
        gathered = self.dense[name][rows]
        gathered[rows < 0] = 0
        return gathered

    def _stored(self, rows: np.ndarray) -> np.ndarray:
        """Translate rows of this view to rows of the ragged columns, int64, keeping -1."""
        if self.index is None:
            return rows.astype(np.int64)
        return np.where(rows < 0, -1, self.index[rows].astype(np.int64))


def _compact(rows: np.ndarray) -> np.ndarray:
    """Return row numbers as uint32 where they fit: half the memory of an index into millions of rows."""
    if rows.size and rows.min() < 0:
        raise ValueError("Got negative row numbers to take.")
    fits = not rows.size or rows.max() < 2**32
    return rows.astype(np.uint32) if fits else rows.astype(np.int64)
