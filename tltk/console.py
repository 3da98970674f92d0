"""What is said while work goes on: to standard error, so that results alone stand on standard output."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def quiet() -> bool:
    """Return whether the user asked for silence (`TLTK_QUIET=1`)."""
    return os.environ.get("TLTK_QUIET", "0") not in ("", "0")


def console() -> Any:
    """Return the rich console on standard error."""
    from rich.console import Console

    return Console(stderr=True, quiet=quiet(), highlight=False, soft_wrap=not sys.stderr.isatty())


def say(text: str) -> None:
    """Print one line."""
    from rich.markup import escape

    console().print(escape(text))


def warn(text: str) -> None:
    """Print one line that stands out: something went on, but not as the user may have meant it."""
    from rich.markup import escape

    console().print(f"[yellow]Note[/]      {escape(text)}")


@contextmanager
def stage(name: str) -> Iterator[list[str]]:
    """Announce a stage of the work in one line when it is done: its name, what it found, how long it took.

    What the body appends to the list it is given stands in that line.

    Example:
        >>> with stage("Reading") as found:
        ...     found.append("10 rows")
    """
    found: list[str] = []
    began = time.monotonic()
    yield found
    from rich.markup import escape

    console().print(f"[bold]{name:<9}[/] {escape(', '.join(found))} [dim]({time.monotonic() - began:.1f} s)[/]")
