"""The contract of a reader, and how the right one is found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from tltk.data.appearance import looks_like_conll
from tltk.data.clean import Cleaner
from tltk.data.files import find_files, format_of, no_such_file, sha256_of
from tltk.data.kinds import label_columns
from tltk.errors import DataError, did_you_mean, near_miss, some_of
from tltk.recipe.data import DataSection
from tltk.registry import Registry

BATCH_ROWS = 8_192
"""Rows in a record batch: large enough to be quick, small enough to weigh little."""

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Part:
    """One of the pieces a source is read from, in order: a file, a shard, an object in memory."""

    origin: str
    """How errors name it."""
    handle: Any = None
    """What the reader needs to open it."""


class Reader(ABC):
    """Reads the rows of one kind of source, in batches, in order, the same ones every time.

    A subclass registers itself with `@register_reader("name")`, lies in a file of `tltk/data/readers`, and hands
    every row to the `Cleaner` it is given, which makes the record batches.

    Args:
        section: the recipe's data section.
        memory: the objects of `source: memory`, by split.
    """

    suffixes: ClassVar[tuple[str, ...]] = ()
    """File name endings by which `source: auto` finds this reader."""
    counts_lines: ClassVar[bool] = False
    """Whether rows are numbered by the lines of a text file (from 1) or by themselves (from 0)."""
    options: ClassVar[tuple[str, ...]] = ()
    """Keys of `data.options` that the reader understands."""

    def __init__(self, section: DataSection, *, memory: Mapping[str, Any] | None = None) -> None:
        self.section = section
        self.memory = memory

    @abstractmethod
    def splits(self) -> tuple[str, ...]:
        """Return which of train, validation and test the source has."""

    @abstractmethod
    def parts(self, split: str) -> list[Part]:
        """Return the pieces of a split."""

    @abstractmethod
    def content_hash(self, split: str) -> str:
        """Return a sha256 (hex) that changes whenever the content of the split does."""

    @abstractmethod
    def batches(self, part: Part, cleaner: Cleaner) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a part, cleaned.

        Raises:
            DataError: the part cannot be read, or lacks a column.
        """

    @property
    def only_label(self) -> str | None:
        """The label column, where there is exactly one."""
        columns = label_columns(self.section)
        return columns[0] if len(columns) == 1 else None

    def hides_labels(self, split: str) -> bool:
        """Return whether every label of the split is withheld, as in GLUE's test splits."""
        return False

    def encodings(self) -> list[str]:
        """Return the text encodings met so far."""
        return []


class FileReader(Reader):
    """A reader of files: `path`, `validation_path` and `test_path`, each a file or a folder of files."""

    def splits(self) -> tuple[str, ...]:
        if self.section.path is None:
            raise DataError(
                f"Got source {self.section.source!r} and no path.",
                where="data.path",
                hint="Set data.path to a file or folder.",
            )
        given = tuple(split for split in SPLITS if self._path(split) is not None)
        places = {_field(split): Path(str(self._path(split))).expanduser() for split in given}
        absent = {field: place for field, place in places.items() if not place.exists()}
        missing = [no_such_file(place, where=f"{field} {place}") for field, place in absent.items()]
        if len(missing) > 1:
            problems = [problem for error in missing for problem in error.problems]
            raise DataError(f"{len(missing)} files are not there.", problems=problems)
        return given

    def parts(self, split: str) -> list[Part]:
        return [Part(str(file), file) for file in self.files(split)]

    def files(self, split: str) -> list[Path]:
        """Return the files of a split, in order."""
        path = self._path(split)
        field = _field(split)
        if path is None:
            raise DataError("No path is given.", where=field, hint=f"Set {field} to a file or folder.")
        return find_files(path, field, self.suffixes)

    def content_hash(self, split: str) -> str:
        return sha256_of(self.files(split))

    def _path(self, split: str) -> str | None:
        return self.section.path if split == "train" else getattr(self.section, f"{split}_path")


def _field(split: str) -> str:
    return "data.path" if split == "train" else f"data.{split}_path"


readers: Registry[type[Reader]] = Registry("reader", package="tltk.data.readers", error=DataError)

register_reader = readers.register


def create_reader(section: DataSection, *, memory: Mapping[str, Any] | None = None) -> Reader:
    """Return the reader a data section asks for; `auto` goes by the objects given or the file's suffix.

    Raises:
        DataError: the name is unknown, or `auto` cannot tell.
    """
    source = _source(section, memory)
    reader = readers.get(source, where="data.source")
    for key in section.options:
        if key not in reader.options:
            hint = did_you_mean(key, reader.options) if reader.options else "It has none; leave data.options out."
            raise DataError(f"The reader {source!r} has no option {key!r}.", where="data.options", hint=hint)
    return reader(section.model_copy(update={"source": source}), memory=memory)


def require_columns(
    wanted: Sequence[str], found: Sequence[str], *, where: str, advice: str = "", hint: str | None = None
) -> None:
    """Check that a source has the columns that are wanted, once each; `advice` is added to the hint, or a hint given.

    Raises:
        DataError: one is missing or stands there twice; names the closest.
    """
    missing = [name for name in dict.fromkeys(wanted) if name not in found]
    if missing:
        listed = some_of([*map(repr, found)], 20)
        raise DataError(
            f"There is no column {' or '.join(map(repr, missing))}; the columns are {listed or 'none'}.",
            where=where,
            hint=hint or column_advice(missing, found, advice),
        )
    for name in wanted:
        if list(found).count(name) > 1:
            raise DataError(f"Column {name!r} is there twice.", where=where, hint="Rename one of them.")


def column_advice(missing: Sequence[str], found: Sequence[str], advice: str = "") -> str:
    """Return what to do where a source lacks columns: the closest ones, how others are named, and more advice.

    Example:
        >>> column_advice(["txt"], ["text", "label"])[:20]
        "Did you mean 'text'?"
    """
    return " ".join(filter(None, [closest(missing, found), _SET_COLUMNS, advice]))


_SET_COLUMNS = "Set data.text and data.label (of tltk predict and evaluate: --text, --label) to the columns to use."


def closest(missing: Sequence[str], found: Sequence[str]) -> str:
    """Return a question for each missing column that names the closest one; empty where none is close."""
    return " ".join(filter(None, (near_miss(name, found) for name in missing)))


_CONLL = "The file looks like words with their tags (CoNLL): set data.source: conll."


def _source(section: DataSection, memory: Mapping[str, Any] | None) -> str:
    if section.source != "auto":
        return section.source
    if memory is not None:
        return "memory"
    if section.path is None:
        if section.name is not None:
            raise DataError(
                f"Got name {section.name!r} and source 'auto'.",
                where="data.source",
                hint="Set data.source to asset or tfds.",
            )
        raise DataError("Got no path and no data.", where="data.path", hint="Set data.path to a file or folder.")
    place = Path(section.path).expanduser()
    if (place / "dataset_dict.json").is_file() or (place / "dataset_info.json").is_file():
        return "hf_disk"
    by_suffix = {suffix: name for name in readers for suffix in readers.get(name).suffixes}
    given = {"train": section.path, "validation": section.validation_path, "test": section.test_path}
    formats = {
        split: format_of(Path(path).expanduser(), by_suffix, _field(split)) for split, path in given.items() if path
    }
    if (reader := formats["train"]) is not None:
        return reader
    raise DataError(
        f"Cannot tell the format of {place.name!r} by its suffix; known are {', '.join(sorted(by_suffix))}.",
        where="data.path",
        hint=_CONLL if looks_like_conll(place) else f"Set data.source to one of {', '.join(readers)}.",
    )
