"""Tags of words, from any scheme to one form and back.

A tag is `O`, or a prefix and a type (`B-PER`), or a type alone (`PER`, `NN`). The one form is: for each word the type,
and whether an entity begins with it. It is read as conlleval reads tags (Tjong Kim Sang & De Meulder 2003), which
understands IOB1, BIO (IOB2), BIOES, BILOU, BMES and IO, and gives each sequence a meaning, also one that breaks its
scheme: an `I-` after `O` or after another type begins an entity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

OUTSIDE = "O"
SCHEMES: Mapping[str, str] = {"bio": "BI", "bioes": "BIES", "io": "I"}
"""Prefixes of each scheme that tags are written in."""

_PREFIXES = {"B": "B", "I": "I", "O": "O", "E": "E", "S": "S", "L": "E", "U": "S", "M": "I", "W": "S"}
_MARKS = "-_"


class Marks(NamedTuple):
    """What the tags of some words say, in the one form.

    Args:
        types: number of each word's type, int32; -1 for none (O).
        begins: whether an entity begins with the word.
        ends: whether an entity ends with the word.
    """

    types: np.ndarray
    begins: np.ndarray
    ends: np.ndarray


def split_tag(tag: str) -> tuple[str, str]:
    """Return a tag's prefix, as one of B, I, E, S, O, and its type; the prefix of a type alone is empty.

    Example:
        >>> split_tag("B-PER"), split_tag("O"), split_tag("U-LOC"), split_tag("NN"), split_tag("PER-B")
        (('B', 'PER'), ('O', ''), ('S', 'LOC'), ('', 'NN'), ('', 'PER-B'))
    """
    if tag == OUTSIDE:
        return "O", ""
    if len(tag) > 1 and tag[0] in _PREFIXES and tag[0] != "O" and tag[1] in _MARKS:
        return _PREFIXES[tag[0]], tag[2:]
    return "", tag


def join_tag(prefix: str, type_: str) -> str:
    """Return the tag of a prefix and a type.

    Example:
        >>> join_tag("B", "PER"), join_tag("", "NN"), join_tag("O", "")
        ('B-PER', 'NN', 'O')
    """
    if prefix == "O":
        return OUTSIDE
    return f"{prefix}-{type_}" if prefix else type_


def read_tags(prefixes: np.ndarray, types: np.ndarray, firsts: np.ndarray) -> Marks:
    """Return what tags mean by the rule of conlleval.

    Args:
        prefixes: of each tag, one of B, I, E, S, O and the empty string (read like I), dtype `<U1`.
        types: number of each tag's type, int32; -1 where the prefix is O.
        firsts: whether the tag is the first of its sentence.

    Example:
        >>> marks = read_tags(np.array(list("OIIBE")), np.array([-1, 0, 0, 0, 0]), np.array([1, 0, 0, 0, 0], bool))
        >>> marks.begins.tolist(), marks.ends.tolist()
        ([False, True, False, True, False], [False, False, True, False, True])
    """
    inside = types >= 0
    before = np.concatenate([[-1], types[:-1]]) if len(types) else types
    closed = np.concatenate([[False], np.isin(prefixes[:-1], ("E", "S"))]) if len(types) else inside
    begins = inside & (np.isin(prefixes, ("B", "S")) | firsts | closed | (before != types))
    return Marks(types, begins, ending(types, begins, firsts))


def ending(types: np.ndarray, begins: np.ndarray, firsts: np.ndarray) -> np.ndarray:
    """Return with which words an entity ends: those inside one after which there is none, or another begins."""
    after = np.concatenate([types[1:] < 0, [True]]) if len(types) else types < 0
    new = np.concatenate([begins[1:] | firsts[1:], [True]]) if len(types) else types < 0
    return (types >= 0) & (after | new)


def prefixes_of(marks: Marks, scheme: str) -> np.ndarray:
    """Return the prefix of each word in a scheme, dtype `<U1`; O outside of entities.

    Example:
        >>> marks = Marks(np.array([0, 0, -1, 0]), np.array([1, 0, 0, 1], bool), np.array([0, 1, 0, 1], bool))
        >>> ["".join(prefixes_of(marks, scheme)) for scheme in SCHEMES]
        ['BIOB', 'BEOS', 'IIOI']
    """
    inside = np.full(len(marks.types), "I")
    if scheme == "bio":
        inside[marks.begins] = "B"
    elif scheme == "bioes":
        inside[marks.begins] = "B"
        inside[marks.ends] = "E"
        inside[marks.begins & marks.ends] = "S"
    return np.where(marks.types >= 0, inside, "O")


def convert_tags(tags: Sequence[str], scheme: str) -> list[str]:
    """Return the tags of one sentence in another scheme.

    Args:
        tags: in any scheme that conlleval can read; types alone are taken for IO.
        scheme: bio, bioes or io.

    Example:
        >>> convert_tags(["I-PER", "I-PER", "B-PER", "O", "I-LOC"], "bio")
        ['B-PER', 'I-PER', 'B-PER', 'O', 'B-LOC']
        >>> convert_tags(["B-PER", "I-PER", "O", "B-LOC"], "bioes")
        ['B-PER', 'E-PER', 'O', 'S-LOC']
    """
    parts = [split_tag(tag) for tag in tags]
    names = sorted({type_ for prefix, type_ in parts if prefix != "O"})
    numbers = {name: number for number, name in enumerate(names)}
    types = np.array([numbers.get(type_, -1) if prefix != "O" else -1 for prefix, type_ in parts], np.int32)
    firsts = np.arange(len(tags)) == 0
    marks = read_tags(np.array([prefix for prefix, _ in parts], "<U1"), types, firsts)
    written = prefixes_of(marks, scheme)
    return [
        join_tag(str(prefix), names[type_] if type_ >= 0 else "") for prefix, type_ in zip(written, types, strict=True)
    ]
