"""Which tag each token learns, and which each word gets."""

from __future__ import annotations

import numpy as np

from tltk.data.tag_schemes import Marks, ending, join_tag, prefixes_of
from tltk.data.word_places import Alignment, WordPlaces
from tltk.tasks.tagging.tag_set import TagSet
from tltk.tasks.tagging.tagged_units import TaggedUnits

IGNORED = -1


def labels_of_tokens(
    alignment: Alignment, marks: Marks, tags: TagSet, *, pieces: str, rest: np.ndarray | None = None
) -> np.ndarray:
    """Return the number of the tag that each token learns, int32; -1 for none.

    Args:
        alignment: which tokens belong to which part (word or entity).
        marks: what the parts are.
        tags: the tags.
        pieces: `first`: the first token of a part learns its tag; `all`: its other tokens too, as inside of the entity.
        rest: which tokens that belong to no part learn O; None for none.
    """
    labels = np.full(len(alignment.parts), IGNORED, np.int32)
    if pieces == "first":
        firsts = np.flatnonzero(alignment.is_first)
        labels[firsts] = tags.numbers(marks)[alignment.parts[firsts]]
    else:
        inside = np.flatnonzero(alignment.parts >= 0)
        parts = alignment.parts[inside]
        begins = marks.begins[parts] & alignment.is_first[inside]
        ends = marks.ends[parts] & alignment.is_last[inside]
        labels[inside] = tags.numbers(Marks(marks.types[parts], begins, ends))
    if rest is not None and tags.outside is not None:
        labels[rest & (alignment.parts < 0)] = tags.outside
    return labels


def marks_of_words(words: WordPlaces, units: TaggedUnits, tags: TagSet) -> Marks:
    """Return what the model says of each word, those of all texts end to end; the types are numbered as in `tags`.

    Args:
        words: the words.
        units: those that have a token, with their tags.
        tags: the tags.

    A word without a token (its characters vanish in the tokenizer) is inside the entity that goes on around it, or O.
    """
    marks = units.marks(tags)
    types = np.full(len(words), -1, np.int32)
    begins = np.zeros(len(words), bool)
    types[units.numbers], begins[units.numbers] = marks.types, marks.begins
    without = np.setdiff1d(np.arange(len(words)), units.numbers)
    after = np.searchsorted(units.numbers, without)
    between = (after > 0) & (after < len(units.numbers))
    without, after = without[between], after[between]
    goes_on = (marks.types[after] >= 0) & ~marks.begins[after]
    types[without[goes_on]] = marks.types[after[goes_on]]
    return Marks(types, begins, ending(types, begins, words.firsts))


def tags_of_words(marks: Marks, tags: TagSet) -> list[str]:
    """Return the tag of each word, as the scheme of `tags` writes it, whatever the model broke."""
    is_bare = "" in tags.prefixes
    names = (*tags.types, "")
    return [
        join_tag("" if is_bare and prefix != "O" else prefix, names[type_])
        for prefix, type_ in zip(prefixes_of(marks, tags.scheme).tolist(), marks.types.tolist(), strict=True)
    ]
