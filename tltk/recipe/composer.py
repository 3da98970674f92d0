"""Builds a document from the events of a YAML parser."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from tltk.errors import Problem, RecipeError
from tltk.recipe.document import Document, Mark, Path, dotted
from tltk.recipe.scalars import resolve_scalar

MAX_DEPTH = 32
MAX_VALUES = 50_000

_KNOWN_TAGS = {f"tag:yaml.org,2002:{name}": name for name in ("str", "int", "float", "bool", "null", "map", "seq")}
_TAG_TYPES = {"int": int, "float": float, "bool": bool, "null": type(None)}
_INCOMPLETE = object()
_NO_KEY = object()


@dataclass
class _Frame:
    """A mapping or sequence that is being read."""

    container: dict[str, Any] | list[Any]
    path: Path
    mark: Mark
    anchor: str | None
    values_before: int
    height: int = 1
    key: Any = _NO_KEY


@dataclass
class _Anchor:
    value: Any
    values: int
    height: int


class Composer:
    """Builds the value of one document from parser events, without recursion and within limits.

    Args:
        file: the name used in messages.
    """

    def __init__(self, file: str) -> None:
        self.document = Document(None, file)
        self._frames: list[_Frame] = []
        self._anchors: dict[str, Any] = {}
        self._values = 0
        self._documents = 0

    def take(self, event: Any) -> None:
        """Take the next event of the parser.

        Raises:
            RecipeError: a second document, an alias of nothing or of itself, or more than the limits allow.
        """
        kind = type(event).__name__
        mark = (event.start_mark.line + 1, event.start_mark.column + 1)
        if kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                raise RecipeError(
                    "Got a second YAML document; a recipe file holds one.",
                    where=self._at(mark),
                    hint="Give each recipe a file of its own.",
                )
        elif kind == "ScalarEvent":
            self._count(mark)
            self._take_scalar(event, mark)
        elif kind == "AliasEvent":
            self._take_alias(event.anchor, mark)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._count(mark)
            self._open(event, {} if kind == "MappingStartEvent" else [], mark)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._close()

    def _take_scalar(self, event: Any, mark: Mark) -> None:
        if self._awaits_key() and event.tag is None:
            self._begin_entry(self._text(event.value, mark), mark)
        else:
            value = self._scalar(event, mark)
            if event.anchor:
                self._anchors[event.anchor] = _Anchor(value, 1, 0)
            self._deliver(value, mark)

    def _take_alias(self, name: str, mark: Mark) -> None:
        anchor = self._anchors.get(name)
        if anchor is None or anchor is _INCOMPLETE:
            what = "itself, without end" if anchor is _INCOMPLETE else "an anchor that does not stand before it"
            raise RecipeError(
                f"The alias *{name} stands for {what}.", where=self._at(mark), hint="Write the value out."
            )
        self._count(mark, anchor.values)
        self._check_depth(mark, anchor.height)
        self._deliver(copy.deepcopy(anchor.value), mark, anchor.height)

    def _open(self, event: Any, container: dict[str, Any] | list[Any], mark: Mark) -> None:
        self._check_depth(mark, 1)
        if event.anchor:
            self._anchors[event.anchor] = _INCOMPLETE
        expected = "map" if isinstance(container, dict) else "seq"
        if event.tag is not None and _KNOWN_TAGS.get(str(event.tag)) != expected:
            self._unknown_tag(event.tag, mark)
        self._frames.append(_Frame(container, self._path(), mark, event.anchor, self._values))

    def _close(self) -> None:
        frame = self._frames.pop()
        if frame.anchor:
            size = self._values - frame.values_before + 1
            self._anchors[frame.anchor] = _Anchor(frame.container, size, frame.height)
        self._deliver(frame.container, frame.mark, frame.height)

    def _begin_entry(self, key: str, mark: Mark) -> None:
        frame = self._frames[-1]
        path = (*frame.path, key)
        first = self.document.keys.get(path)
        if first is not None and key in frame.container:
            self._problem(mark, path, f"The key stands at line {first[0]} already.", "Keep one of the two.")
        self.document.keys[path] = mark
        frame.key = key

    def _deliver(self, value: Any, mark: Mark, height: int = 0) -> None:
        if not self._frames:
            self.document.value = value
            self.document.values[()] = mark
            return
        if self._awaits_key():
            self._problem(mark, self._frames[-1].path, "Got a key that is not plain text.", "Write the key as a word.")
            self._frames[-1].key = None
            return
        frame = self._frames[-1]
        frame.height = max(frame.height, height + 1)
        path = self._path()
        if isinstance(frame.container, list):
            frame.container.append(value)
        else:
            if frame.key is not None:
                frame.container[frame.key] = value
            frame.key = _NO_KEY
        self.document.values[path] = mark

    def _scalar(self, event: Any, mark: Mark) -> Any:
        tag = _KNOWN_TAGS.get(str(event.tag)) if event.tag is not None else None
        if event.tag is not None and tag is None and str(event.tag) != "!":
            self._unknown_tag(event.tag, mark)
            return self._text(event.value, mark)
        if (event.style is not None and tag is None) or tag == "str" or str(event.tag) == "!":
            return self._text(event.value, mark)
        try:
            value = resolve_scalar(event.value)
        except ValueError:
            self._problem(mark, self._path(), "The number has too many digits.", "Write a shorter one.")
            return 0
        if tag == "float" and type(value) is int:
            return float(value)
        if tag is not None and type(value) is not _TAG_TYPES.get(tag):
            self._problem(mark, self._path(), f"Got {event.value!r}, which is no {tag}.", "Leave the tag out.")
        return value

    def _text(self, text: str, mark: Mark) -> str:
        """Return a text whose surrogate pairs, which JSON writes for what lies beyond U+FFFF, are characters."""
        if text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text):
            return text
        joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if "\ufffd" in joined and "\ufffd" not in text:
            self._problem(mark, self._path(), "The text has half of a surrogate pair.", "Write the whole character.")
        return joined

    def _awaits_key(self) -> bool:
        return bool(self._frames) and isinstance(self._frames[-1].container, dict) and self._frames[-1].key is _NO_KEY

    def _path(self) -> Path:
        if not self._frames:
            return ()
        frame = self._frames[-1]
        if isinstance(frame.container, list):
            return (*frame.path, len(frame.container))
        return (*frame.path, "?" if frame.key is None or frame.key is _NO_KEY else frame.key)

    def _count(self, mark: Mark, values: int = 1) -> None:
        self._values += values
        if self._values > MAX_VALUES:
            raise RecipeError(
                f"The recipe has more than {MAX_VALUES:,} values once its aliases are written out.",
                where=self._at(mark),
                hint="Use fewer aliases.",
            )

    def _check_depth(self, mark: Mark, height: int) -> None:
        if len(self._frames) + height > MAX_DEPTH:
            raise RecipeError(
                f"The recipe is nested more than {MAX_DEPTH} levels deep.",
                where=self._at(mark),
                hint="Write it flatter.",
            )

    def _unknown_tag(self, tag: Any, mark: Mark) -> None:
        name = str(tag).replace("tag:yaml.org,2002:", "!!")
        self._problem(mark, self._path(), f"Got the tag {name}; a recipe is plain data.", "Leave the tag out.")

    def _problem(self, mark: Mark, path: Path, message: str, hint: str) -> None:
        where = f"{self._at(mark)} {dotted(path)}".rstrip()
        self.document.problems.append(Problem(message, where, hint))

    def _at(self, mark: Mark) -> str:
        return f"{self.document.file}:{mark[0]}:{mark[1]}"
