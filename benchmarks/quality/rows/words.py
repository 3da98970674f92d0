"""Sentences whose words are tagged, in files of a word a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_DOCUMENT = "-DOCSTART-"


@dataclass(frozen=True)
class TaggedWords:
    """The words of a sentence and the tag of each, IOB2."""

    words: tuple[str, ...]
    tags: tuple[str, ...]


def read_columns(path: Path, separator: str, word: Callable[[str], str] = str) -> list[TaggedWords]:
    """Return the sentences of a file with the word in the first column and the tag in the second; others are ignored.

    Empty lines end a sentence. Sentences of a line that marks the beginning of a document are left out.

    Args:
        path: the file, UTF-8.
        separator: what stands between the columns.
        word: makes the word of what stands in the first column.

    Raises:
        ValueError: a line has no second column; names file and line.
    """
    sentences: list[TaggedWords] = []
    found: list[tuple[str, str]] = []
    # Split by newlines alone: a word may be a character that str.splitlines takes for the end of a line.
    for number, line in enumerate([*path.read_text(encoding="utf-8").split("\n"), ""], start=1):
        fields = line.rstrip("\r").split(separator)
        if fields == [""]:
            if found and found[0][0] != _DOCUMENT:
                words, tags = zip(*found, strict=True)
                sentences.append(TaggedWords(words, tags))
            found = []
        elif len(fields) < 2:
            raise ValueError(f"{path}:{number}: no tag in {line!r}.")
        else:
            found.append((word(fields[0]), fields[1]))
    return sentences
