"""Rows for a trained model: a file to predict, labelled rows to score."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tltk.data import Rows, WordsKind, read, stream
from tltk.data.files import no_such_file
from tltk.data.squad_layout import looks_like_squad
from tltk.data.textfile import TextFile, has_undecodable
from tltk.errors import DataError, RecipeError, did_you_mean
from tltk.recipe import DataSection, Recipe, SplitSection
from tltk.tasks import Task

_WORDS = (".conll", ".bio", ".iob")
_TABULAR = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".pq", *_WORDS)
_COLUMN_FIELDS = ("text", "label", "label_names", "binarize")
_FORMAT_FIELDS = (*_COLUMN_FIELDS, "columns", "delimiter", "quoting", "encoding")


def file_texts(path: Path, data: DataSection, task: Task, changes: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the texts of a file: strings, or tuples for a pair, or lists where the file has words; lazily.

    Args:
        path: a csv, tsv, jsonl, parquet or conll file (also .gz) with the text column(s); any other is one text a line.
        data: the data section the model was trained by; says how its columns are called.
        task: the task; says what counts as text.
        changes: fields of it that differ in this file.

    Raises:
        DataError: the file is missing, cannot be read, lacks a column, or has none although one is named.
    """
    if not path.exists():
        raise no_such_file(path, where=str(path))
    # A row left out would shift all later answers against their inputs.
    section = file_section(path, data, {"on_error": "raise", **changes})
    if not is_tabular(path) and section.source != "conll":
        if given := [name for name in _COLUMN_FIELDS if name in changes]:
            raise DataError(
                f"Got {given[0]!r} for a file that is read as one text a line, without columns.",
                where=str(path),
                hint=f"Leave it out (--text), or give a table: {', '.join(_TABULAR)}.",
            )
        if not isinstance(section.text, str) and len(section.text) > 1:
            raise DataError(
                f"Got a file that is read as one text a line; the model takes {len(section.text)} texts.",
                where=str(path),
                hint=f"Give a csv or jsonl file with the columns {', '.join(section.text)}.",
            )
        yield from _plain_texts(TextFile(path, encoding=section.encoding, compression=section.compression))
        return
    columns = [section.text] if isinstance(section.text, str) else list(section.text)
    kind = WordsKind() if task.takes_words else task.label_kind(section)
    for batch in stream(section, kind=kind):
        values = [batch.column(name).to_pylist() for name in columns]
        if isinstance(kind, WordsKind):
            yield from map(kind.read, values[0])
        else:
            yield from values[0] if len(values) == 1 else zip(*values, strict=True)


def single_texts(path: Path, data: DataSection, task: Task, column: str | None = None) -> Iterator[str]:
    """Yield the texts of one column of a file, or of a file with one text a line; lazily.

    Args:
        path: as for `file_texts`.
        data: the data section the model was trained by; says how files are written.
        task: the task.
        column: name of the column; `text` when not given.

    Raises:
        DataError: as for `file_texts`.
    """
    single = data.model_copy(update={"text": "text"})
    return file_texts(path, single, task, {} if column is None else {"text": column})


def line_texts(lines: Iterable[str], *, where: str, first: int = 1) -> Iterator[str]:
    """Yield one text a line, without its line break.

    Args:
        lines: read as UTF-8 with `errors="surrogateescape"`, so that a broken line can be named.
        where: what they were read from.
        first: number of the first one.

    Raises:
        DataError: a line is not UTF-8.
    """
    for number, line in enumerate(lines, start=first):
        if has_undecodable(line):
            raise DataError("Got bytes that are not UTF-8.", where=f"{where}:{number}", hint="Give the text as UTF-8.")
        yield line.rstrip("\r\n")


def chunks_of_lines(
    chunks: Iterable[list[str]], *, where: str, columns: Sequence[str] = ("text",)
) -> Iterator[list[Any]]:
    """Yield the texts of chunks of lines, chunk by chunk: one a line, or a JSON object a line where there are columns.

    Args:
        chunks: lists of lines; see `line_texts`.
        where: what they were read from.
        columns: what the model's text columns are called; of several, each line has one object with these keys.

    Raises:
        DataError: a line is not UTF-8 or no such object, or the lines cannot be read.
    """
    before = 0
    try:
        for chunk in chunks:
            texts: Iterable[Any] = line_texts(chunk, where=where, first=before + 1)
            if len(columns) > 1:
                numbered = enumerate(texts, start=before + 1)
                texts = (_object_of(line, columns, f"{where}:{number}") for number, line in numbered if line.strip())
            yield list(texts)
            before += len(chunk)
    except OSError as error:
        raise DataError(
            f"It cannot be read ({error.strerror or error}).", where=where, hint="Pipe or redirect a text file into it."
        ) from error


def _object_of(line: str, columns: Sequence[str], where: str) -> tuple[str, ...]:
    """Return the texts of a line that holds a JSON object, in the order of the columns."""
    try:
        values = json.loads(line)
    except ValueError:
        values = None
    if isinstance(values, dict) and all(isinstance(values.get(name), str) for name in columns):
        return tuple(values[name] for name in columns)
    example = json.dumps(dict.fromkeys(columns, "..."), ensure_ascii=False)
    raise DataError(
        f"Got {line!r:.80}; expected a JSON object with texts as {' and '.join(columns)}.",
        where=where,
        hint=f"Write one a line, {example}, or give a csv or jsonl file with the columns {', '.join(columns)}.",
    )


def _plain_texts(file: TextFile) -> Iterator[str]:
    with file.open(newline=None) as lines:
        for line in lines:
            if has_undecodable(line):
                raise file.decode_error()
            yield line.rstrip("\r\n")


def labelled_rows(data: Any, recipe: Recipe, task: Task, changes: Mapping[str, Any]) -> Rows:
    """Return rows with labels, all in one split, from a file or from memory."""
    if isinstance(data, str | os.PathLike):
        section = file_section(Path(data), recipe.data, changes)
        memory = None
    else:
        section = _formatted("memory", None, recipe.data, changes)
        memory = data
    dataset = read(section, seed=0, memory=memory, kind=task.label_kind(section), training=False)
    return dataset["train"]


def file_section(path: Path, data: DataSection, changes: Mapping[str, Any]) -> DataSection:
    """Return the data section that reads one file by the columns of another section.

    By the file's suffix, but for .json, which may be of SQuAD's layout or JSON Lines, and for suffixes that say nothing
    where the other section's source is conll.
    """
    named = path.name.lower().removesuffix(".gz")
    source = "squad" if named.endswith(".json") and path.is_file() and looks_like_squad(path) else "auto"
    source = "conll" if data.source == "conll" and not is_tabular(path) else source
    if data.source in ("conll", "asset", "auto") and (source == "conll" or named.endswith(_WORDS)):
        changes = {"options": data.options, **changes}  # which columns hold words and tags
    return _formatted(changes.get("source", source), str(path), data, changes)


def _differ(path: str | None, other: str) -> bool:
    """Tell whether two files are tables of different formats: what was said of one is then not true of the other."""
    suffixes = {Path(str(name).lower().removesuffix(".gz")).suffix for name in (path, other)}
    return len(suffixes) > 1 and suffixes <= set(_TABULAR)


def is_tabular(path: Path) -> bool:
    """Tell a table from plain text by the file's suffix."""
    name = path.name.lower().removesuffix(".gz")
    return path.is_dir() or name.endswith(_TABULAR)


def _formatted(source: str, path: str | None, data: DataSection, changes: Mapping[str, Any]) -> DataSection:
    fields = _COLUMN_FIELDS if data.path is None or _differ(path, data.path) else _FORMAT_FIELDS
    kept = {name: getattr(data, name) for name in (*fields, "on_error")}
    whole = SplitSection(validation=None, test=None, duplicates="allow")
    for name in changes:
        if name not in DataSection.model_fields:
            raise RecipeError(
                f"Got {name!r}, which is no field of a recipe's data section.",
                hint=did_you_mean(name, (*_FORMAT_FIELDS, "source", "on_error")),
            )
    return DataSection(**{**kept, **changes, "source": source, "path": path, "split": whole})
