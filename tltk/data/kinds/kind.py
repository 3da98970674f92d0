"""The contract of a kind of label: how it is checked, stored and counted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pyarrow as pa

from tltk.recipe.data import DataSection


class LabelKind(ABC):
    """What a task finds in its label column(s).

    Every row passes `clean` once, when it is read; what that returns is stored in one Arrow column of type `stored`. A
    kind that can check a whole column at once says so by `columnar`; its rows are looked at one by one only where
    `array` refuses them.

    Attributes:
        name: in fingerprints and errors.
        exclusive: whether each row has exactly one label of a closed set; such rows are split by label.
        binarizes: whether `data.binarize` can make its labels of numbers.
        renames: whether `data.label_names` gives its labels new names.
        naming: what is to be known of new names (`data.label_names`) that no row takes, as a sentence.
        columnar: whether `array` does for whole columns what `clean` does for a row.
        fewest: least number of label columns.
        most: greatest number of label columns; None for any.
        takes_words: whether a text may be given as the list of its words.
        shares_texts: whether many rows share their last text, as questions share a context; it is then told where a
            drawn split divides them.
    """

    name: ClassVar[str]
    exclusive: ClassVar[bool] = False
    binarizes: ClassVar[bool] = False
    renames: ClassVar[bool] = False
    naming: ClassVar[str] = ""
    columnar: ClassVar[bool] = False
    fewest: ClassVar[int] = 1
    most: ClassVar[int | None] = 1
    takes_words: ClassVar[bool] = False
    shares_texts: ClassVar[bool] = False

    @property
    @abstractmethod
    def stored(self) -> pa.DataType:
        """Arrow type of the column in which labels are kept."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """All labels, where they are known before any row is read, as columns of yes and no tell; else none."""
        return ()

    @abstractmethod
    def clean(self, texts: Sequence[Any], labels: Sequence[Any]) -> tuple[tuple[str, ...], Any]:
        """Return a row's texts and its label, both as they are stored.

        Args:
            texts: value of each text column; what `texts` makes of them is text.
            labels: value of each label column.

        A kind that put the label right returns it `Mended`.

        Raises:
            LabelFault: the label cannot be used; the message says why.
        """

    def texts(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """Return the values of the text columns as they are stored; a kind may take more than strings for text.

        Raises:
            LabelFault: one cannot be used; what is no text at all comes back as it is.
        """
        return tuple(values)

    def array(self, columns: Sequence[Any]) -> pa.Array:
        """Return whole label columns as they are stored, where `columnar`.

        Raises:
            LabelFault: a label cannot be used.
        """
        raise TypeError(f"Labels of kind {self.name!r} are cleaned row by row.")

    def count(self, column: pa.Array) -> Counter[str]:
        """Return how often each label stands in a stored column; empty for labels that are not of a closed set."""
        return Counter()

    def counted_as(self, label: str) -> str | None:
        """Return the label that `count` counts a label as; None where it is not counted."""
        return label

    def remarks(self, column: pa.ChunkedArray, counts: Mapping[str, int]) -> list[str]:
        """Return what looks wrong about the form of the training labels, each the end of a sentence.

        Args:
            column: as they are stored.
            counts: how often each stands there, as `count` has it.
        """
        return []

    def config(self) -> dict[str, Any]:
        """Return what two kinds of the same name may differ in, as plain JSON; part of the fingerprint of a table."""
        return {}


def label_columns(section: DataSection) -> tuple[str, ...]:
    """Return a recipe's label column(s) as a tuple.

    Example:
        >>> label_columns(DataSection(label="stars"))
        ('stars',)
    """
    return (section.label,) if isinstance(section.label, str) else tuple(section.label)
