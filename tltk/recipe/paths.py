"""Makes the relative paths of a recipe absolute."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

from tltk.recipe.fields import section_of
from tltk.recipe.kinds import RelativePath
from tltk.recipe.section import Section

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def absolute_paths(section: Section, base_of: Callable[[tuple[str, ...]], str]) -> Any:
    """Return a section whose paths are absolute; `base_of(path of the field)` is the folder each is relative to.

    `~` stands for the home folder; URLs stay as they are. A backbone's name is a path where it looks like one (`./x`,
    `../x`, `~/x`) or a folder of that name is there; otherwise it is a preset or a Hugging Face id.
    """
    return _resolved(section, (), base_of)


def _resolved(section: Section, prefix: tuple[str, ...], base_of: Callable[[tuple[str, ...]], str]) -> Section:
    changes: dict[str, Any] = {}
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        path = (*prefix, name)
        if isinstance(value, Section) and section_of(field) is not None:
            inner = _resolved(value, path, base_of)
            if inner is not value:
                changes[name] = inner
        elif isinstance(value, str):
            if any(isinstance(mark, RelativePath) for mark in _marks(field)):
                changes[name] = _absolute(value, base_of(path))
            elif path == ("backbone", "name") and _is_local(value, base_of(path)):
                changes[name] = _absolute(value, base_of(path))
    changes = {name: value for name, value in changes.items() if value != getattr(section, name)}
    return section.model_copy(update=changes) if changes else section


def _marks(field: Any) -> list[Any]:
    marks = list(field.metadata)
    for option in getattr(field.annotation, "__args__", ()):
        marks.extend(getattr(option, "__metadata__", ()))
    return marks


def _is_local(name: str, base: str) -> bool:
    if name.startswith(("./", "../", "~", ".\\", "..\\")) or name in (".", "..") or os.path.isabs(name):
        return True
    return os.path.isdir(os.path.join(base, name))


def _absolute(path: str, base: str) -> str:
    if _URL.match(path):
        return path
    return os.path.normpath(os.path.join(os.path.abspath(base), os.path.expanduser(path)))
