"""Where the tokens of encoded rows lie: in which example, at which characters, and the how-manieth of its text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tltk.data.encoded import ENDS, NO_TEXT, STARTS, TEXTS, Encoded


@dataclass(frozen=True, eq=False)
class TokenPlaces:
    """One entry a token, all tokens of all rows end to end, as token-wise outputs come.

    Args:
        rows: number of the token's row, never falling.
        examples: number of its example, never falling.
        starts, ends: its characters in the text; of special tokens 0. White space may stand at the front.
        positions: the how-manieth token of the example's text it is, counted over all its windows, so that one token in
            two windows has one number; -1 for special tokens.
        contexts: how many tokens of text the row has on the token's shorter side; -1 for special tokens.

    Example:
        >>> from tltk.data import Encoded, Ragged
        >>> columns = {"texts": [[255, 0, 0, 255], [255, 0, 0, 255]], "starts": [[0, 0, 2, 0], [0, 2, 4, 0]]}
        >>> columns["ends"] = [[0, 1, 3, 0], [0, 3, 5, 0]]
        >>> encoded = Encoded.from_ids([[1, 7, 8, 2], [1, 8, 9, 2]])
        >>> places = {name: Ragged.from_rows(rows) for name, rows in columns.items()}
        >>> windows = Encoded(encoded.ragged, encoded.lengths, places=places, examples=np.array([0, 0]), stride=1)
        >>> TokenPlaces.of(windows).positions.tolist()
        [-1, 0, 1, -1, -1, 1, 2, -1]
    """

    rows: np.ndarray
    examples: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    positions: np.ndarray
    contexts: np.ndarray

    @classmethod
    def of(cls, encoded: Encoded) -> TokenPlaces:
        """Return the places of all tokens of encoded rows, of one text each, that were encoded with their places."""
        stored = np.arange(len(encoded)) if encoded.index is None else np.asarray(encoded.index, np.int64)
        texts, starts, ends = (encoded.places[name].take(stored).values for name in (TEXTS, STARTS, ENDS))
        lengths = encoded.lengths.astype(np.int64)
        rows = np.repeat(np.arange(len(encoded)), lengths)
        is_text = texts != NO_TEXT
        counts = np.bincount(rows[is_text], minlength=len(encoded))
        within = np.cumsum(is_text) - 1 - np.repeat(np.cumsum(counts) - counts, lengths)
        position = within + np.repeat(_first_positions(encoded.rows, counts, encoded.stride), lengths)
        context = np.minimum(within, np.repeat(counts, lengths) - 1 - within)
        return cls(
            rows,
            np.repeat(encoded.rows.astype(np.int64), lengths),
            starts.astype(np.int64),
            ends.astype(np.int64),
            np.where(is_text, position, -1),
            np.where(is_text, context, -1),
        )

    @property
    def is_text(self) -> np.ndarray:
        """Whether each token is of the text, not special."""
        return self.positions >= 0

    def once(self) -> np.ndarray:
        """Return every token of each text once, in order: its index where it has most context on its shorter side.

        Of two windows that give a token as much, the first counts.
        """
        tokens = np.flatnonzero(self.is_text)
        order = np.lexsort((self.rows[tokens], -self.contexts[tokens], self.positions[tokens], self.examples[tokens]))
        tokens = tokens[order]
        new = np.ones(len(tokens), bool)
        new[1:] = (np.diff(self.examples[tokens]) != 0) | (np.diff(self.positions[tokens]) != 0)
        return tokens[new]


def _first_positions(examples: np.ndarray, counts: np.ndarray, stride: int) -> np.ndarray:
    """Return of each row the position of its first token of text: windows of an example begin at equal distances."""
    if not len(examples):
        return np.zeros(0, np.int64)
    new = np.concatenate([[True], np.diff(examples) != 0])
    firsts = np.flatnonzero(new)
    number = np.cumsum(new) - 1
    window = np.arange(len(examples)) - firsts[number]
    return window * np.maximum(counts[firsts][number] - stride, 0)
