"""Reads YAML 1.2 text into plain data, and remembers where everything stood."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from typing import Any

from tltk.errors import Problem, RecipeError

Path = tuple[str | int, ...]
Mark = tuple[int, int]

MAX_BYTES = 2**20
MAX_DEPTH = 32
MAX_VALUES = 50_000

_KNOWN_TAGS = {f"tag:yaml.org,2002:{name}": name for name in ("str", "int", "float", "bool", "null", "map", "seq")}
_TAG_TYPES = {"int": int, "float": float, "bool": bool, "null": type(None)}
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"[-+]?\.(inf|Inf|INF)")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_INCOMPLETE = object()
_NO_KEY = object()


@dataclass
class Document:
    """One YAML document: its value, and line and column (from 1) of every key and value by path.

    Args:
        value: dicts with string keys, lists, strings, numbers, booleans, None.
        file: the name used in messages.
        keys: position of each mapping key, by the path that ends in it.
        values: position of each value, by path; what an alias brought in stands at the alias.
        problems: what is wrong with the text without keeping it from being read on, such as doubled keys.
    """

    value: Any
    file: str
    keys: dict[Path, Mark] = field(default_factory=dict)
    values: dict[Path, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def parse_yaml(text: str, file: str) -> Document:
    """Read one YAML 1.2 document by the core schema: `5e-5` is a number, `no` a string, a key may stand once.

    Mapping keys stay as they are written, as strings. Nothing but plain data is made: other tags are problems. Aliases
    are copied, within `MAX_VALUES` values altogether and `MAX_DEPTH` levels. The source of the rules is the YAML 1.2.2
    specification, section 10.3.

    Raises:
        RecipeError: the text is not one YAML document, or is larger than the limits.

    Example:
        >>> parse_yaml("train: {learning_rate: 5e-5, monitor: no}", "r.yaml").value
        {'train': {'learning_rate': 5e-05, 'monitor': 'no'}}
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    if len(text) > MAX_BYTES:
        raise RecipeError(f"Got {len(text):,} characters; a recipe has at most {MAX_BYTES:,}.", where=file)
    composer = _Composer(file)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            composer.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _syntax_error(error, f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else file) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise RecipeError(
            f"Got the character {_codepoint(error.character)}, which YAML does not allow.",
            where=f"{file}:{line}",
            hint="Delete it.",
        ) from None
    except (YAMLError, ValueError, IndexError, AssertionError, AttributeError, TypeError) as error:
        # The parser meets some malformed text with errors of its own making; to the user they all mean the same.
        raise RecipeError(f"The text is not valid YAML: {error}.", where=file) from None
    return composer.document


def resolve_scalar(text: str) -> Any:
    """Return what a plain (unquoted) YAML 1.2 scalar stands for.

    Example:
        >>> [resolve_scalar(text) for text in ("5e-5", "no", "~", "0x1F", "2024-01-01")]
        [5e-05, 'no', None, 31, '2024-01-01']
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEXADECIMAL.fullmatch(text):
        return int(text[2:], 16)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _INFINITY.fullmatch(text):
        return float(text.lower().replace(".", ""))
    return text


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
    tag_problem: bool = False


@dataclass
class _Anchor:
    value: Any
    values: int
    height: int


class _Composer:
    """Builds the value of one document from parser events, without recursion."""

    def __init__(self, file: str) -> None:
        self.document = Document(None, file)
        self._frames: list[_Frame] = []
        self._anchors: dict[str, Any] = {}
        self._values = 0
        self._documents = 0

    def take(self, event: Any) -> None:
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
            self._begin_entry(event.value, mark)
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
        self._frames.append(_Frame(container, self._next_path(), mark, event.anchor, self._values))

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
        path = self._next_path()
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
            return event.value
        if (event.style is not None and tag is None) or tag == "str" or str(event.tag) == "!":
            return event.value
        try:
            value = resolve_scalar(event.value)
        except ValueError:
            self._problem(mark, self._next_path(), "The number has too many digits.", "Write a shorter one.")
            return 0
        if tag == "float" and type(value) is int:
            return float(value)
        if tag is not None and type(value) is not _TAG_TYPES.get(tag):
            self._problem(mark, self._next_path(), f"Got {event.value!r}, which is no {tag}.", "Leave the tag out.")
        return value

    def _awaits_key(self) -> bool:
        return bool(self._frames) and isinstance(self._frames[-1].container, dict) and self._frames[-1].key is _NO_KEY

    def _next_path(self) -> Path:
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
            raise RecipeError(f"The recipe is nested more than {MAX_DEPTH} levels deep.", where=self._at(mark))

    def _unknown_tag(self, tag: Any, mark: Mark) -> None:
        name = str(tag).replace("tag:yaml.org,2002:", "!!")
        self._problem(mark, self._next_path(), f"Got the tag {name}; a recipe is plain data.", "Leave the tag out.")

    def _problem(self, mark: Mark, path: Path, message: str, hint: str) -> None:
        where = f"{self._at(mark)} {dotted(path)}".rstrip()
        self.document.problems.append(Problem(message, where, hint))

    def _at(self, mark: Mark) -> str:
        return f"{self.document.file}:{mark[0]}:{mark[1]}"


def dotted(path: Path) -> str:
    """Return a path as users write it.

    Example:
        >>> dotted(("task", "labels", 0))
        'task.labels[0]'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _syntax_error(error: Any, where: str) -> RecipeError:
    # ruamel pads the text with NUL characters and says so in some messages.
    problem = str(error.problem or error).replace("'\\x00'", "the end").replace("'<stream end>'", "the end of the file")
    context = f" ({error.context})" if error.context else ""
    hint = "Check indentation, colons, brackets and quotes there."
    if "\\t" in problem:
        hint = "Indent with spaces, not tabs."
    elif "mapping values are not allowed" in problem:
        hint = "Put a text that contains ': ' in quotes, or mend the indentation."
    elif "cannot start any token" in problem:
        hint = "Put the value in quotes."
    return RecipeError(f"The text is not valid YAML: {problem}{context}.", where=where, hint=hint)


def _codepoint(character: Any) -> str:
    return f"U+{ord(character) if isinstance(character, str) else int(character):04X}"
