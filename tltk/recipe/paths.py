"""Makes the relative paths of a recipe absolute."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic.fields import FieldInfo

from tltk.recipe.kinds import RelativePath
from tltk.recipe.section import Section

FieldPath = tuple[str, ...]
S = TypeVar("S", bound=Section)

URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def absolute_paths(section: S, base_of: Callable[[FieldPath], Path], prefix: FieldPath = ()) -> S:
    """Return a section whose paths are absolute; `base_of` gives the folder that the path in a field is relative to.

    `~` stands for the home folder; URLs stay as they are. A backbone's name or preset is a path where it
    looks like one (`./x`, `../x`, `~/x`) or a folder of that name is there; otherwise it is looked up elsewhere.
    """
    changes: dict[str, Any] = {}
    for name, field in type(section).model_fields.items():
        value, path = getattr(section, name), (*prefix, name)
        if isinstance(value, Section):
            changes[name] = absolute_paths(value, base_of, path)
        elif isinstance(value, str) and _is_path(path, field, value, base_of):
            changes[name] = _absolute(value, base_of(path))
    changes = {name: value for name, value in changes.items() if value != getattr(section, name)}
    return section.model_copy(update=changes) if changes else section


def is_local(name: str) -> bool:
    """Return whether a backbone's name is written as a path: `./x`, `../x`, `~/x` or absolute."""
    return name in (".", "..", "~") or name.startswith(("./", "../", "~/")) or Path(name).is_absolute()


def _is_path(path: FieldPath, field: FieldInfo, value: str, base_of: Callable[[FieldPath], Path]) -> bool:
    if path in (("backbone", "name"), ("backbone", "preset")):
        return is_local(value) or (base_of(path) / value).is_dir()
    marks = [*field.metadata]
    for option in getattr(field.annotation, "__args__", ()):
        marks.extend(getattr(option, "__metadata__", ()))
    return any(isinstance(mark, RelativePath) for mark in marks) and not URL.match(value)


def _absolute(path: str, base: Path) -> str:
    if path == "~" or path.startswith("~/"):
        path = f"{Path.home()}{path[1:]}"
    # Not `resolve`: a path through a symbolic link stays as the user wrote it.
    return os.path.normpath(base.absolute() / path)
