"""The tags that a model gives, in the order of its outputs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from tltk.data.tag_schemes import OUTSIDE, SCHEMES, Marks, join_tag, prefixes_of, split_tag


@dataclass(frozen=True)
class TagSet:
    """Tags by number, and what they say.

    Args:
        labels: the tags in the order of the outputs.
        scheme: bio, bioes or io.

    Attributes:
        types: the types of entities, in the order in which the labels name them.
        prefixes: prefix of each label, dtype `<U1`.
        type_numbers: number of each label's type, int32; -1 for O.

    Example:
        >>> tags = TagSet.of(["PER", "LOC"], "bio")
        >>> tags.labels
        ('O', 'B-LOC', 'I-LOC', 'B-PER', 'I-PER')
        >>> tags.numbers(Marks(np.array([1, 1, -1]), np.array([1, 0, 0], bool), np.array([0, 1, 0], bool))).tolist()
        [3, 4, 0]
    """

    labels: tuple[str, ...]
    scheme: str
    types: tuple[str, ...] = field(init=False)
    prefixes: np.ndarray = field(init=False, compare=False, repr=False)
    type_numbers: np.ndarray = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        parts = [split_tag(label) for label in self.labels]
        types = tuple(dict.fromkeys(type_ for prefix, type_ in parts if prefix != "O"))
        numbers = [types.index(type_) if prefix != "O" else -1 for prefix, type_ in parts]
        object.__setattr__(self, "types", types)
        object.__setattr__(self, "prefixes", np.array([prefix for prefix, _ in parts], "<U1"))
        object.__setattr__(self, "type_numbers", np.array(numbers, np.int32))

    @classmethod
    def of(cls, types: Iterable[str], scheme: str, *, bare: bool = False, outside: bool = True) -> TagSet:
        """Return all tags of some types, sorted by type, O first.

        Args:
            types: names of the types.
            scheme: bio, bioes or io.
            bare: name the type alone, without a prefix; for io.
            outside: whether there is a tag for what is no entity.
        """
        prefixes = ("",) if bare else tuple(SCHEMES[scheme])
        tags = [join_tag(prefix, type_) for type_ in sorted(types) for prefix in prefixes]
        return cls((*([OUTSIDE] if outside else []), *tags), scheme)

    @property
    def outside(self) -> int | None:
        """Number of the tag O; None where every word has a type."""
        return self.labels.index(OUTSIDE) if OUTSIDE in self.labels else None

    def numbers(self, marks: Marks) -> np.ndarray:
        """Return the number of each word's tag in the set's scheme, int32; -1 where the set has no such tag."""
        order = np.array(list("BEIOS"))
        table = np.full((len(order), len(self.types) + 1), -1, np.int32)  # type -1 is the last column
        rows = np.searchsorted(order, np.where(self.prefixes == "", "I", self.prefixes))
        table[rows, self.type_numbers] = np.arange(len(self.labels))
        return table[np.searchsorted(order, prefixes_of(marks, self.scheme)), marks.types]
