"""Parts of texts (words, entities), and which tokens belong to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tltk.data.running_text import split_words
from tltk.data.token_places import TokenPlaces

SHIFT = 32
"""Bits of a character's place, in keys of (example, place)."""


@dataclass(frozen=True, eq=False)
class WordPlaces:
    """Parts of many texts, end to end: those of example i are `offsets[i]:offsets[i + 1]`.

    Args:
        offsets: int64 [examples + 1].
        starts, ends: characters of each part, int64; parts of a text stand in order and do not overlap.

    Example:
        >>> words = WordPlaces.split(["At home.", "北京"])
        >>> words.offsets.tolist(), words.starts.tolist(), words.ends.tolist()
        ([0, 3, 5], [0, 3, 7, 0, 1], [2, 7, 8, 1, 2])
    """

    offsets: np.ndarray
    starts: np.ndarray
    ends: np.ndarray

    @classmethod
    def of(cls, marks: pa.Array | pa.ChunkedArray) -> WordPlaces:
        """Return the places that a column of type `MARKS` holds."""
        column = marks.combine_chunks() if isinstance(marks, pa.ChunkedArray) else marks
        counts = pc.list_value_length(column).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
        flat = column.flatten()
        starts, ends = (flat.field(name).to_numpy(zero_copy_only=False).astype(np.int64) for name in ("start", "end"))
        return cls(np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]), starts, ends)

    @classmethod
    def of_lists(cls, places: Sequence[Sequence[tuple[int, int]]]) -> WordPlaces:
        """Return the places of lists of (start, end), one list a text."""
        flat = np.array([place for part in places for place in part], np.int64).reshape(-1, 2)
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(part) for part in places], dtype=np.int64)])
        return cls(offsets, flat[:, 0], flat[:, 1])

    @classmethod
    def split(cls, texts: Sequence[str]) -> WordPlaces:
        """Return the words of running text, see `split_words`."""
        return cls.of_lists([split_words(text) for text in texts])

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def examples(self) -> np.ndarray:
        """Number of the example of each part."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))

    @property
    def firsts(self) -> np.ndarray:
        """Whether each part is the first of its example."""
        first = np.zeros(len(self) + 1, bool)
        first[self.offsets[:-1]] = True
        return first[:-1]

    def of_tokens(self, tokens: TokenPlaces) -> np.ndarray:
        """Return the number of the part that each token belongs to, int64; -1 for none.

        A token belongs to the first part of which it has a character: the white space that a token may carry at its
        front does not count, nor do parts without any character.
        """
        there = np.flatnonzero(self.ends > self.starts)
        if not len(there):
            return np.full(len(tokens.rows), -1)
        examples = self.examples[there]
        keys = (examples << SHIFT) + self.ends[there]
        found = np.searchsorted(keys, (tokens.examples << SHIFT) + tokens.starts, side="right")
        nearest = np.minimum(found, len(there) - 1)
        touches = (
            (found < len(there))
            & (examples[nearest] == tokens.examples)
            & (self.starts[there][nearest] < tokens.ends)
            & (tokens.starts < tokens.ends)
            & tokens.is_text
        )
        return np.where(touches, there[nearest], -1)


@dataclass(frozen=True, eq=False)
class Alignment:
    """Which tokens belong to which part, the same in whatever window they stand.

    Args:
        tokens: the tokens.
        words: the parts.

    Attributes:
        parts: number of the part of each token, -1 for none.
        is_first, is_last: whether a token is the first or last one of its part.
    """

    tokens: TokenPlaces
    words: WordPlaces

    def __post_init__(self) -> None:
        parts = self.words.of_tokens(self.tokens)
        inside = np.flatnonzero(parts >= 0)
        position = self.tokens.positions
        first = np.full(len(self.words), np.iinfo(np.int64).max)
        last = np.full(len(self.words), -1)
        np.minimum.at(first, parts[inside], position[inside])
        np.maximum.at(last, parts[inside], position[inside])
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "is_first", (parts >= 0) & (first[parts] == position) if len(first) else parts >= 0)
        object.__setattr__(self, "is_last", (parts >= 0) & (last[parts] == position) if len(last) else parts >= 0)

    parts: np.ndarray = None  # type: ignore[assignment]
    is_first: np.ndarray = None  # type: ignore[assignment]
    is_last: np.ndarray = None  # type: ignore[assignment]
