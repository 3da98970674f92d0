"""Files of one word a line, with its tag beside it: the format of the CoNLL shared tasks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

import pyarrow as pa

from tltk.data.appearance import delimiter_advice
from tltk.data.clean import Cleaner
from tltk.data.reader import BATCH_ROWS, FileReader, Part, register_reader
from tltk.data.textfile import TextFile, has_undecodable
from tltk.errors import DataError, RecipeError
from tltk.recipe.data import DataSection

_BLANKS = " \t"
_SPLIT = re.compile(r"[ \t]+").split
_DOCUMENT = "-DOCSTART-"
_COLUMNS = "Set data.delimiter, or data.options word and tag to the numbers of the columns (from 0)."
_TABS = f"If columns are set apart by tabs alone: {delimiter_advice(chr(9))}"
_COMMENTS = "If lines that begin with # are comments, set data.options.comments: true."
_OPTIONS: Mapping[str, Any] = {
    "word": 0,
    "tag": -1,
    "comments": False,
    "strip_position": False,
    "unit": "sentence",
    "words": 150,
}


class _Fault(NamedTuple):
    """What is wrong with a line: its kind, a sentence about it, the line to look at, and what to do."""

    kind: str
    message: str
    line: int
    hint: str | None = None


class _First(NamedTuple):
    """The first line of words, which tells how many columns all have."""

    columns: int
    line: int
    text: str


@dataclass
class _Sentence:
    """Words and tags of a sentence that is being read, the number of its first line, and its first broken line."""

    start: int = 0
    words: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    fault: _Fault | None = None


@register_reader("conll")
class ConllReader(FileReader):
    """Reads sentences: columns at blanks and tabs (or at `data.delimiter`), an empty line between sentences.

    A row is a sentence, numbered by the line of its first word. Lines that begin with -DOCSTART- divide documents and
    are left out.

    `data.options`: `word` (0) and `tag` (-1) are the numbers of the columns, negative ones counted from the end;
    `comments: true` leaves out lines that begin with `#` and have not the columns of the others, and before the first
    word of a sentence all that begin with `#` and a space; `strip_position: true` takes the digits off
    the end of words that have more than them (`京1`, as Weibo NER numbers the characters of words); `unit: document`
    makes rows of whole sentences that follow each other in a document, up to `words` (150) words, so that each word
    has its neighbours for context.
    """

    suffixes = (".conll", ".bio", ".iob")
    counts_lines = True
    options = tuple(_OPTIONS)

    def __init__(self, section: DataSection, *, memory: Mapping[str, Any] | None = None) -> None:
        super().__init__(section, memory=memory)
        given = {**_OPTIONS, **section.options}
        for name in ("word", "tag", "words"):
            if isinstance(given[name], bool) or not isinstance(given[name], int):
                raise RecipeError(
                    f"Got {given[name]!r}; expected a whole number.",
                    where=f"data.options.{name}",
                    hint="Count columns from 0.",
                )
        if given["words"] < 1:
            raise RecipeError(
                f"Got {given['words']}; expected at least 1.",
                where="data.options.words",
                hint="Leave it out for 150.",
            )
        for name in ("comments", "strip_position"):
            if not isinstance(given[name], bool):
                raise RecipeError(
                    f"Got {given[name]!r}; expected true or false.",
                    where=f"data.options.{name}",
                    hint="Give one of the two.",
                )
        if given["unit"] not in ("sentence", "document"):
            raise RecipeError(
                f"Got {given['unit']!r}; expected sentence or document.",
                where="data.options.unit",
                hint="Give one of the two.",
            )
        self._word, self._tag, self._comments = given["word"], given["tag"], given["comments"]
        self._strips = given["strip_position"]
        self._most_words = given["words"] if given["unit"] == "document" else None

    def batches(self, part: Part, cleaner: Cleaner) -> Iterator[pa.RecordBatch]:
        if len(cleaner.text) > 1:
            raise DataError("Got two text columns; a row is one text.", where="data.text", hint="Name one column.")
        for sentences in _batched(self._rows(part, cleaner), BATCH_ROWS):
            columns = [[sentence.words for sentence in sentences], [sentence.tags for sentence in sentences]]
            starts = [sentence.start for sentence in sentences]
            yield cleaner.batch(part.origin, starts, columns if cleaner.labels else columns[:1])

    def encodings(self) -> list[str]:
        return [self._encoding] if hasattr(self, "_encoding") else []

    def _rows(self, part: Part, cleaner: Cleaner) -> Iterator[_Sentence]:
        """Yield sentences, or the sentences of a document put together; broken ones are handed on."""
        whole = _Sentence()
        for sentence in self._sentences(part, cleaner):
            if sentence.fault is not None:
                self._refuse(sentence, part, cleaner)
            elif self._most_words is None:
                if sentence.words:
                    yield sentence
            else:
                if whole.words and (not sentence.words or len(whole.words) + len(sentence.words) > self._most_words):
                    yield whole
                    whole = _Sentence()
                whole.start = whole.start or sentence.start
                whole.words += sentence.words
                whole.tags += sentence.tags
        if whole.words:
            yield whole

    def _sentences(self, part: Part, cleaner: Cleaner) -> Iterator[_Sentence]:
        """Yield the sentences of a file; one without words is the border of a document."""
        file = TextFile(part.handle, encoding=self.section.encoding, compression=self.section.compression)
        self._encoding = file.encoding
        sentence, number = _Sentence(), 0
        first: _First | None = None
        with file.open(newline=None) as stream:
            for number, line in enumerate(stream, start=1):
                text = line.rstrip("\n")
                is_border = text.startswith(_DOCUMENT)
                if is_border or not text.strip(_BLANKS):
                    if sentence.lines:
                        yield sentence
                    sentence = _Sentence()
                    if is_border:
                        yield sentence
                    continue
                fields = text.split(self.section.delimiter) if self.section.delimiter else _SPLIT(text.strip(_BLANKS))
                if self._comments and _is_comment(text, fields, first, begins=not sentence.lines):
                    continue
                if has_undecodable(text) and cleaner.broken.on_error == "raise":
                    raise file.decode_error()
                first = first or _First(len(fields), number, text)
                self._add(sentence, number, fields, text, first, file.encoding, bool(cleaner.labels))
        if sentence.lines:
            yield sentence
        if number == 0:
            raise DataError("The file is empty.", where=part.origin, hint="Name another file.")

    def _add(
        self, sentence: _Sentence, number: int, fields: list[str], text: str, first: _First, encoding: str, tagged: bool
    ) -> None:
        """Add a line to a sentence, or what is wrong with it if it is the first broken one."""
        sentence.start = sentence.start or number
        sentence.lines.append(text)
        fault = self._fault(number, fields, first, text, encoding, tagged)
        if fault is None:
            sentence.words.append(self._stripped(fields[self._word]))
            sentence.tags.append(fields[self._tag].strip() if tagged else "")
        elif sentence.fault is None:
            sentence.fault = fault

    def _fault(
        self, number: int, fields: list[str], first: _First, text: str, encoding: str, tagged: bool
    ) -> _Fault | None:
        """Return what is wrong with a line, or None."""
        if has_undecodable(text):
            return _Fault("undecodable bytes", f"The line has bytes that are not {encoding}.", number)
        hint = _COMMENTS if text.startswith("#") else _COLUMNS
        if "\t" in text and self.section.delimiter is None and not text.startswith("#"):
            hint = f"{_TABS} {_COLUMNS}"
        got = f"Got {len(fields)} columns in {text!r:.60}"
        if len(fields) != first.columns:
            if first.text.startswith("#") and not text.startswith("#"):
                got = f"Got {first.columns} columns in {first.text!r:.60}; line {number} has {len(fields)}"
                return _Fault("wrong column count", f"{got}.", first.line, _COMMENTS)
            return _Fault("wrong column count", f"{got}; the lines before have {first.columns}.", number, hint)
        for name, place in (("word", self._word), ("tag", self._tag))[: 2 if tagged else 1]:
            if not -len(fields) <= place < len(fields):
                return _Fault("wrong column count", f"{got}; data.options.{name} is {place}.", number, hint)
        if tagged and len(fields) < 2:
            message = f"Got one column in {text!r:.60}; expected a word and its tag."
            return _Fault("wrong column count", message, number, hint)
        if not fields[self._word].strip(_BLANKS):
            return _Fault("missing word", f"The word is missing in {text!r:.60}.", number)
        if tagged and not fields[self._tag].strip():
            return _Fault("missing label", f"The tag is missing in {text!r:.60}.", number)
        return None

    def _refuse(self, sentence: _Sentence, part: Part, cleaner: Cleaner) -> None:
        assert sentence.fault is not None
        kind, message, line, hint = sentence.fault
        cleaner.broken.add(kind, message, where=f"{part.origin}:{line}", raw="\n".join(sentence.lines), hint=hint)

    def _stripped(self, word: str) -> str:
        if not self._strips or len(word) < 2:
            return word
        bare = word.rstrip("0123456789")
        return bare or word[0]


def _is_comment(text: str, fields: Sequence[str], first: _First | None, *, begins: bool) -> bool:
    """Tell whether a line is a comment: by its columns, or by `# ` where a sentence begins (`# newpar` has two too)."""
    if begins and text.startswith("# "):
        return True
    return text.startswith("#") and (first is None or len(fields) != first.columns)


def _batched(sentences: Iterable[_Sentence], size: int) -> Iterator[list[_Sentence]]:
    """Yield lists of so many sentences; the last one may be shorter."""
    remaining = iter(sentences)
    while batch := list(islice(remaining, size)):
        yield batch
