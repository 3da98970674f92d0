"""Writes a recipe out as YAML, every default and its description included."""

from __future__ import annotations

import json
import math
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.fields import FieldInfo

from tltk.recipe.recipe import Recipe
from tltk.recipe.scalars import resolve_scalar
from tltk.recipe.section import Section

_PLAIN = re.compile(r"[A-Za-z0-9_./~\\+-][A-Za-z0-9_./~\\@+-]*( [A-Za-z0-9_./~\\@+-]+)*")
_WIDTH = 100


def to_yaml(recipe: Recipe) -> str:
    """Return a recipe as YAML 1.2 text that loads as an equal recipe: every field, each under its description.

    Example:
        >>> print("\\n".join(to_yaml(Recipe(name="reviews")).splitlines()[:2]))
        # Name of the Run; its folder is `runs/<name>` when `output` is not given.
        name: reviews
    """
    return "\n".join(_section(recipe, "")) + "\n"


def _section(section: Section, indent: str) -> Iterator[str]:
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, Section) and indent == "":
            yield ""
        yield from _comment(field, indent)
        if isinstance(value, Section):
            yield f"{indent}{name}:"
            yield from _section(value, f"{indent}  ")
        elif isinstance(value, Mapping) and value:
            yield f"{indent}{name}:"
            yield from (f"{indent}  {_scalar(key)}: {_flow(inner)}" for key, inner in value.items())
        else:
            yield f"{indent}{name}: {_flow(value)}"


def _comment(field: FieldInfo, indent: str) -> list[str]:
    text = " ".join((field.description or "").split())
    return textwrap.wrap(text, _WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")


def _flow(value: Any) -> str:
    if isinstance(value, Section):
        given = {name: inner for name, inner in value if inner != type(value).model_fields[name].default}
        return _flow(given)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(str(key))}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value if _is_plain(value) else _quoted(value)
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
    return json.dumps(value)


def _is_plain(text: str) -> bool:
    """Return whether a text may stand without quotes, and not be taken for a number, a null or a mark."""
    if not _PLAIN.fullmatch(text) or text.startswith(("-", "~")):
        return False
    try:
        return isinstance(resolve_scalar(text), str)
    except ValueError:
        return False


def _quoted(text: str) -> str:
    """Return a text in double quotes, by the escapes that JSON and YAML share."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(character if character.isprintable() else _escape(character) for character in quoted)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
