"""JSON files in the layout of SQuAD: articles of paragraphs of questions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pyarrow as pa

from tltk.data.clean import Cleaner
from tltk.data.reader import BATCH_ROWS, FileReader, Part, register_reader, require_columns
from tltk.data.textfile import TextFile, has_undecodable
from tltk.errors import DataError

COLUMNS = ("id", "title", "context", "question", "answers")
"""Columns that a row of such a file has."""

_LAYOUT = '{"data": [{"title": ..., "paragraphs": [{"context": ..., "qas": [{"id", "question", "answers"}]}]}]}'


class _Fault(ValueError):
    """What is wrong at some place of the document."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


class _Row(NamedTuple):
    path: str
    values: dict[str, Any]


@register_reader("squad")
class SquadReader(FileReader):
    """Reads the questions of SQuAD 1.1 and 2.0 files (Rajpurkar et al. 2016, 2018), one row each.

    A row has the columns id, title, context, question and answers. A question with `is_impossible: true` has no
    answers; `plausible_answers` are not read. Rows are numbered from 0 in the order of the file; errors name the path
    (`data[3].paragraphs[0].qas[2]`) and the question's id. The suffix .json alone does not choose this reader, since
    it may be JSON Lines too: say `source: squad`.
    """

    def batches(self, part: Part, cleaner: Cleaner) -> Iterator[pa.RecordBatch]:
        require_columns(cleaner.fields, COLUMNS, where=part.origin)
        rows: list[_Row] = []
        first = 0
        for row in self._rows(self._document(part), part.origin, cleaner):
            rows.append(row)
            if len(rows) == BATCH_ROWS:
                yield _batch(rows, first, part.origin, cleaner)
                first, rows = first + len(rows), []
        if rows:
            yield _batch(rows, first, part.origin, cleaner)

    def encodings(self) -> list[str]:
        return [self._encoding] if hasattr(self, "_encoding") else []

    def _document(self, part: Part) -> list[Any]:
        """Return the file's articles."""
        file = TextFile(part.handle, encoding=self.section.encoding, compression=self.section.compression)
        self._encoding = file.encoding
        with file.open(newline=None) as stream:
            text = stream.read()
        if has_undecodable(text):
            raise file.decode_error()
        if not text.strip():
            raise DataError("The file is empty.", where=part.origin, hint="Give a file with questions.")
        try:
            document = json.loads(text)
        except json.JSONDecodeError as error:
            lines = "It looks like one object a line: set data.source: jsonl."
            raise DataError(
                f"The file is not JSON ({error.msg} at character {error.colno}).",
                where=f"{part.origin}:{error.lineno}",
                hint=lines if error.msg == "Extra data" else "Write or fetch it again.",
            ) from None
        except ValueError as error:  # an integer of more digits than Python reads
            raise DataError(
                f"The file has a number that cannot be read ({error}).",
                where=part.origin,
                hint="Write answer_start as the character where the answer begins.",
            ) from None
        except RecursionError:
            raise DataError("The JSON is nested too deep.", where=part.origin, hint=f"Expected {_LAYOUT}.") from None
        if not isinstance(document, dict) or not isinstance(document.get("data"), list):
            found = f"the keys {', '.join(map(repr, document))}" if isinstance(document, dict) else "no object"
            raise DataError(
                f"Got {found}; expected an object with the list 'data'.", where=part.origin, hint=f"Expected {_LAYOUT}."
            )
        return document["data"]

    def _rows(self, articles: list[Any], origin: str, cleaner: Cleaner) -> Iterator[_Row]:
        """Yield the file's questions; what is not of the layout is a broken row."""
        for path, article in _numbered(articles, "data"):
            try:
                title = _object(article, path).get("title", "")
                paragraphs = _list(article, "paragraphs", path)
            except _Fault as fault:
                _add_broken(cleaner, origin, fault, article)
                continue
            for inner, paragraph in _numbered(paragraphs, f"{path}.paragraphs"):
                try:
                    questions = _list(_object(paragraph, inner), "qas", inner)
                    context = _value(paragraph, "context", inner)
                except _Fault as fault:
                    _add_broken(cleaner, origin, fault, paragraph)
                    continue
                for place, asked in _numbered(questions, f"{inner}.qas"):
                    try:
                        values = {"title": title, "context": context, **_question(asked, place, bool(cleaner.labels))}
                    except _Fault as fault:
                        _add_broken(cleaner, origin, fault, asked)
                        continue
                    yield _Row(_named(place, asked), values)


def _batch(rows: list[_Row], first: int, origin: str, cleaner: Cleaner) -> pa.RecordBatch:
    columns = [[row.values[name] for row in rows] for name in cleaner.fields]
    places = [f"{origin}, {row.path}" for row in rows]
    return cleaner.batch(origin, range(first, first + len(rows)), columns, places=places)


def _question(asked: Any, path: str, labelled: bool) -> dict[str, Any]:
    """Return a question's own values; answers only where they are wanted."""
    question = _value(_object(asked, path), "question", path)
    return {
        "id": str(asked.get("id", "")),
        "question": question,
        "answers": _answers(asked, path) if labelled else None,
    }


def _answers(asked: Mapping[str, Any], path: str) -> list[Any]:
    impossible = asked.get("is_impossible", False)
    if not isinstance(impossible, bool):
        raise _Fault(_named(path, asked), f"Got is_impossible {impossible!r:.40}; expected true or false.")
    if impossible and "answers" not in asked:
        return []
    answers = _list(asked, "answers", _named(path, asked))
    if impossible and answers:
        raise _Fault(_named(path, asked), f"Got is_impossible: true and {len(answers)} answers; expected none.")
    return answers


def _numbered(values: list[Any], path: str) -> Iterator[tuple[str, Any]]:
    return ((f"{path}[{number}]", value) for number, value in enumerate(values))


def _object(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _Fault(path, f"Got {value!r:.60}; expected an object.")
    return value


def _value(parent: Mapping[str, Any], key: str, path: str) -> Any:
    if key not in parent:
        found = ", ".join(map(repr, parent)) or "none"
        raise _Fault(_named(path, parent), f"There is no key {key!r}; the keys are {found}.")
    return parent[key]


def _list(parent: Mapping[str, Any], key: str, path: str) -> list[Any]:
    value = _value(parent, key, path)
    if not isinstance(value, list):
        raise _Fault(_named(path, parent), f"Got {key} {value!r:.60}; expected a list.")
    return value


def _named(path: str, asked: Any) -> str:
    """Return a place with the question's id."""
    given = asked.get("id") if isinstance(asked, Mapping) else None
    return path if given is None or "(id " in path else f"{path} (id {given!r})"


def _add_broken(cleaner: Cleaner, origin: str, fault: _Fault, value: Any) -> None:
    raw = json.dumps(value, ensure_ascii=False, default=repr)
    cleaner.broken.add(
        "not SQuAD's layout", str(fault), where=f"{origin}, {fault.path}", raw=raw, hint=f"Expected {_LAYOUT}."
    )
