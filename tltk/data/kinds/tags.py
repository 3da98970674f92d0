"""A tag for each word."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from tltk.data.kinds.kind import LabelKind
from tltk.data.kinds.lists import list_in, listed, plain
from tltk.data.kinds.marks import MARKS
from tltk.data.labels import LabelFault, LabelRule
from tltk.data.tag_schemes import split_tag
from tltk.errors import some_of
from tltk.recipe.data import DataSection

_LONG = 50
"""Words of a sentence that is hardly one."""


class TagsKind(LabelKind):
    """As many tags as words; stored as the place of each word in the text, and its tag as it stands in the source.

    The text column holds a list of words, such a list in JSON, or a text whose words are set apart by white space; the
    label column a list of tags, in JSON too, or tags set apart by white space. The text is the words put together.

    Args:
        joiner: what stands between words in the text: a blank, or nothing where words are characters (Chinese).
        rule: how tags are renamed.

    Example:
        >>> kind = TagsKind()
        >>> kind.clean([["New", "York", "wakes"]], [["B-LOC", "I-LOC", "O"]])
        (('New York wakes',), [(0, 3, 'B-LOC'), (4, 8, 'I-LOC'), (9, 14, 'O')])
        >>> TagsKind(joiner="").clean(["北 京"], ["B-LOC I-LOC"])
        (('北京',), [(0, 1, 'B-LOC'), (1, 2, 'I-LOC')])
    """

    name: ClassVar[str] = "tags"
    takes_words: ClassVar[bool] = True
    renames: ClassVar[bool] = True
    naming: ClassVar[str] = "data.label_names names whole tags, prefix and all: {B-PER: B-person, I-PER: I-person}."

    def __init__(self, *, joiner: str = " ", rule: LabelRule | None = None) -> None:
        self.joiner = joiner
        self.rule = rule or LabelRule()

    @classmethod
    def of(cls, section: DataSection, *, joiner: str = " ") -> TagsKind:
        """Return the kind that a recipe's data section asks for, with its new names."""
        return cls(joiner=joiner, rule=LabelRule.of(section))

    @property
    def stored(self) -> pa.DataType:
        return MARKS

    def clean(self, texts: Sequence[Any], labels: Sequence[Any]) -> tuple[tuple[str, ...], list[tuple[int, int, str]]]:
        words = words_of(texts[0])
        given = _tags_of(labels[0])
        if len(given) != len(words):
            raise LabelFault(f"Got {len(given)} tags for {len(words)} words; expected one a word.")
        tags = [self.rule(tag) for tag in given]
        for number, tag in enumerate(tags):
            prefix, type_ = split_tag(tag)
            if prefix != "O" and not type_.strip():
                raise LabelFault(f"Got tag {tag!r} for word {number + 1} ({words[number]!r}), which names no type.")
        return (self.joiner.join(words),), [
            (start, end, tag) for (start, end), tag in zip(self.places(words), tags, strict=True)
        ]

    def texts(self, values: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(self.joiner.join(words_of(value)) if _may_be_words(value) else value for value in values)

    def places(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """Return where each word stands in the text that the words make."""
        ends = list(accumulate(len(word) + len(self.joiner) for word in words))
        return [
            (end - len(self.joiner) - len(word), end - len(self.joiner)) for word, end in zip(words, ends, strict=True)
        ]

    def count(self, column: pa.Array) -> Counter[str]:
        tags = column.flatten().field("label").value_counts().to_pylist()
        counts: Counter[str] = Counter()
        for entry in tags:
            if (type_ := self.counted_as(entry["values"])) is not None:
                counts[type_] += entry["counts"]
        return counts

    def counted_as(self, label: str) -> str | None:
        prefix, type_ = split_tag(label)
        return None if prefix == "O" else type_

    def remarks(self, column: pa.ChunkedArray, counts: Mapping[str, int]) -> list[str]:
        most = pc.max(pc.list_value_length(column)).as_py() or 0
        if len(column) == 1 and most > _LONG:
            return [f"the only row has {most} words; in CoNLL's columns an empty line stands between two sentences."]
        if len(column) > 1 and most == 1:
            return [
                "every row is a single word, without its neighbours; put all words of a sentence into one row, and "
                "their tags (docs/tasks.md)."
            ]
        if counts and all(name.isdecimal() for name in counts):
            return [_of_numbers(sorted(counts, key=int))]
        return []

    def config(self) -> dict[str, Any]:
        return {"joiner": self.joiner}


class WordsKind(LabelKind):
    """No label; a text may be a list of its words, which passes through a column of text as JSON.

    Example:
        >>> kind = WordsKind()
        >>> (text, other) = kind.texts([["New", "York"], "New York"])
        >>> kind.read(text), kind.read(other)
        (['New', 'York'], 'New York')
    """

    name: ClassVar[str] = "words"
    fewest: ClassVar[int] = 0
    most: ClassVar[int | None] = 0
    takes_words: ClassVar[bool] = True

    @property
    def stored(self) -> pa.DataType:
        return pa.null()

    def clean(self, texts: Sequence[Any], labels: Sequence[Any]) -> tuple[tuple[str, ...], None]:
        return self.texts(texts), None

    def texts(self, values: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(_text_of(value) if _may_be_words(value) else value for value in values)

    def read(self, text: str) -> str | list[str]:
        """Return the words of a text that is a list in JSON; any other text as it is."""
        words = _words_in(text)
        return text if words is None else words


def _of_numbers(numbers: list[str]) -> str:
    span = f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 2 else " and ".join(numbers)
    return (
        f"all tags are numbers ({some_of(numbers, 5)}), each learned as a type of its own; name them with "
        f"data.label_names: {{0: O, 1: B-PER, 2: I-PER, ...}}, one for each of {span}."
    )


def words_of(value: Any) -> list[str]:
    """Return the words of a list, of a JSON list as text, or of a text at white space.

    Raises:
        LabelFault: it is none of them, or a word is no text.
    """
    words = _words_in(value) if isinstance(value, str) else listed(value, "words")
    if words is None:
        return value.split()
    for number, word in enumerate(words):
        if not isinstance(word, str):
            raise LabelFault(f"Got {word!r} of type {type(word).__name__} as word {number + 1}; expected text.")
    return words


def _words_in(text: str) -> list[Any] | None:
    """Return the list that a text is in JSON; None for other text, as is one of numbers alone ("[1]", a reference)."""
    found = list_in(text)
    return found if found is None or not found or any(isinstance(word, str) for word in found) else None


def _text_of(value: Any) -> str:
    """Return words as a JSON list, and text as it is."""
    if isinstance(value, str) and _words_in(value) is None:
        return value
    return json.dumps(words_of(value), ensure_ascii=False)


def _tags_of(value: Any) -> list[Any]:
    """Return the tags of a list, of a JSON list as text, or of a text at white space."""
    if not isinstance(value, str):
        return listed(value, "tags")
    found, tags = list_in(value), value.split()
    if found is None and tags and tags[0] != "[" and tags[0].startswith("[") and tags[-1].endswith("]"):
        raise LabelFault(f"Got {value!r:.80}, which is not a JSON list; write JSON, with double quotes.")
    return tags if found is None else found


def _may_be_words(value: Any) -> bool:
    return isinstance(plain(value), str | list | tuple)  # anything else is refused by who asked
