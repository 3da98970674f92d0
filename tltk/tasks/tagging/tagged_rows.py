"""Labelled rows as words, or entities, and their types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tltk.data.running_text import split_words
from tltk.data.tag_schemes import Marks, read_tags, split_tag
from tltk.data.word_places import WordPlaces
from tltk.errors import DataError, did_you_mean
from tltk.tasks.tagging.tag_set import TagSet

if TYPE_CHECKING:
    from tltk.data import Rows


@dataclass(frozen=True, eq=False)
class TaggedRows:
    """The parts of some rows' texts that labels speak of, and what they say.

    Args:
        words: place of each word (format tags) or entity (format spans).
        prefixes: prefix of each tag as it stands in the rows, dtype `<U1`; B for entities.
        type_codes: number in `types` of each part's type, int32; -1 for O.
        types: names of the types, sorted.
    """

    words: WordPlaces
    prefixes: np.ndarray
    type_codes: np.ndarray
    types: tuple[str, ...]

    @classmethod
    def of(cls, rows: Rows, *, spans: bool) -> TaggedRows:
        """Return the labels of rows; of `SpansKind` where `spans`, else of `TagsKind`."""
        column = rows.column(rows.source.label or "").combine_chunks()
        found = column.flatten().field("label").dictionary_encode()
        names = found.dictionary.to_pylist()
        parts = [("B", name) if spans else split_tag(name) for name in names]
        types = tuple(sorted({type_ for prefix, type_ in parts if prefix != "O"}))
        codes = found.indices.to_numpy(zero_copy_only=False)
        prefixes = np.array([prefix for prefix, _ in parts], "<U1")
        numbers = np.array([types.index(type_) if prefix != "O" else -1 for prefix, type_ in parts], np.int32)
        if not names:
            return cls(WordPlaces.of(column), np.zeros(0, "<U1"), np.zeros(0, np.int32), ())
        return cls(WordPlaces.of(column), prefixes[codes], numbers[codes], types)

    @property
    def marks(self) -> Marks:
        """What the tags mean, the types numbered as in `types`."""
        return read_tags(self.prefixes, self.type_codes, self.words.firsts)

    @property
    def entities(self) -> int:
        """How many entities there are."""
        return int(self.marks.begins.sum())

    def marks_in(self, tags: TagSet, rows: Rows) -> Marks:
        """Return what the tags mean, the types numbered as in the model's.

        Raises:
            DataError: a type is not among them, or a word is outside of all where the model has no O; names the first
                row with such a word.
        """
        marks, types = self.marks, tags.types
        if tags.outside is None and np.any(self.type_codes < 0):
            raise DataError(
                "Got tag 'O', which the model does not know: every word of its training rows has a type.",
                where=self.where(rows, self.type_codes < 0),
                hint="Mend the tag, add training rows with O, or name O and all types in task.labels.",
            )
        unknown = set(self.types) - set(types)
        if unknown:
            strange = np.array([name in unknown for name in self.types])
            number = int(np.argmax((self.type_codes >= 0) & strange[self.type_codes]))
            name = self.types[self.type_codes[number]]
            raise DataError(
                f"Got an entity of type {name!r}, which the model does not know.",
                where=rows.where(int(self.words.examples[number])),
                hint=did_you_mean(name, types),
            )
        renumbered = np.array([*(types.index(name) for name in self.types), -1], np.int32)
        return Marks(renumbered[marks.types], marks.begins, marks.ends)

    def where(self, rows: Rows, parts: np.ndarray) -> str:
        """Return the place of the row with the first of some parts, given as truth values."""
        return rows.where(int(self.words.examples[int(np.argmax(parts))]))


def words_of(rows: Rows, texts: Sequence[str]) -> tuple[WordPlaces, list[bool]]:
    """Return the words of texts, and of which texts they were given: the label column tells, or else they are found."""
    if rows.source.label is None:
        return WordPlaces.split(texts), [False] * len(texts)
    column = rows.column(rows.source.label)
    given = column.is_valid().to_pylist()
    if all(given):
        return WordPlaces.of(column), given
    places = (
        split_words(text) if words is None else [(word["start"], word["end"]) for word in words]
        for words, text in zip(column.to_pylist(), texts, strict=True)
    )
    return WordPlaces.of_lists(list(places)), given
