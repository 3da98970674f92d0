"""What was read of a YAML text: its plain data, and where everything stood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tltk.errors import Problem

Path = tuple[str | int, ...]
Mark = tuple[int, int]


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
